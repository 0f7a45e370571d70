import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type PartitionPlan,
  type PartitionWindow,
  planPartitions,
  planYears,
} from '../../../src/logs/catalog/plan-partitions.ts';
import {
  addDays,
  dayFolders,
  daysFrom,
  daysThrough,
  dayText,
  dayValues,
  parseDayText,
  type UtcDay,
} from '../../../src/logs/layout/utc-day.ts';
import type { CatalogPartition } from '../../../src/platform/ports/log-catalog.ts';

const runs = Number(process.env.PARTITION_CASES ?? 300);

const locationOf = (day: UtcDay): string => `s3://bucket/logs/shop/app/${dayFolders(day)}`;
const right = (day: UtcDay): CatalogPartition => ({ values: dayValues(day), location: locationOf(day) });
const day = (text: string): UtcDay => parseDayText(text) as UtcDay;
const windowOf = (today: string, retentionDays = 400): PartitionWindow => ({
  today: day(today),
  retentionDays,
  locationOf,
});
const daysIn = (plan: PartitionPlan): readonly string[] => plan.create.map(({ values }) => values.join('-'));

/** What a catalog holds, by values. */
class Model {
  readonly partitions: Map<string, CatalogPartition>;

  constructor(partitions: Iterable<CatalogPartition>) {
    this.partitions = new Map([...partitions].map((one) => [one.values.join('/'), one]));
  }

  /** Removing what isn't there and making what is there fail for themselves, and change nothing. */
  carryOut({ create = [], remove = [], expired = [] }: Partial<PartitionPlan>): void {
    const removed = [...remove, ...expired.flatMap(({ partitions }) => partitions)];
    for (const { values } of removed) this.partitions.delete(values.join('/'));
    for (const one of create) {
      const key = one.values.join('/');
      if (!this.partitions.has(key)) this.partitions.set(key, one);
    }
  }

  get all(): readonly CatalogPartition[] {
    return [...this.partitions.values()];
  }
}

const edges = [
  '2023-12-31',
  '2024-02-28',
  '2024-02-29',
  '2024-03-01',
  '2025-02-28',
  '2026-01-01',
  '2026-11-30',
];
const anyToday = fc.oneof(
  fc.constantFrom(...edges).map(day),
  fc.integer({ min: 0, max: 3000 }).map((days) => addDays(day('2022-01-01'), days)),
);

/** Days around the window, right or wrong in every way; and what is no day. */
const anyExisting = (today: UtcDay, retentionDays: number) => {
  const anyDay = fc.integer({ min: -retentionDays - 40, max: 5 }).map((days) => addDays(today, days));
  const padded = ({ year, month, day }: UtcDay) => dayFolders({ year, month, day }).match(/\d+/g) as string[];
  const ofDay = fc
    .tuple(
      anyDay,
      fc.constantFrom('right', 'right', 'right', 'padded', 'half padded', 'elsewhere', 'not padded'),
    )
    .map(([one, how]): CatalogPartition => {
      const [year = '', month = '', date = ''] = dayValues(one);
      if (how === 'padded') return { values: padded(one), location: locationOf(one) };
      if (how === 'half padded')
        return { values: [year, padded(one)[1] ?? '', date], location: locationOf(one) };
      if (how === 'elsewhere') return { ...right(one), location: 's3://bucket/elsewhere/' };
      if (how === 'not padded')
        return {
          ...right(one),
          location: `s3://bucket/logs/shop/app/year=${year}/month=${month}/day=${date}/x`,
        };
      return right(one);
    });
  const noDay = fc.constantFrom(
    ['2026', '2', '30'],
    ['2025', '2', '29'],
    ['x', '1', '1'],
    ['2026', '13', '1'],
    ['1e3', '1', '1'],
    ['', '1', '1'],
    ['__HIVE_DEFAULT_PARTITION__', '1', '1'],
  );
  const wrong = noDay.map((values): CatalogPartition => ({ values, location: 's3://bucket/logs/shop/app/' }));
  return fc.array(fc.oneof({ weight: 9, arbitrary: ofDay }, { weight: 1, arbitrary: wrong }), {
    maxLength: 60,
  });
};

const anyCase = fc
  .record({ today: anyToday, retentionDays: fc.integer({ min: 1, max: 60 }) })
  .chain(({ today, retentionDays }) =>
    fc.record({
      window: fc.constant({ today, retentionDays, locationOf }),
      existing: anyExisting(today, retentionDays).map((partitions) => new Model(partitions).all),
      firstDay: fc.option(
        fc.integer({ min: -retentionDays - 40, max: 1 }).map((days) => addDays(today, days)),
        { nil: undefined, freq: 8 },
      ),
      others: fc.array(fc.boolean(), { maxLength: 40 }),
    }),
  );

