/** A day of UTC, and of nothing else: a partition is a day, and a local midnight would put records into the wrong one. */
export interface UtcDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const dayMillis = 86_400_000;

export const dayOf = (atMillis: number): UtcDay => {
  const date = new Date(atMillis);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
};

/** The instant at which the day begins. */
export const dayStartMillis = ({ year, month, day }: UtcDay): number => Date.UTC(year, month - 1, day);

export const addDays = (day: UtcDay, days: number): UtcDay => dayOf(dayStartMillis(day) + days * dayMillis);

/** Negative when `a` is the earlier one. In days. */
export const daysFrom = (a: UtcDay, b: UtcDay): number => (dayStartMillis(b) - dayStartMillis(a)) / dayMillis;

/** `2026-01-05`: for documents and people; such texts sort as the days do. */
export const dayText = (day: UtcDay): string => new Date(dayStartMillis(day)).toISOString().slice(0, 10);

/** Undefined for what isn't a day of the calendar. */
export const parseDayText = (text: string): UtcDay | undefined => {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  const parsed = { year: Number(year), month: Number(month), day: Number(day) };
  return day !== undefined && dayText(parsed) === text ? parsed : undefined;
};

/** `year=2026/month=01/day=05/`. */
export const dayFolders = ({ year, month, day }: UtcDay): string =>
  `year=${padded(year, 4)}/month=${padded(month, 2)}/day=${padded(day, 2)}/`;

/** As a catalog has it: whole numbers without padding, because `1` and `01` would be two partitions of one day. */
export const dayValues = ({ year, month, day }: UtcDay): readonly [string, string, string] => [
  String(year),
  String(month),
  String(day),
];

/** All days from the first to the last, both included. */
export const daysThrough = (first: UtcDay, last: UtcDay): readonly UtcDay[] =>
  Array.from({ length: Math.max(0, daysFrom(first, last) + 1) }, (_, n) => addDays(first, n));

const padded = (value: number, length: number): string => String(value).padStart(length, '0');
