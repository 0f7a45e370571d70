import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expireDays } from '../../../src/logs/catalog/expire-days.ts';
import { areDue, deadAttempts, keptMillis, withViewSeen } from '../../../src/logs/catalog/removal-times.ts';
import { newTableState, type TableState, tableState } from '../../../src/logs/catalog/table-state.ts';
import { decideDays } from '../../../src/logs/compaction/decide-days.ts';
import { decideSwitch } from '../../../src/logs/compaction/decide-switch.ts';
import { dayOf, dayText, parseDayText } from '../../../src/logs/layout/utc-day.ts';

const now = Date.parse('2026-11-21T03:30:00Z');

const aState = (over: Partial<TableState> = {}): TableState => ({
  ...newTableState('shop_app', 'shop', 'app'),
  nextGeneration: 9,
  ...over,
});

const anAttempt = (over: Partial<TableState['attempts'][number]> = {}): TableState['attempts'][number] => ({
  day: '2026-11-19',
  generation: 8,
  startedAt: '2026-11-21T03:00:00.000Z',
  keys: 2,
  rawBytes: 100,
  ...over,
});

const days = (...texts: readonly string[]) => texts.map((text) => parseDayText(text) ?? dayOf(0));

describe('decideDays', () => {
  it('takes days that ended three hours ago, oldest first, and none beyond their retention', () => {
    const found = days('2026-11-21', '2026-11-20', '2026-11-01', '2026-10-20');
    const decided = decideDays(found, { nowMillis: now, retentionDays: 30, after: '' });
    expect(decided.map(dayText)).toEqual(['2026-11-01', '2026-11-20']);
    const atNight = { nowMillis: Date.parse('2026-11-21T02:59:59Z'), retentionDays: 30, after: '' };
    expect(decideDays(found, atNight).map(dayText)).toEqual(['2026-11-01']);
  });

  it('goes on after the day that was dealt with', () => {
    const found = days('2026-11-18', '2026-11-19', '2026-11-20');
    const decided = decideDays(found, { nowMillis: now, retentionDays: 30, after: '2026-11-19' });
    expect(decided.map(dayText)).toEqual(['2026-11-20']);
  });
});

describe('decideSwitch', () => {
  it('makes an attempt the live generation, and its keys those that the view leaves out', () => {
    const state = decideSwitch(aState({ attempts: [anAttempt()] }), 8, 30);
    expect(state).toMatchObject({
      live: [{ day: '2026-11-19', generation: 8, rawBytes: 100, bytes: 30 }],
      listed: [{ day: '2026-11-19', generation: 8 }],
      replaced: [],
      attempts: [],
    });
  });

  it('replaces the generation that it was made from', () => {
    const live = [{ day: '2026-11-19', generation: 3, rawBytes: 1000, bytes: 200 }];
    const state = decideSwitch(aState({ live, attempts: [anAttempt({ base: 3 })] }), 8, 210);
    expect(state).toMatchObject({
      live: [{ generation: 8, rawBytes: 1100, bytes: 210 }],
      replaced: [{ day: '2026-11-19', generation: 3 }],
    });
    expect(state?.replaced[0]?.removeAfter).toBeUndefined();
  });

  it('refuses one that was given up, is unknown, or was made from what is no more the live one', () => {
    const live = [{ day: '2026-11-19', generation: 3, rawBytes: 1, bytes: 1 }];
    expect(decideSwitch(aState({ attempts: [anAttempt({ givenUp: true })] }), 8, 1)).toBeUndefined();
    expect(decideSwitch(aState(), 8, 1)).toBeUndefined();
    expect(decideSwitch(aState({ live, attempts: [anAttempt()] }), 8, 1)).toBeUndefined();
    expect(decideSwitch(aState({ live, attempts: [anAttempt({ base: 2 })] }), 8, 1)).toBeUndefined();
    expect(decideSwitch(aState({ attempts: [anAttempt({ base: 2 })] }), 8, 1)).toBeUndefined();
  });

  it('changes nothing when it is done again', () => {
    const once = decideSwitch(aState({ attempts: [anAttempt()] }), 8, 30);
    expect(once && decideSwitch(once, 8, 30)).toBe(once);
  });

  it('has one generation live of a day, and each generation in one place, whatever is tried', () => {
    const attempt = fc.record({
      day: fc.constantFrom('2026-11-18', '2026-11-19', '2026-11-20'),
      isFresh: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(attempt, { maxLength: 12 }), (attempts) => {
        let state = aState({ nextGeneration: 1 });
        for (const { day, isFresh } of attempts) {
          const generation = state.nextGeneration;
          const base = isFresh ? state.live.find((live) => live.day === day)?.generation : undefined;
          const begun = anAttempt({ day, generation, ...(base === undefined ? {} : { base }) });
          state = { ...state, nextGeneration: generation + 1, attempts: [...state.attempts, begun] };
          state = decideSwitch(state, generation, 1) ?? state;
          expect(tableState.parse(JSON.parse(JSON.stringify(state)))).toEqual(state);
        }
        const liveDays = state.live.map(({ day }) => day);
        expect(liveDays).toEqual([...new Set(liveDays)].sort());
        const places = [...state.live, ...state.replaced, ...state.attempts].map((one) => one.generation);
        expect(places.sort((a, b) => a - b)).toEqual(attempts.map((_, n) => n + 1));
      }),
    );
  });
});

describe('withViewSeen', () => {
  it('gives a day from now on to what had no time, and leaves the others theirs', () => {
    const listed = [
      { day: '2026-11-19', generation: 1 },
      { day: '2026-11-18', generation: 2, removeAfter: '2026-11-20T00:00:00.000Z' },
    ];
    const seen = withViewSeen(aState({ listed }), now, true).listed;
    expect(areDue(seen, now).map(({ generation }) => generation)).toEqual([2]);
    expect(areDue(seen, now + keptMillis - 1).length).toBe(1);
    expect(areDue(seen, now + keptMillis).length).toBe(2);
  });

  it('gives all of it another day when the view was an older one', () => {
    const listed = [{ day: '2026-11-18', generation: 2, removeAfter: '2026-11-20T00:00:00.000Z' }];
    const seen = withViewSeen(aState({ listed, replaced: listed, unlisted: listed }), now, false);
    expect([seen.listed, seen.replaced, seen.unlisted].flatMap((all) => areDue(all, now))).toEqual([]);
  });
});

describe('deadAttempts', () => {
  it('are those of a day ago', () => {
    const state = aState({
      attempts: [anAttempt(), anAttempt({ generation: 7, startedAt: '2026-11-20T03:30:00.000Z' })],
    });
    expect(deadAttempts(state, now).map(({ generation }) => generation)).toEqual([7]);
  });
});

describe('expireDays', () => {
  it('drops what is before the first day that is kept, but for the lists that are still there', () => {
    const of = (day: string, generation: number) => ({ day, generation });
    const state = aState({
      live: [
        { ...of('2026-10-31', 1), rawBytes: 1, bytes: 1 },
        { ...of('2026-11-01', 2), rawBytes: 1, bytes: 1 },
      ],
      listed: [{ ...of('2026-10-31', 1), removeAfter: '2026-11-20T00:00:00.000Z' }, of('2026-11-01', 2)],
      replaced: [of('2026-10-30', 3)],
    });
    const kept = expireDays(state, '2026-11-01');
    expect(kept.live.map(({ generation }) => generation)).toEqual([2]);
    expect(kept.listed).toEqual([of('2026-11-01', 2)]);
    expect(kept.unlisted).toEqual([of('2026-10-31', 1)]);
    expect(kept.replaced).toEqual([]);
  });
});
