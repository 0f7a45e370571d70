import type * as z from 'zod/mini';

/** A value as a reason shows it: short, and never deeper than its first level. */
export const shown = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};

/** The parameter of a schema that says what was expected. */
export const expected = (what: string) => ({
  error: (issue: { readonly input?: unknown }) => `expected ${what}, got ${shown(issue.input)}`,
});

/** The first thing that is wrong, and where: `detail.instance-id: expected …, got …`. */
export const firstProblem = (error: z.core.$ZodError): string => {
  const [issue] = error.issues;
  if (issue === undefined) return 'it could not be read';
  const path = issue.path.map(String).join('.');
  return path === '' ? issue.message : `${path}: ${issue.message}`;
};
