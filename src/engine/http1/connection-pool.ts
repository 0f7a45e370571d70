import type { Origin } from '../origin.ts';
import type { Connection, ConnectionHolder } from './connection.ts';
import type { ConnectionSource, ConnectionUser } from './connection-source.ts';
import type { OpenConnections } from './open-connections.ts';

/** The connections to one origin. */
interface Place {
  readonly origin: Origin;
  readonly idle: Connection[];
  /** Connections that aren't closing. */
  usable: number;
  /** First come, first served. */
  readonly waiting: Set<ConnectionUser>;
}

/**
 * Connections that serve whoever comes next. Idle ones are taken newest first, so that those no longer needed grow old and close.
 * `max` limits them for each origin; without it the limit on arrivals in flight bounds them.
 */
export class ConnectionPool implements ConnectionSource, ConnectionHolder {
  readonly #open: OpenConnections;
  readonly #max: number;
  readonly #places = new Map<string, Place>();

  constructor(open: OpenConnections, max = Number.POSITIVE_INFINITY) {
    this.#open = open;
    this.#max = max;
  }

  take(origin: Origin, user: ConnectionUser): Connection | undefined {
    const place = this.#place(origin);
    const connection = place.waiting.size > 0 ? undefined : this.#available(place);
    if (connection === undefined) place.waiting.add(user);
    return connection;
  }

  withdraw(origin: Origin, user: ConnectionUser): void {
    this.#place(origin).waiting.delete(user);
  }

  fresh(origin: Origin): Connection {
    this.#place(origin).usable++;
    return this.#open.fresh(origin, this);
  }

  /** What a user leaves behind serves others. */
  leave(): void {}

  idle(connection: Connection): void {
    const place = this.#place(connection.origin);
    place.idle.push(connection);
    if (place.waiting.size > 0) this.#grantSoon(place);
  }

  closing(connection: Connection): void {
    const place = this.#place(connection.origin);
    place.usable--;
    if (place.waiting.size > 0) this.#grantSoon(place);
  }

  closed(connection: Connection): void {
    this.#open.closed(connection);
    const { idle } = this.#place(connection.origin);
    const index = idle.indexOf(connection);
    if (index >= 0) idle.splice(index, 1);
  }

  #available(place: Place): Connection | undefined {
    let connection = place.idle.pop();
    while (connection?.usable === false) connection = place.idle.pop();
    if (connection === undefined && place.usable < this.#max) return this.fresh(place.origin);
    return connection;
  }

  /** Not at once: whose response has made a connection idle is yet to read it. */
  #grantSoon(place: Place): void {
    process.nextTick(() => {
      for (const user of place.waiting) {
        const connection = this.#available(place);
        if (connection === undefined) return;
        place.waiting.delete(user);
        user.granted(connection);
      }
    });
  }

  #place(origin: Origin): Place {
    const known = this.#places.get(origin.key);
    if (known !== undefined) return known;
    const place: Place = { origin, idle: [], usable: 0, waiting: new Set() };
    this.#places.set(origin.key, place);
    return place;
  }
}
