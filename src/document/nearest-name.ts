/** Optimal string alignment distance: insertions, deletions, replacements and swaps of neighbours. */
const distance = (a: string, b: string): number => {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
};

/** The known name that was probably meant: at most a third of it differs. */
export const nearestName = (name: string, known: Iterable<string>): string | undefined => {
  let best: { readonly name: string; readonly cost: number } | undefined;
  if (name.length > 60) return undefined;
  for (const candidate of known) {
    const cost = distance(name.toLowerCase(), candidate.toLowerCase());
    const tolerated = Math.max(1, Math.floor(Math.max(name.length, candidate.length) / 3));
    if (cost <= tolerated && (best === undefined || cost < best.cost)) best = { name: candidate, cost };
  }
  return best?.name;
};

/** `one of a, b, c`, and which of them is near. */
export const oneOf = (name: string, known: Iterable<string>): string => {
  const names = [...known];
  if (names.length === 0) return 'there are none';
  const near = nearestName(name, names);
  const listed = names.length > 20 ? [...names.slice(0, 20), `${names.length - 20} more`] : names;
  return `one of ${listed.join(', ')}${near === undefined ? '' : ` (did you mean ${near}?)`}`;
};
