import type { Origin } from '../origin.ts';
import type { Exchange, ExchangeOwner, Transport } from '../transport.ts';
import { Http2Exchange } from './http2-exchange.ts';
import type { Http2Setting } from './http2-session.ts';
import { Http2Sessions } from './http2-sessions.ts';

/** HTTP/2: many requests at a time on few connections. */
export class Http2Transport implements Transport {
  readonly #setting: Http2Setting;
  readonly #origins = new Map<string, Http2Sessions>();
  #whenEmpty: (() => void) | undefined;

  constructor(setting: Http2Setting) {
    this.#setting = setting;
  }

  get openSockets(): number {
    let count = 0;
    for (const sessions of this.#origins.values()) count += sessions.size;
    return count;
  }

  exchange(owner: ExchangeOwner): Exchange {
    return new Http2Exchange((origin) => this.#sessions(origin), this.#setting.clock, owner);
  }

  closeAll(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#whenEmpty = resolve;
    for (const sessions of this.#origins.values()) sessions.closeAll();
    if (this.openSockets === 0) resolve();
    return promise;
  }

  #sessions(origin: Origin): Http2Sessions {
    const known = this.#origins.get(origin.key);
    if (known !== undefined) return known;
    const sessions = new Http2Sessions(origin, this.#setting, () => {
      if (this.openSockets === 0) this.#whenEmpty?.();
    });
    this.#origins.set(origin.key, sessions);
    return sessions;
  }
}
