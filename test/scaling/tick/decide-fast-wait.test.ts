import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideFastWait } from '../../../src/scaling/tick/decide-fast-wait.ts';

const started = Date.parse('2026-11-21T09:31:00Z');

/** When a cluster is ticked over so many minutes, each of which an execution begins a moment late. */
const tickTimes = (everySeconds: number, minutes: number, late: readonly number[]): readonly number[] => {
  const times: number[] = [];
  let tickedAt = Number.NEGATIVE_INFINITY;
  for (let minute = 0; minute < minutes; minute++) {
    const startedAt = started + minute * 60_000 + (late[minute] ?? 0);
    let now = startedAt;
    for (;;) {
      // A tick may come a little early: src/scaling/tick/scaling-tick.ts.
      if (now >= tickedAt + everySeconds * 1000 - 1_000) {
        tickedAt = now;
        times.push(now);
      }
      now += 200;
      const wait = decideFastWait(startedAt, now, [tickedAt + everySeconds * 1000]);
      if (wait.done) break;
      now += wait.waitSeconds * 1000;
    }
  }
  return times;
};

describe('decideFastWait', () => {
  it('waits for the first that is due', () => {
    expect(decideFastWait(started, started + 2_000, [started + 30_000, started + 12_500])).toEqual({
      done: false,
      waitSeconds: 10,
    });
  });

  it('leaves to the next execution what is due after the minute', () => {
    expect(decideFastWait(started, started + 41_000, [started + 61_000])).toEqual({
      done: true,
      waitSeconds: 0,
    });
  });

  it('is done where nothing is due', () => {
    expect(decideFastWait(started, started + 1_000, [])).toEqual({ done: true, waitSeconds: 0 });
  });

  it('waits a second where something is due already, so that no execution ticks without a pause', () => {
    expect(decideFastWait(started, started + 20_000, [started + 10_000])).toEqual({
      done: false,
      waitSeconds: 1,
    });
  });

  it('never waits beyond its minute', () => {
    const instant = fc.integer({ min: -60_000, max: 180_000 });
    fc.assert(
      fc.property(instant, fc.array(instant), (now, due) => {
        const wait = decideFastWait(0, now, due);
        if (wait.done) return;
        expect(wait.waitSeconds).toBeGreaterThanOrEqual(1);
        expect(Number.isInteger(wait.waitSeconds)).toBe(true);
        expect(now + wait.waitSeconds * 1000).toBeLessThan(60_000);
      }),
    );
  });

  it('ticks as often as the policy says, from minute to minute', () => {
    const late = fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 50 }), late, (everySeconds, lateMillis) => {
        const times = tickTimes(everySeconds, 10, lateMillis);
        const gaps = times.slice(1).map((at, index) => (at - (times[index] ?? 0)) / 1000);
        expect(Math.min(...gaps)).toBeGreaterThanOrEqual(everySeconds - 1);
        // An execution that begins late, on top.
        expect(Math.max(...gaps)).toBeLessThanOrEqual(everySeconds + 4);
      }),
    );
  });
});
