import type { Origin } from '../origin.ts';
import { Connection, type ConnectionHolder, type ConnectionSetting } from './connection.ts';

/** All connections of one engine that have not closed yet, whoever holds them. */
export class OpenConnections {
  readonly #setting: ConnectionSetting;
  readonly #open = new Set<Connection>();
  #whenEmpty: (() => void) | undefined;

  constructor(setting: ConnectionSetting) {
    this.#setting = setting;
  }

  get size(): number {
    return this.#open.size;
  }

  /** One that is yet to connect. */
  fresh(origin: Origin, holder: ConnectionHolder): Connection {
    const connection = new Connection(origin, this.#setting, holder);
    this.#open.add(connection);
    return connection;
  }

  closed(connection: Connection): void {
    this.#open.delete(connection);
    if (this.#open.size === 0) this.#whenEmpty?.();
  }

  /** Closes every connection, at work or not, and resolves when their sockets are closed. */
  closeAll(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#whenEmpty = resolve;
    if (this.#open.size === 0) resolve();
    for (const connection of this.#open) connection.abandon();
    return promise;
  }
}
