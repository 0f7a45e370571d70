/** What an Artillery script writes in several ways, as a plan writes it. */

const secondsPerUnit: readonly (readonly [RegExp, number])[] = [
  [/^(ms|msecs?|milliseconds?)$/, 0.001],
  [/^(|s|secs?|seconds?)$/, 1],
  [/^(m|mins?|minutes?)$/, 60],
  [/^(h|hrs?|hours?)$/, 3600],
  [/^(d|days?)$/, 86_400],
];

/** `30`, `'2m'`, `'30 sec'`, `'500ms'`: a number alone is seconds. */
export const parseArtilleryDuration = (written: unknown): number | undefined => {
  const [, digits, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(String(written)) ?? [];
  const factor = secondsPerUnit.find(([pattern]) => pattern.test(unit.toLowerCase()))?.[1];
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
};

/** Seconds in the largest unit that leaves a whole number: `90s`, `2m`, `500ms`. */
export const writeDuration = (seconds: number): string => {
  const millis = Math.max(1, Math.round(seconds * 1000));
  if (millis % 1000 !== 0) return `${millis}ms`;
  if (millis % 3_600_000 === 0) return `${millis / 3_600_000}h`;
  return millis % 60_000 === 0 ? `${millis / 60_000}m` : `${millis / 1000}s`;
};

/** A value or a list of values, as a list. */
export const listOf = (value: unknown): readonly unknown[] => {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
};
