import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { globalSecondsOf } from '../../../src/drain/unhurried/decide-deadline.ts';
import { handOverMillis } from '../../../src/drain/unhurried/decide-look.ts';
import { decideWait, type WaitFacts } from '../../../src/drain/unhurried/decide-wait.ts';
import { hours, minutes } from './support/an-unhurried-drain.ts';

const facts = (overrides: Partial<WaitFacts> = {}): WaitFacts => ({
  nowMillis: 0,
  sinceMillis: 0,
  dueAtMillis: null,
  heartbeatSeconds: null,
  drains: 1,
  ...overrides,
});

interface Retrier {
  readonly MaxAttempts: number;
}
const machine: { readonly States: Readonly<Record<string, { readonly Retry?: readonly Retrier[] }>> } = parse(
  readFileSync('statemachines/drain-instance.asl.yml', 'utf8'),
);
const retries = (machine.States.LookAtDrain?.Retry ?? []).reduce((sum, rule) => sum + rule.MaxAttempts, 0);
/** Entered and exited, of a wait, a task and a choice; a task's function is scheduled, started and ends, at each try. */
const eventsOfALook = 2 + (2 + 3 * (1 + retries)) + 2;
const mostEvents = 25_000;

/** Looks until an instant, when each takes no time at all. */
const looksUntil = (untilMillis: number, overrides: Partial<WaitFacts>): number => {
  let looks = 0;
  for (let nowMillis = 0; nowMillis < untilMillis; looks++)
    nowMillis += decideWait(facts({ ...overrides, nowMillis })) * 1000;
  return looks;
};

describe('the wait until the next look', () => {
  it.each([
    [0, 15],
    [minutes(5), 15],
    [minutes(30), 60],
    [hours(1), 120],
    [hours(2), 240],
    [hours(48), 5760],
    [hours(24 * 10), 6 * 3600],
  ])('after %i ms is %i s', (nowMillis, seconds) => {
    expect(decideWait(facts({ nowMillis }))).toBe(seconds);
  });

  it('ends when something is due by the clock', () => {
    expect(decideWait(facts({ nowMillis: hours(3), dueAtMillis: hours(3) + 41_500 }))).toBe(42);
    expect(decideWait(facts({ nowMillis: hours(3), dueAtMillis: hours(3) - 1 }))).toBe(1);
  });

  it('leaves room for two heartbeats that fail', () => {
    expect(decideWait(facts({ nowMillis: hours(1), heartbeatSeconds: 30 }))).toBe(10);
    expect(decideWait(facts({ nowMillis: hours(1), heartbeatSeconds: 300 }))).toBe(100);
  });

  it('stays below five minutes while a hook waits', () => {
    const nowMillis = hours(24 * 20);
    expect(decideWait(facts({ nowMillis, heartbeatSeconds: 7200 }))).toBe(240);
  });

  it('is longer when many instances leave: together they look about once a second', () => {
    expect(decideWait(facts({ drains: 100 }))).toBe(100);
    expect(decideWait(facts({ drains: 1000, heartbeatSeconds: 3600 }))).toBe(240);
  });

  it('lets the longest drain end within the events that an execution has, though every look is retried', () => {
    expect(eventsOfALook).toBe(27);
    expect(looksUntil(hours(48), {}) * eventsOfALook).toBeLessThan(mostEvents);
  });

  it('would not, if it looked every minute', () => {
    expect((hours(48) / minutes(1)) * 9).toBeGreaterThan(mostEvents);
  });

  it.each([30, 60, 120, 300, 600, 1728, 3600, 7200, 172_800])(
    'lets the longest drain end within them when the hook waits %i s',
    (heartbeatSeconds) => {
      const longestMillis = globalSecondsOf(heartbeatSeconds) * 1000;
      const overrides = { heartbeatSeconds, dueAtMillis: longestMillis - handOverMillis };
      const untilMillis = Math.max(0, longestMillis - handOverMillis);
      expect(looksUntil(untilMillis, overrides) * eventsOfALook).toBeLessThan(mostEvents);
    },
  );

  it('lets drains that are due months from now end within them', () => {
    const untilMillis = hours(24 * 90);
    const looks = looksUntil(untilMillis, { dueAtMillis: untilMillis });
    expect(looks * eventsOfALook).toBeLessThan(mostEvents);
  });

  it('is a whole number of seconds, never none, and never past what is due', () => {
    fc.assert(
      fc.property(
        fc.record({
          nowMillis: fc.integer({ min: 0, max: hours(24 * 100) }),
          sinceMillis: fc.constant(0),
          dueAtMillis: fc.option(fc.integer({ min: 0, max: hours(24 * 100) })),
          heartbeatSeconds: fc.option(fc.integer({ min: 30, max: 7200 })),
          drains: fc.integer({ min: 1, max: 2000 }),
        }),
        (given) => {
          const seconds = decideWait(given);
          expect(Number.isInteger(seconds)).toBe(true);
          expect(seconds).toBeGreaterThanOrEqual(1);
          if (given.heartbeatSeconds !== null)
            expect(seconds).toBeLessThanOrEqual(Math.max(1, given.heartbeatSeconds / 3));
          const late = given.nowMillis + (seconds - 1) * 1000;
          if (given.dueAtMillis !== null && seconds > 1) expect(late).toBeLessThan(given.dueAtMillis);
        },
      ),
    );
  });
});
