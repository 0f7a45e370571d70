import type { DrainPorts } from '../drain-ports.ts';
import type { DrainLimits, DrainState } from './drain-state.ts';

/** A function that carries out a step has a minute. */
const longestHoldMillis = 20_000;

/** One step's view of the drains: lanes at work side by side change one state, each with what its own calls have shown. */
export class DrainSession {
  readonly ports: DrainPorts;
  readonly cluster: string;
  readonly limits: DrainLimits;
  /** No new work begins after this, unless something long is under way. */
  readonly untilMillis: number;
  /** Drains that ended in this step, and those of them of which something was missed. */
  readonly counts = { ended: 0, missed: 0 };
  #state: DrainState;
  #isDirty = false;
  #held = 0;

  constructor(
    ports: DrainPorts,
    cluster: string,
    limits: DrainLimits,
    untilMillis: number,
    state: DrainState,
  ) {
    this.ports = ports;
    this.cluster = cluster;
    this.limits = limits;
    this.untilMillis = untilMillis;
    this.#state = state;
  }

  get state(): DrainState {
    return this.#state;
  }

  now(): number {
    return this.ports.time.nowMillis();
  }

  isTimeUp(): boolean {
    return this.now() >= this.untilMillis;
  }

  /** No new work begins. While something long is finished, the other lanes go on instead of standing still. */
  isOver(): boolean {
    return this.isTimeUp() && (this.#held === 0 || this.now() >= this.untilMillis + longestHoldMillis);
  }

  /** Something long, which is finished though the time is up. */
  async hold(work: () => Promise<void>): Promise<void> {
    this.#held++;
    try {
      await work();
    } finally {
      this.#held--;
    }
  }

  fold(change: (state: DrainState) => DrainState): void {
    this.#state = change(this.#state);
    this.#isDirty = true;
  }

  /** Whether something changed since this was asked last. */
  takeDirty(): boolean {
    const was = this.#isDirty;
    this.#isDirty = false;
    return was;
  }
}

/** What went wrong, for records. */
export const reasonOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);
