import { Connection, type ConnectionHolder, type ConnectionSetting } from './connection.ts';
import type { Origin } from './origin.ts';

/**
 * The connections of one engine. Idle ones are taken newest first, so that those no longer needed grow old and close.
 * New ones are not limited here: the limit on arrivals in flight bounds them.
 */
export class ConnectionPool implements ConnectionHolder {
  readonly #setting: ConnectionSetting;
  readonly #open = new Set<Connection>();
  readonly #idle = new Map<string, Connection[]>();
  #whenEmpty: (() => void) | undefined;

  constructor(setting: ConnectionSetting) {
    this.#setting = setting;
  }

  get openSockets(): number {
    return this.#open.size;
  }

  /** An idle connection, or one that is yet to connect. */
  take(origin: Origin): Connection {
    const idle = this.#idle.get(origin.key);
    let connection = idle?.pop();
    while (connection?.usable === false) connection = idle?.pop();
    return connection ?? this.fresh(origin);
  }

  /** A connection that nobody has used. */
  fresh(origin: Origin): Connection {
    const connection = new Connection(origin, this.#setting, this);
    this.#open.add(connection);
    return connection;
  }

  idle(connection: Connection): void {
    const idle = this.#idle.get(connection.origin.key);
    if (idle === undefined) this.#idle.set(connection.origin.key, [connection]);
    else idle.push(connection);
  }

  closed(connection: Connection): void {
    this.#open.delete(connection);
    if (this.#open.size === 0) this.#whenEmpty?.();
    const idle = this.#idle.get(connection.origin.key);
    const index = idle?.indexOf(connection) ?? -1;
    if (index >= 0) idle?.splice(index, 1);
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
