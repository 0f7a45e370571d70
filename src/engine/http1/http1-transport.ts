import type { RunClock } from '../engine.ts';
import type { Exchange, ExchangeOwner, Transport } from '../transport.ts';
import type { ConnectionSetting } from './connection.ts';
import { ConnectionPool } from './connection-pool.ts';
import { Http1Exchange } from './http1-exchange.ts';
import { OpenConnections } from './open-connections.ts';
import { OwnConnections } from './own-connections.ts';

/** Who may use an idle connection: everybody, of at most `max` connections to one origin; or only who has opened it. */
export type ConnectionSharing =
  | { readonly kind: 'shared'; readonly max: number | undefined }
  | { readonly kind: 'own' };

/** HTTP/1.1 over plain or TLS sockets, one request at a time on each. */
export class Http1Transport implements Transport {
  readonly #clock: RunClock;
  readonly #open: OpenConnections;
  readonly #pool: ConnectionPool | undefined;

  constructor(setting: ConnectionSetting, sharing: ConnectionSharing) {
    this.#clock = setting.clock;
    this.#open = new OpenConnections(setting);
    this.#pool = sharing.kind === 'shared' ? new ConnectionPool(this.#open, sharing.max) : undefined;
  }

  get openSockets(): number {
    return this.#open.size;
  }

  exchange(owner: ExchangeOwner): Exchange {
    const connections = this.#pool ?? new OwnConnections(this.#open);
    return new Http1Exchange(connections, this.#clock, owner);
  }

  closeAll(): Promise<void> {
    return this.#open.closeAll();
  }
}
