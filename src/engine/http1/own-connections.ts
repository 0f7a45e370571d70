import type { Origin } from '../origin.ts';
import type { Connection, ConnectionHolder } from './connection.ts';
import type { ConnectionSource } from './connection-source.ts';
import type { OpenConnections } from './open-connections.ts';

/**
 * The connections of one virtual user, as a browser has its own: nobody else is served by them, and they close when
 * the user leaves. So the target sees as many connections as there are users at work.
 */
export class OwnConnections implements ConnectionSource, ConnectionHolder {
  readonly #open: OpenConnections;
  /** Mostly one; a user that visits several origins has one for each. */
  readonly #idle: Connection[] = [];
  #left = false;

  constructor(open: OpenConnections) {
    this.#open = open;
  }

  take(origin: Origin): Connection {
    const newest = this.#idle.pop();
    if (newest === undefined) return this.fresh(origin);
    if (newest.usable && newest.origin.key === origin.key) return newest;
    this.#idle.push(newest);
    const index = this.#idle.findLastIndex((each) => each.usable && each.origin.key === origin.key);
    const [connection] = index < 0 ? [] : this.#idle.splice(index, 1);
    return connection ?? this.fresh(origin);
  }

  /** A user sends one request at a time, so it never waits for a connection. */
  withdraw(): void {}

  fresh(origin: Origin): Connection {
    return this.#open.fresh(origin, this);
  }

  leave(): void {
    this.#left = true;
    for (const connection of this.#idle.splice(0)) connection.abandon();
  }

  idle(connection: Connection): void {
    if (this.#left) connection.abandon();
    else this.#idle.push(connection);
  }

  closing(connection: Connection): void {
    const index = this.#idle.indexOf(connection);
    if (index >= 0) this.#idle.splice(index, 1);
  }

  closed(connection: Connection): void {
    this.#open.closed(connection);
  }
}
