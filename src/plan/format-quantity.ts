/** What a number of seconds, or of things, is called in text for people. */

const units = [
  { name: 'h', seconds: 3600 },
  { name: 'm', seconds: 60 },
  { name: 's', seconds: 1 },
];

/** `1m 30s`, `250ms`. */
export const formatDuration = (seconds: number): string => {
  if (seconds < 1) return `${Math.round(seconds * 1e6) / 1000}ms`;
  let rest = seconds;
  const parts: string[] = [];
  for (const { name, seconds: size } of units) {
    const count = size === 1 ? Math.round(rest * 1000) / 1000 : Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count}${name}`);
  }
  return parts.join(' ');
};

/** With commas between thousands, three decimals at most. */
export const formatNumber = (value: number): string =>
  value.toLocaleString('en-US', { maximumFractionDigits: 3 });

/** `1 request`, `2 requests`. */
export const counted = (count: number, one: string): string =>
  `${formatNumber(count)} ${count === 1 ? one : `${one}s`}`;

/** US dollars to the cent, small amounts to two digits that count: `$1,200.50`, `$0.0031`. */
export const formatDollars = (amount: number): string => {
  const decimals = amount > 0 && amount < 0.1 ? Math.min(6, 1 - Math.floor(Math.log10(amount))) : 2;
  return `$${amount.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })}`;
};
