import type { z } from 'zod';
import type { DocumentProblem } from './document-problem.ts';
import type { DocumentPath, DocumentSource } from './document-source.ts';

/** Something wrong at a path of the document, before it is known where that was written. */
export interface Finding {
  readonly path: DocumentPath;
  readonly expected: string;
  /** Whether the key or its value is wrong; the value when left out. */
  readonly of?: 'value' | 'key';
  readonly code?: DocumentProblem['code'];
  /** Findings at one path about the same thing are one problem; `expected` when left out. */
  readonly about?: string;
  /** The option that brought the value, and what was given to it. */
  readonly option?: { readonly name: string; readonly given: string };
}

export type Report = (finding: Finding) => void;

export const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const valueAtPath = (data: unknown, path: DocumentPath): unknown =>
  path.reduce<unknown>((value, segment) => {
    if (Array.isArray(value)) return value[Number(segment)];
    return isMapping(value) && Object.hasOwn(value, segment) ? value[segment] : undefined;
  }, data);

/** `load[1].rate`; a key that isn't a plain word is quoted: `headers["x y"]`. */
export const formatPath = (path: DocumentPath): string =>
  path
    .map((segment, index) => {
      if (typeof segment === 'number') return `[${segment}]`;
      if (!/^[\w-]+$/.test(segment)) return `[${JSON.stringify(segment)}]`;
      return index === 0 ? segment : `.${segment}`;
    })
    .join('');

const longestValue = 60;

const shortText = (value: unknown): string => {
  const text = value === undefined ? '' : (JSON.stringify(value) ?? String(value));
  return text.length > longestValue ? `${text.slice(0, longestValue - 1)}…` : text;
};

const pathOf = (path: readonly PropertyKey[]): DocumentPath =>
  path.map((segment) => (typeof segment === 'symbol' ? String(segment) : segment));

/** The mistakes inside the one form of a union that what was written looks like, if there is just one. */
const intendedForm = ({ errors }: z.core.$ZodIssueInvalidUnion): readonly z.core.$ZodIssue[] | undefined => {
  const [form, ...others] = errors.filter((issues) =>
    issues.every(({ code, path }) => path.length > 0 || code === 'unrecognized_keys'),
  );
  return others.length === 0 ? form : undefined;
};

/** What the schema found, one finding for each key or value. */
export const schemaFindings = (issues: readonly z.core.$ZodIssue[]): readonly Finding[] =>
  issues.flatMap((issue): Finding[] => {
    const path = pathOf(issue.path);
    const within = issue.code === 'invalid_union' ? intendedForm(issue) : undefined;
    if (within !== undefined) {
      return schemaFindings(within).map((finding) => ({ ...finding, path: [...path, ...finding.path] }));
    }
    if (issue.code === 'unrecognized_keys') {
      const expected = issue.message.split('\n');
      return issue.keys.map((key, index) => ({
        path: [...path, key],
        expected: expected[index] ?? '',
        of: 'key',
      }));
    }
    if (issue.code === 'invalid_key') {
      return issue.issues.map(({ message }) => ({ path, expected: message, of: 'key' }));
    }
    return [{ path, expected: issue.message }];
  });

/** Nobody reads more at once, and an API's answer has to hold them. */
const mostProblems = 100;

/**
 * The first hundred findings as problems, each once, in the order of the document; those of options come first.
 * @param filled The document after variables were put in, for values that differ from what was written.
 */
export const problemsOf = (
  findings: readonly Finding[],
  file: string,
  source: DocumentSource,
  filled: unknown,
): readonly DocumentProblem[] => {
  const seen = new Set<string>();
  const problems: DocumentProblem[] = [];
  for (const { path, expected, of = 'value', code = 'invalid', option, about } of findings) {
    const identity = JSON.stringify([path, about ?? expected, option]);
    if (seen.has(identity)) continue;
    seen.add(identity);
    if (option !== undefined) {
      const nowhere = { line: 0, column: 0, sourceLine: '', path: formatPath(path) };
      problems.push({ code, file: option.name, ...nowhere, value: shortText(option.given), expected });
      continue;
    }
    const written = shortText(valueAtPath(source.data, path));
    const used = shortText(valueAtPath(filled, path));
    const value =
      of === 'key' ? shortText(path.at(-1)) : written === used ? written : `${written} (that is ${used})`;
    problems.push({ code, file, ...source.placeOf(path, of), path: formatPath(path), value, expected });
  }
  return problems.sort((a, b) => a.line - b.line || a.column - b.column).slice(0, mostProblems);
};
