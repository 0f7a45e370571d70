import { type Chance, type Span, within } from './chance.ts';
import type { RequestPhase } from './request-phase.ts';

/** A time during which one target got its part of a group's requests. */
export interface Stint {
  readonly phase: RequestPhase;
  /** No two stints of a group have the same. */
  readonly number: number;
  readonly group: number;
  readonly fromMillis: number;
  /** When the last request may have been sent to it; null while they still are. */
  untilMillis: number | null;
  /** When the balancer closes what is left of its connections; null when it doesn't. */
  cutAtMillis: number | null;
  readonly serves: Serving;
}

/** What answers behind a target. */
export interface Serving {
  readonly taskArn: string;
  /** From then on nothing new is accepted. */
  readonly closedAtMillis: number | null;
  /** From then on nothing is there. */
  readonly endedAtMillis: number | null;
}

export interface RequestCount {
  readonly sent: number;
  /** Sent when nothing accepted requests there any more. */
  readonly toDeadTarget: number;
  /** Accepted, and cut off before they were answered. */
  readonly cutOff: number;
}

/** Part of the requests, and how long they take. */
export interface DurationShare {
  readonly share: number;
  readonly millis: Span;
}

export class RequestCounter {
  readonly #chance: Chance;
  readonly #durations: readonly DurationShare[];
  readonly #longestMillis: number;

  constructor(durations: readonly DurationShare[], chance: Chance) {
    this.#chance = chance;
    this.#durations = durations;
    this.#longestMillis = Math.max(...durations.map(({ millis }) => millis[1]));
  }

  /** Of what was sent before `nowMillis`. Each request is counted once in `sent`, and at most once as failed. */
  count(stint: Stint, nowMillis: number): RequestCount {
    const until = Math.min(stint.untilMillis ?? nowMillis, nowMillis);
    const closed = Math.max(stint.fromMillis, Math.min(stint.serves.closedAtMillis ?? until, until));
    const sent = this.#before(stint, until);
    const accepted = this.#before(stint, closed);
    const cutAt = Math.min(
      stint.serves.endedAtMillis ?? Number.POSITIVE_INFINITY,
      stint.cutAtMillis ?? Number.POSITIVE_INFINITY,
    );
    const cutOff = cutAt <= nowMillis ? this.#endingAfter(stint, cutAt, closed) : 0;
    return { sent, toDeadTarget: sent - accepted, cutOff };
  }

  /** When the last of the requests that were sent before an instant is answered; that instant when all are. */
  answeredBy(stint: Stint, atMillis: number): number {
    let last = atMillis;
    for (const end of this.#ends(stint, atMillis, Math.min(stint.untilMillis ?? atMillis, atMillis)))
      last = Math.max(last, end);
    return last;
  }

  #endingAfter(stint: Stint, atMillis: number, sentBefore: number): number {
    let count = 0;
    for (const end of this.#ends(stint, atMillis, sentBefore)) if (end > atMillis) count++;
    return count;
  }

  /** The ends of those requests that were sent before an instant, late enough to last until another. */
  *#ends(stint: Stint, atMillis: number, sentBefore: number): Generator<number> {
    const first = this.#before(stint, Math.max(stint.fromMillis, atMillis - this.#longestMillis));
    const last = this.#before(stint, Math.min(atMillis, sentBefore));
    for (let request = first; request < last; request++)
      yield this.sentAt(stint, request) + this.durationOf(stint, request);
  }

  /** Requests of a stint are sent at phases 0 + a random part, 1 + a random part, 2 + …: so many before an instant. */
  #before(stint: Stint, millis: number): number {
    const phase = stint.phase.phaseAt(millis) - stint.phase.phaseAt(stint.fromMillis);
    if (phase <= 0) return 0;
    const whole = Math.floor(phase);
    return whole + (this.#part(stint, whole) < phase - whole ? 1 : 0);
  }

  sentAt(stint: Stint, request: number): number {
    const phase = stint.phase.phaseAt(stint.fromMillis) + request + this.#part(stint, request);
    return stint.phase.instantOf(phase);
  }

  durationOf(stint: Stint, request: number): number {
    let chance = this.#chance('duration', stint.group, stint.number, request);
    for (const { share, millis } of this.#durations) {
      if (chance < share) return within(millis, chance / share);
      chance -= share;
    }
    return this.#longestMillis;
  }

  #part(stint: Stint, request: number): number {
    return this.#chance('arrival', stint.group, stint.number, request);
  }
}
