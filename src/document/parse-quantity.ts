/** What a plan writes as text and the compiled plan holds as a number. `undefined` means that it isn't one. */

const millisPerUnit: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `500ms`, `10s`, `1.5m`, `1h`, also joined as in `1h30m`; in milliseconds. */
export const parseDurationMillis = (text: string): number | undefined => {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)];
  const spelled = parts.map((part) => part[0]).join('');
  if (spelled === '' || spelled !== text.trim()) return undefined;
  return parts.reduce((sum, part) => sum + Number(part[1]) * (millisPerUnit[part[2] ?? ''] ?? Number.NaN), 0);
};

/** As `parseDurationMillis`, in seconds. */
export const parseDuration = (text: string): number | undefined => {
  const millis = parseDurationMillis(text);
  return millis === undefined ? undefined : millis / 1000;
};

/** `1s`, or `100ms to 300ms` with the smaller one first; in seconds. */
export const parseDurationRange = (
  text: string,
): { readonly minSeconds: number; readonly maxSeconds: number } | undefined => {
  const [first, second, ...rest] = text.split(/\s+to\s+/);
  const minSeconds = parseDuration(first ?? '');
  const maxSeconds = second === undefined ? minSeconds : parseDuration(second);
  if (minSeconds === undefined || maxSeconds === undefined || rest.length > 0) return undefined;
  return minSeconds <= maxSeconds ? { minSeconds, maxSeconds } : undefined;
};

const decimal = /^\d+(\.\d+)?$/;

/** `50`, `"50"` or `50 to 200`: where a straight line begins and ends. Neither is negative. */
export const parseRamp = (
  value: string | number,
): { readonly from: number; readonly to: number } | undefined => {
  if (typeof value === 'number')
    return value >= 0 && Number.isFinite(value) ? { from: value, to: value } : undefined;
  const [first = '', second = first, ...rest] = value.trim().split(/\s+to\s+/);
  if (!decimal.test(first) || !decimal.test(second) || rest.length > 0) return undefined;
  return { from: Number(first), to: Number(second) };
};

/** `0.5%` or `0.005`; a fraction from 0 to 1. */
export const parseFraction = (value: string | number): number | undefined => {
  const percent = typeof value === 'string' ? /^(\d+(?:\.\d+)?)\s*%$/.exec(value.trim()) : null;
  if (typeof value === 'string' && percent === null && !decimal.test(value.trim())) return undefined;
  const fraction = percent === null ? Number(value) : Number(percent[1]) / 100;
  return fraction >= 0 && fraction <= 1 ? fraction : undefined;
};
