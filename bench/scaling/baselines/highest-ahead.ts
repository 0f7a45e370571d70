/** The highest value of the next `ahead` seconds, that second included; for each second. */
export const highestAhead = (values: Float64Array, ahead: number): Float64Array => {
  const highest = new Float64Array(values.length);
  /** Seconds whose values fall from first to last: the first is the highest of its window. */
  const falling: number[] = [];
  let first = 0;
  for (let second = values.length - 1; second >= 0; second--) {
    const value = values[second] ?? 0;
    while (falling.length > first && (values[falling.at(-1) ?? 0] ?? 0) <= value) falling.pop();
    falling.push(second);
    while ((falling[first] ?? 0) >= second + ahead) first++;
    highest[second] = values[falling[first] ?? second] ?? 0;
  }
  return highest;
};
