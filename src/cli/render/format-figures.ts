/** 12345 as `12,345`. */
export const formatCount = (count: number): string =>
  count.toLocaleString('en-US', { maximumFractionDigits: 0 });

/** A count with its noun: `1 worker`, `2 workers`. */
export const formatMany = (count: number, noun: string): string =>
  `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;

const fixed = (value: number, decimals: number): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });

/** Decimals that show the smallest figure of a table with about three digits, so that its columns line up. */
export const decimalsFor = (values: readonly number[]): number => {
  const smallest = Math.min(...values.filter((value) => value > 0));
  if (smallest < 1) return 3;
  if (smallest < 10) return 2;
  return smallest < 100 ? 1 : 0;
};

/** Milliseconds without a unit; `-` for nothing measured. */
export const formatMillis = (millis: number | null | undefined, decimals?: number): string =>
  millis === null || millis === undefined
    ? '-'
    : fixed(millis, decimals ?? Math.min(2, decimalsFor([millis])));

/** Per second, without a unit. */
export const formatRate = (perSecond: number): string => fixed(perSecond, perSecond < 1000 ? 1 : 0);

export const formatPercent = (fraction: number): string => {
  const percent = fraction * 100;
  if (percent === 0) return '0%';
  if (percent < 0.01) return '<0.01%';
  return `${fixed(percent, percent < 10 ? 2 : percent < 100 ? 1 : 0)}%`;
};

/** Millions of bytes: `96 MB`. */
export const formatMegabytes = (bytes: number): string => `${fixed(bytes / 1e6, 0)} MB`;

/** Seconds to a tenth below two minutes, minutes and seconds from there. */
export const formatSeconds = (seconds: number): string => {
  if (seconds < 119.95) return `${fixed(seconds, 1)} s`;
  const whole = Math.round(seconds);
  const rest = whole % 60;
  return whole < 3600
    ? `${Math.floor(whole / 60)} min ${rest} s`
    : `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
};

/** A factor of the plan's rate: `1.5x`. */
export const formatFactor = (factor: number): string => `${Number(factor.toFixed(3))}x`;

/** What a target answered may hold anything: control characters must not reach the terminal. */
export const printable = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to take out
  text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ').trim();
