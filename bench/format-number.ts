import type { Spread } from './median.ts';

/** Three significant digits at least; thousands are separated. */
export const formatNumber = (value: number): string => {
  if (!Number.isFinite(value)) return 'n/a';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
};

export const formatSpread = (spread: Spread | undefined): string =>
  spread === undefined ? 'n/a' : `${formatNumber(spread.min)} to ${formatNumber(spread.max)}`;

export const formatMillis = (millis: number | undefined): string =>
  millis === undefined || !Number.isFinite(millis) ? 'n/a' : `${formatNumber(millis)} ms`;

export const formatCount = (count: number): string => count.toLocaleString('en-US');
