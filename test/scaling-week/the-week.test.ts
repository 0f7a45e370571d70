import { beforeAll, describe, expect, it } from 'vitest';
import { findWeekHarm } from './support/find-week-harm.ts';
import { type PlayedWeek, playWeek } from './support/play-week.ts';

const seed = Number(process.env.STORMDRAIN_WEEK_SEED ?? 1);
const hours = Number(process.env.STORMDRAIN_WEEK_HOURS ?? 7 * 24);

describe(`a week of fifty instances, seed ${seed}`, () => {
  let week: PlayedWeek;
  beforeAll(async () => {
    week = await playWeek(seed, 0, hours);
  }, 900_000);

  it('loses no task without a replacement, has no runaway and no thrash', () => {
    expect(findWeekHarm(week).slice(0, 20)).toEqual([]);
  });

  it('was a week in which something happened', () => {
    const done = week.actions.filter(({ result }) => result === 'done').map(({ action }) => action.kind);
    for (const kind of ['setService', 'setPool', 'beginDrain', 'terminate'] as const)
      expect(done.filter((one) => one === kind).length, kind).toBeGreaterThan(hours / 4);
    const causes = [...week.departures.values()].map(({ cause }) => cause);
    for (const cause of ['interrupted', 'operator', 'scaled in'] as const)
      expect(causes.filter((one) => one === cause).length, cause).toBeGreaterThan(hours / 24);
    expect(week.batches.filter(({ placedAtMillis }) => placedAtMillis !== null).length).toBeGreaterThan(
      hours / 12,
    );
    expect(new Set(week.events.map(({ kind }) => kind)).size).toBe(5);
  });

  it('has found room for each task of its own within minutes', () => {
    const waits = week.batches
      // Whoever asks at the very end may still wait.
      .filter(({ askedAtMillis }) => askedAtMillis < (week.minutes.at(-1)?.atMillis ?? 0) - 30 * 60_000)
      .map(({ askedAtMillis, placedAtMillis }) =>
        placedAtMillis === null ? Number.POSITIVE_INFINITY : (placedAtMillis - askedAtMillis) / 60_000,
      );
    expect(Math.max(...waits)).toBeLessThanOrEqual(15);
  });
});

describe(`two days with calls that go wrong, and two ticks at once, seed ${seed}`, () => {
  it('lose no task without a replacement, and have no runaway and no thrash', async () => {
    const days = await playWeek(seed, 24, 72, { isIll: true });
    expect(findWeekHarm(days).slice(0, 20)).toEqual([]);
    expect(days.ticks.ignored).toBeGreaterThan(47 * 60);
  });
});
