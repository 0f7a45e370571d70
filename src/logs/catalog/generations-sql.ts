/**
 * `generation IN (3, 5) OR generation BETWEEN 7 AND 3000`: whole numbers as a condition that stays short when most of them
 * follow each other. `none` gives what is never true.
 */
export const generationsSql = (generations: readonly number[]): string => {
  const single: number[] = [];
  const conditions: string[] = [];
  for (const [first, last] of rangesOf(generations)) {
    if (last - first > 1) conditions.push(`"generation" BETWEEN ${first} AND ${last}`);
    else single.push(...(first === last ? [first] : [first, last]));
  }
  if (single.length > 0 || conditions.length === 0)
    conditions.unshift(`"generation" IN (${single.length === 0 ? '-1' : single.join(', ')})`);
  return conditions.length === 1 ? conditions.join('') : `(${conditions.join(' OR ')})`;
};

/** First and last of each row of numbers that follow each other, ascending. */
const rangesOf = (numbers: readonly number[]): readonly (readonly [number, number])[] => {
  const ranges: [number, number][] = [];
  for (const number of [...new Set(numbers)].sort((a, b) => a - b)) {
    const range = ranges.at(-1);
    if (range !== undefined && range[1] === number - 1) range[1] = number;
    else ranges.push([number, number]);
  }
  return ranges;
};
