import type { RunSummary } from '../../run/summary.ts';
import { commandLine, type StackReference } from '../stack-reference.ts';

/** A few lines on what to do after a run: commands that work as typed. */
export const planNextSteps = (
  summary: RunSummary,
  invocation: string,
  stack?: StackReference,
): readonly string[] => {
  const look = `${commandLine(invocation, `show ${summary.runId} --json`, stack)}   # every figure, as JSON`;
  switch (summary.outcome) {
    case 'passed':
      return [look, `${commandLine(invocation, 'runs', stack)}   # earlier runs, to compare with`];
    case 'failed':
      return [
        summary.requests.completed === 0
          ? 'See the examples under Errors, and try one request by hand before the next run.'
          : 'Lower the rate until it passes: that is the load the target carries.',
        look,
      ];
    case 'invalid':
      return ['Do not use these numbers: the reasons above say what has to change.', look];
    case 'stopped':
      return ['The figures cover the run up to where it was stopped.', look];
    case 'error':
      return ['Nothing is left running. See the reason above, then run again.', look];
  }
};
