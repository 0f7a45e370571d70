import type { Origin } from '../origin.ts';
import type { Connection } from './connection.ts';

/** A request that waits for a connection. */
export interface ConnectionUser {
  granted(connection: Connection): void;
}

/** Where an exchange gets its connections: the pool of the engine, or those of its virtual user. */
export interface ConnectionSource {
  /**
   * An idle connection, or one that is yet to connect. When there can be none the user waits, and is granted one
   * later, unless it withdraws.
   */
  take(origin: Origin, user: ConnectionUser): Connection | undefined;
  /** The user waits no longer. */
  withdraw(origin: Origin, user: ConnectionUser): void;
  /** A connection that nobody has used. Only for who has just lost one, so that a limit holds. */
  fresh(origin: Origin): Connection;
  /** Its user has gone for good. */
  leave(): void;
}
