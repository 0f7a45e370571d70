import type { CatalogPartition } from '../../platform/ports/log-catalog.ts';
import {
  addDays,
  dayOf,
  dayStartMillis,
  daysFrom,
  dayValues,
  parseDayText,
  type UtcDay,
} from '../layout/utc-day.ts';

/** What lies in the store. */
export interface FoundDays {
  /** The oldest day with data. Undefined: not known, so no day is made. */
  readonly firstDay?: UtcDay | undefined;
}

export interface PartitionWindow {
  readonly today: UtcDay;
  /** Days before today that are kept. */
  readonly retentionDays: number;
  /** Where a day lies, as the catalog has it. */
  readonly locationOf: (day: UtcDay) => string;
}

export interface PartitionPlan {
  readonly create: readonly CatalogPartition[];
  /** Wrong ones, as they are registered. What is created again with the same values has to be removed first. */
  readonly remove: readonly CatalogPartition[];
  /** Past retention, ascending. */
  readonly expired: readonly ExpiredDay[];
}

/** What lies in the store for such a day can be deleted; then its partitions go. */
export interface ExpiredDay {
  readonly day: UtcDay;
  /** As they are registered: at least one. */
  readonly partitions: readonly CatalogPartition[];
}

/**
 * Pure: what makes the registered partitions of a table right. Every day from the first with data, or the oldest that is kept,
 * to tomorrow is registered once, by whole numbers without padding, at the place where it lies. What is registered otherwise
 * is removed, and so is what is past retention; a live day that is right is never touched. Carrying it out leaves nothing
 * to plan, whichever of its items others were faster with.
 */
export const planPartitions = (
  existing: readonly CatalogPartition[],
  { firstDay }: FoundDays,
  { today, retentionDays, locationOf }: PartitionWindow,
): PartitionPlan => {
  const { expired, ...plan } = planUnits(existing, {
    first: firstDay === undefined ? undefined : dayNumber(firstDay),
    oldest: dayNumber(addDays(today, -retentionDays)),
    last: dayNumber(addDays(today, 1)),
    numberOf: (values) => {
      const day = dayOfValues(values);
      return day === undefined ? undefined : dayNumber(day);
    },
    partitionOf: (number) => {
      const day = dayOfNumber(number);
      return { values: dayValues(day), location: locationOf(day) };
    },
  });
  return {
    ...plan,
    expired: expired.map(([number, partitions]) => ({ day: dayOfNumber(number), partitions })),
  };
};

/** As `planPartitions`, of a table whose partitions are years, which are kept for ever. */
export const planYears = (
  existing: readonly CatalogPartition[],
  { firstDay }: FoundDays,
  { today, locationOf }: Pick<PartitionWindow, 'today'> & { readonly locationOf: (year: number) => string },
): PartitionPlan => ({
  ...planUnits(existing, {
    first: firstDay?.year,
    oldest: Number.NEGATIVE_INFINITY,
    last: addDays(today, 1).year,
    numberOf: ([year = '', ...more]) =>
      more.length === 0 && /^\d{1,6}$/.test(year) ? Number(year) : undefined,
    partitionOf: (year) => ({ values: [String(year)], location: locationOf(year) }),
  }),
  expired: [],
});

/** Days or years, each by a whole number. */
interface Units {
  readonly first: number | undefined;
  readonly oldest: number;
  readonly last: number;
  readonly numberOf: (values: readonly string[]) => number | undefined;
  readonly partitionOf: (number: number) => CatalogPartition;
}

const planUnits = (
  existing: readonly CatalogPartition[],
  { first, oldest, last, numberOf, partitionOf }: Units,
) => {
  const right = new Set<number>();
  const expired = new Map<number, CatalogPartition[]>();
  const remove: CatalogPartition[] = [];
  for (const partition of existing) {
    const number = numberOf(partition.values);
    if (number !== undefined && number < oldest)
      expired.set(number, [...(expired.get(number) ?? []), partition]);
    else if (number !== undefined && isSame(partition, partitionOf(number))) right.add(number);
    else remove.push(partition);
  }
  const from = first === undefined ? Number.POSITIVE_INFINITY : Math.max(first, oldest);
  const create: CatalogPartition[] = [];
  for (let number = from; number <= last; number++) {
    if (!right.has(number)) create.push(partitionOf(number));
  }
  return { create, remove, expired: [...expired].sort(([a], [b]) => a - b) };
};

const isSame = (a: CatalogPartition, b: CatalogPartition): boolean =>
  a.location === b.location && a.values.join('/') === b.values.join('/');

const epoch: UtcDay = { year: 1970, month: 1, day: 1 };

const dayNumber = (day: UtcDay): number => daysFrom(epoch, day);
const dayOfNumber = (number: number): UtcDay => dayOf(dayStartMillis(epoch) + number * 86_400_000);

/** The day that values mean, padded or not. Undefined where they mean none, such as the 30th of February. */
const dayOfValues = (values: readonly string[]): UtcDay | undefined => {
  if (values.length !== 3 || !values.every((value) => /^\d{1,6}$/.test(value))) return undefined;
  const [year, month, day] = values.map((value, index) =>
    String(Number(value)).padStart(index === 0 ? 4 : 2, '0'),
  );
  return parseDayText(`${year}-${month}-${day}`);
};
