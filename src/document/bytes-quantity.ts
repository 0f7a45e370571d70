const units = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];

/** `1.5 GB`: powers of 1,024, as Athena's price has them. */
export const formatBytes = (bytes: number): string => {
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** power;
  return `${power === 0 ? value : value.toPrecision(value >= 1000 ? 4 : 3)} ${units[power]}`;
};

/** `10GB`, `500 MB`, `1.5TB`, `1000` bytes; powers of 1,024. `undefined` means that it is no size. */
export const parseBytes = (text: string): number | undefined => {
  const [, number, unit = 'B'] = /^(\d{1,15}(?:\.\d{1,6})?) ?([KMGTP]?B)?$/i.exec(text.trim()) ?? [];
  const bytes = Math.round(Number(number) * 1024 ** units.indexOf(unit.toUpperCase()));
  return number !== undefined && Number.isSafeInteger(bytes) ? bytes : undefined;
};
