import { addDays, dayOf, type UtcDay } from '../layout/utc-day.ts';

/** Nobody's logs are older; and a predicate over all the days since 1970 would say nothing more. */
const firstYear = 2010;

/**
 * The partitions that may hold records of a time: from the day before it begins to the day after it ends, as an object lies
 * under the day of its first record, or, sent late, under a later one. Whole months and years are not spelled out by day.
 * `endMillis` is not part of the time.
 */
export const dayPredicate = (sinceMillis: number, endMillis: number): string => {
  const first = addDays(dayOf(Math.max(sinceMillis, Date.UTC(firstYear, 0, 2))), -1);
  const last = addDays(dayOf(Math.max(endMillis - 1, sinceMillis)), 1);
  const years = Array.from({ length: Math.max(0, last.year - first.year) + 1 }, (_, n) => first.year + n);
  const terms = years.flatMap((year) => yearTerms(year, first, last));
  return `(${terms.map((term) => `(${term})`).join(' OR ')})`;
};

const daysInMonth = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** The days of a year from the first to the last, as a term for each month that is not whole, and one for all that are. */
const yearTerms = (year: number, first: UtcDay, last: UtcDay): readonly string[] => {
  const firstMonth = year === first.year ? first.month : 1;
  const lastMonth = year === last.year ? last.month : 12;
  const whole: number[] = [];
  const terms: string[] = [];
  for (let month = firstMonth; month <= lastMonth; month++) {
    const from = year === first.year && month === first.month ? first.day : 1;
    const most = daysInMonth(year, month);
    const to = year === last.year && month === last.month ? last.day : most;
    if (from === 1 && to === most) whole.push(month);
    else terms.push(`year = ${year} AND month = ${month} AND day IN (${numbers(from, to)})`);
  }
  if (whole.length === 12) terms.push(`year = ${year}`);
  else if (whole.length > 0) terms.push(`year = ${year} AND month IN (${whole.join(', ')})`);
  return terms;
};

const numbers = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, n) => from + n).join(', ');
