/** One thing wrong with a plan document, with the place where it was written. */
export interface DocumentProblem {
  readonly code: 'invalid' | 'target-not-allowed';
  /** The plan's file, or the option that brought the value, such as `--set`. */
  readonly file: string;
  /** From 1; 0 when the problem isn't in the file. */
  readonly line: number;
  readonly column: number;
  /** Where in the document: `load[1].rate`; empty for the document itself. */
  readonly path: string;
  /** What was written there, shortened; empty when something is missing. */
  readonly value: string;
  readonly expected: string;
  /** The line of the file as written; empty when the problem isn't in the file, or the line is longer than 5,000. */
  readonly sourceLine: string;
}

const widestExcerpt = 100;

const excerptOf = (problem: DocumentProblem): readonly string[] => {
  if (problem.sourceLine.trim() === '') return [];
  const from = problem.column > widestExcerpt ? problem.column - widestExcerpt / 2 : 0;
  const shown = problem.sourceLine.slice(from, from + widestExcerpt);
  const number = String(problem.line);
  // Tabs stay tabs, so that the caret stands under its character at any tab width.
  const under = problem.sourceLine.slice(from, problem.column - 1).replace(/[^\t]/g, ' ');
  return [`  ${number} | ${shown}`, `  ${' '.repeat(number.length)} | ${under}^`];
};

/** A report of all problems, one paragraph each: place, path, value, what was expected, and the source line. */
export const formatProblems = (problems: readonly DocumentProblem[]): string =>
  problems
    .map((problem) => {
      const place = problem.line === 0 ? problem.file : `${problem.file}:${problem.line}:${problem.column}`;
      const what = problem.code === 'target-not-allowed' ? problem.expected : `expected ${problem.expected}`;
      const head = [place, problem.path, problem.value, what].filter((part) => part !== '').join('  ');
      return [head, ...excerptOf(problem)].join('\n');
    })
    .join('\n');
