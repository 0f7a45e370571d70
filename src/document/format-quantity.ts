/** What numbers of things, of seconds and of dollars are called in text for people. */

/** With commas between thousands, three decimals at most; of what is below 1, four digits that count. */
export const formatNumber = (value: number): string =>
  value.toLocaleString(
    'en-US',
    Math.abs(value) < 1 ? { maximumSignificantDigits: 4 } : { maximumFractionDigits: 3 },
  );

/** `1 task`, `2 tasks`. */
export const counted = (count: number, one: string): string =>
  `${formatNumber(count)} ${count === 1 ? one : `${one}s`}`;

/** `a`, `a and b`, `a, b and c`. */
export const listed = (words: readonly string[], last = 'and'): string =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;

const units = [
  { name: 'h', seconds: 3600 },
  { name: 'm', seconds: 60 },
  { name: 's', seconds: 1 },
];

const durationParts = (seconds: number): readonly string[] => {
  let rest = seconds;
  return units.flatMap(({ name, seconds: size }) => {
    const count = size === 1 ? Math.round(rest * 1000) / 1000 : Math.floor(rest / size);
    rest -= count * size;
    return count > 0 ? [`${count}${name}`] : [];
  });
};

/** To be read: `1m 30s`, `250ms`. */
export const formatDuration = (seconds: number): string =>
  seconds < 1 ? `${Math.round(seconds * 1e6) / 1000}ms` : durationParts(seconds).join(' ');

/** As documents write it: `1m30s`, `0s`. */
export const formatSeconds = (seconds: number): string => durationParts(seconds).join('') || '0s';

/** US dollars to the cent, small amounts to two digits that count: `$1,200.50`, `$0.0031`. */
export const formatDollars = (amount: number): string => {
  const decimals = amount > 0 && amount < 0.1 ? Math.min(6, 1 - Math.floor(Math.log10(amount))) : 2;
  return `$${amount.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })}`;
};
