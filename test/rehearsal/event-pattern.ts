/**
 * Whether an event matches a rule's pattern, as far as the template uses patterns: at any depth, lists of exact values,
 * prefixes and anything but those, and `$or` between parts of a pattern.
 */
export const matchesPattern = (pattern: unknown, event: unknown): boolean => {
  if (Array.isArray(pattern)) {
    const values = Array.isArray(event) ? event : [event];
    return values.some((value) => pattern.some((accepted) => accepts(accepted, value)));
  }
  if (typeof pattern !== 'object' || pattern === null) throw new Error('a pattern is made of lists');
  if (typeof event !== 'object' || event === null) return false;
  return Object.entries(pattern).every(([key, inner]) =>
    key === '$or'
      ? (inner as readonly unknown[]).some((part) => matchesPattern(part, event))
      : matchesPattern(inner, (event as Record<string, unknown>)[key]),
  );
};

const accepts = (accepted: unknown, value: unknown): boolean => {
  if (typeof accepted !== 'object' || accepted === null) return accepted === value;
  const [[operator, argument] = []] = Object.entries(accepted);
  if (operator === 'prefix') return typeof value === 'string' && value.startsWith(String(argument));
  if (operator === 'exists') return (value !== undefined) === argument;
  // A field that isn't there matches nothing, not even this.
  if (operator === 'anything-but')
    return value !== undefined && ![argument].flat().some((refused) => accepts(refused, value));
  throw new Error(`the rehearsal does not know the pattern operator ${operator}; teach it event-pattern.ts`);
};
