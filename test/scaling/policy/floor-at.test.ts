import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { floorAt } from '../../../src/scaling/policy/floor-at.ts';
import type { Floor } from '../../../src/scaling/policy/scaling-policy.ts';

const seed = Number(process.env.STORMDRAIN_SCALING_SEED ?? 6);
const hour = 3600;

const aFloor = (overrides: Partial<Floor> = {}): Floor => ({
  cron: '0 8 * * *',
  timezone: 'UTC',
  seconds: hour,
  minimum: 5,
  ...overrides,
});

const at = (text: string): number => Date.parse(text);
const floorOf = (floor: Floor, text: string): number => floorAt([floor], at(text));

describe('a floor', () => {
  it('holds from the time its cron names, and no longer than it says', () => {
    const floor = aFloor();
    expect(floorOf(floor, '2026-11-21T07:59:59.999Z')).toBe(0);
    expect(floorOf(floor, '2026-11-21T08:00:00.000Z')).toBe(5);
    expect(floorOf(floor, '2026-11-21T08:59:59.999Z')).toBe(5);
    expect(floorOf(floor, '2026-11-21T09:00:00.000Z')).toBe(0);
  });

  it('goes by the clock of its zone', () => {
    const floor = aFloor({ timezone: 'Europe/Berlin' });
    expect(floorOf(floor, '2026-07-01T06:00:00Z')).toBe(5);
    expect(floorOf(floor, '2026-12-01T06:00:00Z')).toBe(0);
    expect(floorOf(floor, '2026-12-01T07:00:00Z')).toBe(5);
  });

  it('goes on over midnight, and over days', () => {
    const floor = aFloor({ cron: '0 22 * * 5', seconds: 60 * hour });
    expect(floorOf(floor, '2026-11-20T22:00:00Z')).toBe(5);
    expect(floorOf(floor, '2026-11-23T09:59:00Z')).toBe(5);
    expect(floorOf(floor, '2026-11-23T10:00:00Z')).toBe(0);
  });

  it('goes on when its next time comes before it is over', () => {
    const floor = aFloor({ cron: '*/30 * * * *', seconds: hour });
    for (let minute = 0; minute < 180; minute++) {
      expect(floorAt([floor], at('2026-11-21T08:00:00Z') + minute * 60_000)).toBe(5);
    }
  });

  it('of a day of the month and a weekday holds on either, as crontab(5) has it', () => {
    const floor = aFloor({ cron: '0 8 1 * 1' });
    expect(floorOf(floor, '2026-11-01T08:00:00Z')).toBe(5);
    expect(floorOf(floor, '2026-11-02T08:00:00Z')).toBe(5);
    expect(floorOf(floor, '2026-11-03T08:00:00Z')).toBe(0);
  });

  it('at a time that the clock leaps over begins right after the leap', () => {
    const floor = aFloor({ cron: '30 2 * * *', timezone: 'Europe/Berlin' });
    // 2026-03-29: 02:00 is 03:00.
    expect(floorOf(floor, '2026-03-29T00:59:59Z')).toBe(0);
    expect(floorOf(floor, '2026-03-29T01:00:00Z')).toBe(5);
    expect(floorOf(floor, '2026-03-29T02:00:00Z')).toBe(0);
  });

  it('at a time that comes twice holds once, by the hours that pass', () => {
    const floor = aFloor({ cron: '30 2 * * *', timezone: 'Europe/Berlin' });
    // 2026-10-25: from 03:00 back to 02:00, at 01:00 UTC.
    expect(floorOf(floor, '2026-10-25T00:30:00Z')).toBe(5);
    expect(floorOf(floor, '2026-10-25T01:29:59Z')).toBe(5);
    expect(floorOf(floor, '2026-10-25T01:30:00Z')).toBe(0);
  });

  it('of a working day is as long as it says, whatever the clock does in it', () => {
    const floor = aFloor({ cron: '0 1 * * *', timezone: 'America/New_York', seconds: 3 * hour });
    // 2026-03-08: 02:00 is 03:00. 2026-11-01: from 02:00 back to 01:00.
    for (const [day, begins] of [
      ['2026-03-08', '06:00:00Z'],
      ['2026-11-01', '05:00:00Z'],
    ]) {
      const start = at(`${day}T${begins}`);
      expect(floorAt([floor], start - 1)).toBe(0);
      expect(floorAt([floor], start)).toBe(5);
      expect(floorAt([floor], start + 3 * hour * 1000 - 1)).toBe(5);
      expect(floorAt([floor], start + 3 * hour * 1000)).toBe(0);
    }
  });
});

const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
];

const someFloor = fc.record({
  cron: fc
    .tuple(
      fc.constantFrom('0', '*/15', '5-10', '59'),
      fc.constantFrom('*', '2', '8', '1-3', '*/6'),
      fc.constantFrom('*', '1', '29', '31'),
      fc.constantFrom('*', '3', '10,11'),
      fc.constantFrom('*', '0', '1-5', 'SUN'),
    )
    .map((fields) => fields.join(' ')),
  timezone: fc.constantFrom(...zones),
  seconds: fc.integer({ min: 1, max: 72 * 60 }).map((minutes) => minutes * 60),
  minimum: fc.integer({ min: 1, max: 100 }),
});

const years = { min: at('2024-01-01T00:00:00Z'), max: at('2032-01-01T00:00:00Z') };
const instant = fc.integer(years);

describe('floors', () => {
  it('are the highest of those that hold', () => {
    fc.assert(
      fc.property(fc.array(someFloor, { maxLength: 5 }), instant, (floors, atMillis) => {
        const each = floors.map((floor) => floorAt([floor], atMillis));
        expect(floorAt(floors, atMillis)).toBe(Math.max(0, ...each));
        for (const [index, minimum] of each.entries()) expect([0, floors[index]?.minimum]).toContain(minimum);
      }),
      { numRuns: 60, seed },
    );
  });

  it('are the same whatever was asked before', () => {
    const instants = fc.array(fc.integer({ min: 0, max: 4 * 24 * 60 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(someFloor, instant, instants, (floor, from, minutes) => {
        const asked = { ...floor };
        for (const minute of minutes) {
          const atMillis = from + minute * 60_000;
          expect(floorAt([asked], atMillis)).toBe(floorAt([{ ...floor }], atMillis));
        }
      }),
      { numRuns: 40, seed },
    );
  });

  it('that hold for longer hold whenever those that hold for less do', () => {
    fc.assert(
      fc.property(someFloor, instant, fc.integer({ min: 1, max: 24 }), (floor, atMillis, hours) => {
        const longer = { ...floor, seconds: floor.seconds + hours * hour };
        expect(floorAt([longer], atMillis)).toBeGreaterThanOrEqual(floorAt([floor], atMillis));
      }),
      { numRuns: 60, seed },
    );
  });

  it('that hold at every minute are found at every minute of a leap and a repeated hour', () => {
    const floor = aFloor({ cron: '* * * * *', timezone: 'Europe/Berlin', seconds: 60 });
    for (const day of ['2026-03-29', '2026-10-25']) {
      for (let minute = 0; minute < 240; minute++) {
        expect(floorAt([floor], at(`${day}T00:00:00Z`) + minute * 60_000 + 30_000)).toBe(5);
      }
    }
  });
});
