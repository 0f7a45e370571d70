import type { PacedTime } from '../ports/paced-time.ts';

interface Sleeper {
  readonly atMillis: number;
  readonly order: number;
  wake(): void;
}

const isBefore = (one: Sleeper, other: Sleeper): boolean =>
  one.atMillis < other.atMillis || (one.atMillis === other.atMillis && one.order < other.order);

/** Time that passes when nothing is left to do before the next sleeper wakes: an hour of pauses takes no time at all. */
export class VirtualTime implements PacedTime {
  #nowMillis: number;
  #order = 0;
  /** A binary heap: no sleeper wakes before the one at half its place. */
  readonly #sleepers: Sleeper[] = [];

  constructor(startMillis = 0) {
    this.#nowMillis = startMillis;
  }

  nowMillis(): number {
    return this.#nowMillis;
  }

  sleep(millis: number): Promise<void> {
    return new Promise((wake) => this.at(this.#nowMillis + millis, wake));
  }

  /** Has something done at an instant; at the next occasion when that has passed. Nobody waits for it. */
  at(atMillis: number, wake: () => void): void {
    const sleeper = { atMillis: Math.max(this.#nowMillis, atMillis), order: this.#order++, wake };
    const sleepers = this.#sleepers;
    let place = sleepers.push(sleeper) - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = sleepers[above];
      if (parent === undefined || !isBefore(sleeper, parent)) break;
      sleepers[place] = parent;
      place = above;
    }
    sleepers[place] = sleeper;
  }

  /** Lets time pass until the work has ended. Throws when all that is left waits for something that nothing brings about. */
  async run<Value>(work: Promise<Value>): Promise<Value> {
    let ended = false;
    const end = (): void => {
      ended = true;
    };
    work.then(end, end);
    for (;;) {
      // Every promise that can be settled now is settled before the next macrotask.
      await new Promise((resolve) => setImmediate(resolve));
      if (ended) return work;
      this.#wakeNext();
    }
  }

  #wakeNext(): void {
    const next = this.#takeFirst();
    if (next === undefined) throw new Error('everything waits, and nothing that could end the waiting');
    this.#nowMillis = next.atMillis;
    next.wake();
  }

  #takeFirst(): Sleeper | undefined {
    const sleepers = this.#sleepers;
    const first = sleepers[0];
    const last = sleepers.pop();
    if (last === undefined || sleepers.length === 0) return first;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const one = sleepers[left];
      if (one === undefined) break;
      const other = sleepers[left + 1];
      const isOtherFirst = other !== undefined && isBefore(other, one);
      const child = isOtherFirst ? other : one;
      if (!isBefore(child, last)) break;
      sleepers[place] = child;
      place = isOtherFirst ? left + 1 : left;
    }
    sleepers[place] = last;
    return first;
  }
}
