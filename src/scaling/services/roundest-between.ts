/** The number with the fewest digits strictly between two positive ones; null when no number lies between them. */
export const roundestBetween = (low: number, high: number): number | null => {
  const isBetween = (value: number) => low < value && value < high;
  const magnitude = Math.floor(Math.log10(high));
  for (let exponent = magnitude; exponent >= magnitude - 15; exponent -= 1) {
    const scale = 10 ** Math.abs(exponent);
    const toSteps = (value: number) => (exponent < 0 ? value * scale : value / scale);
    const middle = Math.round((Math.floor(toSteps(low)) + Math.ceil(toSteps(high))) / 2);
    const value = exponent < 0 ? middle / scale : middle * scale;
    if (isBetween(value)) return value;
  }
  const middle = low + (high - low) / 2;
  return isBetween(middle) ? middle : null;
};
