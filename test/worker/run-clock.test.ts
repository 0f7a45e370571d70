import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { runClock, sharedMicros } from '../../src/worker/run-clock.ts';

describe("the run's clock", () => {
  it('reads 0 at the start, and microseconds from there', () => {
    const startsAtMicros = sharedMicros() + 1_000_000;
    const clock = runClock(startsAtMicros);
    const before = sharedMicros() - startsAtMicros;
    const now = clock.nowMicros();
    const after = sharedMicros() - startsAtMicros;
    expect(now).toBeLessThan(0);
    // Each of the two clocks is read between two readings of the other: off by the length of one.
    expect(now).toBeGreaterThan(before - 500);
    expect(now).toBeLessThan(after + 500);
  });

  it('is the same in every thread', async () => {
    const startsAtMicros = sharedMicros();
    const clock = runClock(startsAtMicros);
    const thread = new Worker(new URL('./support/clock-thread.ts', import.meta.url), {
      workerData: startsAtMicros,
    });
    await once(thread, 'message');
    for (let round = 0; round < 20; round++) {
      const before = clock.nowMicros();
      thread.postMessage('now?');
      const [there] = await once(thread, 'message');
      const after = clock.nowMicros();
      expect(there).toBeGreaterThan(before - 500);
      expect(there).toBeLessThan(after + 500);
    }
    await thread.terminate();
  });
});