describe('planPartitions', () => {
  it('converges in one pass, whatever is registered and whoever was faster with some of it', () => {
    fc.assert(
      fc.property(anyCase, ({ existing, firstDay, window, others }) => {
        const plan = planPartitions(existing, { firstDay }, window);
        const model = new Model(existing);
        const isOthers = (_: unknown, index: number): boolean => others[index] === true;
        model.carryOut({ remove: plan.remove.filter(isOthers), expired: plan.expired.filter(isOthers) });
        model.carryOut({ create: plan.create.filter(isOthers) });
        // Their part is 'missing' and 'exists' to us; removing it again would take what they repaired, so it is made anew.
        model.carryOut(plan);
        const again = planPartitions(model.all, { firstDay }, window);
        expect([again.create, again.remove, again.expired]).toEqual([[], [], []]);
      }),
      { numRuns: runs },
    );
  });

  it('leaves every live day registered exactly once, as a whole number at its padded place', () => {
    fc.assert(
      fc.property(anyCase, ({ existing, firstDay, window }) => {
        const model = new Model(existing);
        model.carryOut(planPartitions(existing, { firstDay }, window));
        const oldest = addDays(window.today, -window.retentionDays);
        const tomorrow = addDays(window.today, 1);
        const from = firstDay !== undefined && daysFrom(oldest, firstDay) > 0 ? firstDay : oldest;
        for (const live of firstDay === undefined ? [] : daysThrough(from, tomorrow)) {
          const registered = model.all.filter(({ values }) => {
            const [year, month, date] = values.map(Number);
            return year === live.year && month === live.month && date === live.day;
          });
          expect(registered).toEqual([right(live)]);
        }
        for (const { values, location } of model.all) {
          expect(location).toMatch(/\/year=\d{4}\/month=\d\d\/day=\d\d\/$/);
          expect(values.join('/')).toMatch(/^\d{4}\/([1-9]|1[0-2])\/([1-9]|[12]\d|3[01])$/);
        }
      }),
      { numRuns: runs },
    );
  });

  it('never removes a day that is right and within retention, and removes whatever is past it', () => {
    fc.assert(
      fc.property(anyCase, ({ existing, firstDay, window }) => {
        const { remove, expired } = planPartitions(existing, { firstDay }, window);
        const past = new Set(expired.flatMap(({ partitions }) => partitions));
        const oldest = dayText(addDays(window.today, -window.retentionDays));
        const textOf = ({ values }: CatalogPartition) =>
          `${values[0]?.padStart(4, '0')}-${values[1]?.padStart(2, '0')}-${values[2]?.padStart(2, '0')}`;
        for (const one of existing) {
          const known = parseDayText(textOf(one));
          const isOld = known !== undefined && dayText(known) < oldest;
          const isRight = known !== undefined && JSON.stringify(right(known)) === JSON.stringify(one);
          expect(remove.includes(one)).toBe(!isOld && !isRight);
          expect(past.has(one)).toBe(isOld);
        }
        expect(expired.map(({ day }) => dayText(day))).toEqual(
          [...new Set(existing.map(textOf).filter((text) => parseDayText(text) && text < oldest))].sort(),
        );
      }),
      { numRuns: runs },
    );
  });

  it('makes the days from the first one to tomorrow, over the end of a year and a leap day', () => {
    expect(daysIn(planPartitions([], { firstDay: day('2025-12-30') }, windowOf('2025-12-31')))).toEqual([
      '2025-12-30',
      '2025-12-31',
      '2026-1-1',
    ]);
    expect(daysIn(planPartitions([], { firstDay: day('2024-02-28') }, windowOf('2024-02-28')))).toEqual([
      '2024-2-28',
      '2024-2-29',
    ]);
    expect(planPartitions([], { firstDay: day('2024-02-29') }, windowOf('2024-02-28', 5)).create).toEqual([
      { values: ['2024', '2', '29'], location: 's3://bucket/logs/shop/app/year=2024/month=02/day=29/' },
    ]);
  });

  it('fills a gap anywhere in the window', () => {
    const without = daysThrough(day('2025-10-25'), day('2026-11-22')).filter(
      (one) => dayText(one) !== '2025-12-31',
    );
    const plan = planPartitions(without.map(right), { firstDay: day('2025-10-25') }, windowOf('2026-11-21'));
    expect([daysIn(plan), plan.remove]).toEqual([['2025-12-31'], []]);
  });

  it('makes nothing of a table in which nothing was found, and keeps what is before the first day', () => {
    expect(planPartitions([], {}, windowOf('2026-11-21')).create).toEqual([]);
    const before = right(day('2026-11-01'));
    const plan = planPartitions([before], { firstDay: day('2026-11-21') }, windowOf('2026-11-21'));
    expect([plan.remove, daysIn(plan)]).toEqual([[], ['2026-11-21', '2026-11-22']]);
  });

  it('keeps the oldest day of the retention and removes the one before', () => {
    const existing = ['2026-11-11', '2026-11-10', '2026-11-12'].map((text) => right(day(text)));
    const plan = planPartitions(existing, {}, windowOf('2026-11-21', 10));
    expect(plan.remove).toEqual([]);
    expect(plan.expired).toEqual([{ day: day('2026-11-10'), partitions: [right(day('2026-11-10'))] }]);
  });
});

describe('planYears', () => {
  const years = (existing: readonly CatalogPartition[], today: string, first: string) =>
    planYears(
      existing,
      { firstDay: day(first) },
      { today: day(today), locationOf: (year) => `s3://b/year=${year}/` },
    );

  it('makes the years from the first one, and the next on the last day of one', () => {
    const plan = years([], '2026-12-31', '2025-01-01');
    expect(plan.create.map(({ values }) => values)).toEqual([['2025'], ['2026'], ['2027']]);
    expect(years(plan.create, '2026-12-31', '2025-01-01').create).toEqual([]);
  });

  it('repairs one that lies elsewhere and never lets one expire', () => {
    const wrong = { values: ['2026'], location: 's3://b/x/' };
    const old = { values: ['1990'], location: 's3://b/year=1990/' };
    const plan = years([wrong, old], '2026-06-01', '2026-01-01');
    expect([plan.create, plan.remove, plan.expired]).toEqual([
      [{ values: ['2026'], location: 's3://b/year=2026/' }],
      [wrong],
      [],
    ]);
  });
});
