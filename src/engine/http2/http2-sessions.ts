import type { FailureKind } from '../../stats/measurement-sink.ts';
import { classifyTimeout } from '../connect/classify-failure.ts';
import type { Origin } from '../origin.ts';
import { Http2Session, type Http2Setting, type SessionHolder } from './http2-session.ts';

/** A request that waits for a session. */
export interface SessionUser {
  /** Has it begun, now. */
  carriedBy(session: Http2Session): void;
  unreachable(kind: FailureKind, detail: string): void;
}

/**
 * The sessions to one origin, and the requests that wait for one, first come, first served. A request goes to a session
 * without any; else a session is opened for it, as far as the limit allows; else it goes to the one with the fewest,
 * of those with room.
 */
export class Http2Sessions implements SessionHolder {
  readonly #origin: Origin;
  readonly #setting: Http2Setting;
  readonly #closed: () => void;
  /** All that aren't closed. */
  readonly #open = new Set<Http2Session>();
  /** Those being connected, each for a request, which is gone when that no longer wants it. */
  readonly #opening = new Map<Http2Session, SessionUser>();
  readonly #waiting = new Set<SessionUser>();
  #isDispatching = false;

  /** `closed` is called whenever a session has closed. */
  constructor(origin: Origin, setting: Http2Setting, closed: () => void) {
    this.#origin = origin;
    this.#setting = setting;
    this.#closed = closed;
  }

  get size(): number {
    return this.#open.size;
  }

  enqueue(user: SessionUser): void {
    this.#waiting.add(user);
    this.#dispatch();
  }

  /** It waits no longer. */
  withdraw(user: SessionUser): void {
    if (this.#waiting.delete(user)) return;
    for (const [session, opener] of this.#opening) {
      if (opener !== user) continue;
      // Who comes next has another one opened: this one took as long as a request may take.
      session.abandon();
      this.#forget(session);
      return;
    }
  }

  /** What a request that waited until its deadline is counted as. */
  timeout(): { readonly kind: FailureKind; readonly detail: string } {
    const sessions = [...this.#open].filter(({ retired }) => !retired);
    const connecting = sessions.find(({ isReady }) => !isReady);
    if (connecting === undefined || sessions.some(({ isReady }) => isReady)) {
      return { kind: 'no free connection', detail: 'timed out while all connections were at work' };
    }
    const { phase } = connecting;
    return { kind: classifyTimeout(phase, 'head'), detail: `timed out while ${phase}` };
  }

  closeAll(): void {
    for (const session of this.#open) session.abandon();
  }

  opened(session: Http2Session): void {
    const opener = this.#opening.get(session);
    this.#opening.delete(session);
    opener?.carriedBy(session);
    this.#dispatch();
  }

  unreachable(session: Http2Session, kind: FailureKind, detail: string): void {
    const users = new Set<SessionUser>();
    const opener = this.#opening.get(session);
    this.#opening.delete(session);
    if (opener !== undefined) users.add(opener);
    // With no other session it is what those behind would meet too, one after the other.
    if (![...this.#open].some((each) => each !== session && !each.retired)) {
      for (const user of this.#waiting) users.add(user);
      this.#waiting.clear();
    }
    for (const user of users) user.unreachable(kind, detail);
    this.#dispatch();
  }

  changed(): void {
    this.#dispatch();
  }

  closed(session: Http2Session): void {
    this.#forget(session);
    this.#open.delete(session);
    this.#closed();
    this.#dispatch();
  }

  #forget(session: Http2Session): void {
    this.#opening.delete(session);
    this.#dispatch();
  }

  #dispatch(): void {
    // Whoever is carried may send, or fail, and so come here again.
    if (this.#isDispatching) return;
    this.#isDispatching = true;
    for (const user of this.#waiting) {
      const session = this.#leastBusy();
      if (session?.active !== 0 && this.#mayOpen()) this.#openFor(user);
      else if (session === undefined) break;
      else {
        this.#waiting.delete(user);
        user.carriedBy(session);
      }
    }
    this.#isDispatching = false;
  }

  #openFor(user: SessionUser): void {
    this.#waiting.delete(user);
    const session = new Http2Session(this.#origin, this.#setting, this);
    this.#open.add(session);
    this.#opening.set(session, user);
    session.open();
  }

  #leastBusy(): Http2Session | undefined {
    let least: Http2Session | undefined;
    for (const session of this.#open) {
      if (session.hasRoom && (least === undefined || session.active < least.active)) least = session;
    }
    return least;
  }

  /** Those that only finish what they have begun don't count, unless each is to carry one request. */
  #mayOpen(): boolean {
    const { keepAlive, maxSessions } = this.#setting;
    if (!keepAlive) return this.#open.size < maxSessions;
    let count = 0;
    for (const { retired } of this.#open) if (!retired) count++;
    return count < maxSessions;
  }
}
