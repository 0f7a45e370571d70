import type { PacedTime } from '../../../../src/platform/aws/token-bucket.ts';

interface Sleeper {
  readonly atMillis: number;
  readonly order: number;
  wake(): void;
}

/** Time that passes when nothing is left to do before the next sleeper wakes: an hour of pauses takes no time at all. */
export class VirtualTime implements PacedTime {
  #nowMillis = 0;
  #order = 0;
  readonly #sleepers: Sleeper[] = [];

  nowMillis(): number {
    return this.#nowMillis;
  }

  sleep(millis: number): Promise<void> {
    return new Promise((wake) => {
      this.#sleepers.push({ atMillis: this.#nowMillis + Math.max(0, millis), order: this.#order++, wake });
    });
  }

  /** Lets time pass until the work has ended. */
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
    this.#sleepers.sort((a, b) => a.atMillis - b.atMillis || a.order - b.order);
    const next = this.#sleepers.shift();
    if (next === undefined) throw new Error('everything waits, and nothing that could end the waiting');
    this.#nowMillis = next.atMillis;
    next.wake();
  }
}
