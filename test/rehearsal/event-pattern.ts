/** Whether an event matches a rule's pattern: lists of exact values and prefixes, at any depth, as the template uses them. */
export const matchesPattern = (pattern: unknown, event: unknown): boolean => {
  if (Array.isArray(pattern)) {
    const values = Array.isArray(event) ? event : [event];
    return values.some((value) => pattern.some((accepted) => accepts(accepted, value)));
  }
  if (typeof pattern !== 'object' || pattern === null) throw new Error('a pattern is made of lists');
  if (typeof event !== 'object' || event === null) return false;
  return Object.entries(pattern).every(([key, inner]) =>
    matchesPattern(inner, (event as Record<string, unknown>)[key]),
  );
};

const accepts = (accepted: unknown, value: unknown): boolean => {
  if (typeof accepted !== 'object' || accepted === null) return accepted === value;
  const [[operator, argument] = []] = Object.entries(accepted);
  if (operator === 'prefix') return typeof value === 'string' && value.startsWith(String(argument));
  if (operator === 'exists') return (value !== undefined) === argument;
  throw new Error(`the rehearsal does not know the pattern operator ${operator}; teach it event-pattern.ts`);
};
