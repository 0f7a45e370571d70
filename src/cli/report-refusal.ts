import { type DocumentProblem, formatProblems } from '../document/document-problem.ts';
import type { StackReference } from './stack-reference.ts';

/** How problems of a plan are printed, wherever it was compiled; `allowing` says how a target is allowed there. */
export const problemReport = (problems: readonly DocumentProblem[], allowing: string): string => {
  const advice = problems.some(({ expected }) => expected.includes('allowedTargets')) ? `\n${allowing}` : '';
  return `${formatProblems(problems)}${advice}`;
};

/** What to print of a plan that a stack refused. */
export const refusalReport = (
  problems: readonly DocumentProblem[],
  stack: StackReference | undefined,
): string =>
  problemReport(
    problems,
    `The stack${stack === undefined ? '' : ` ${stack.name}`} sends load only to what its parameter AllowedTargets lists.`,
  );
