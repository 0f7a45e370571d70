import { isMapping, type Report } from '../document/findings.ts';
import { checkThresholdStep } from './compile-thresholds.ts';
import { abortDocument } from './document-settings.ts';
import { parseThreshold } from './parse-threshold.ts';
import type { AbortCondition, Threshold } from './plan.ts';

/** What keeps a condition from ending a run; undefined when it can. */
const problemWith = (when: Threshold): string | undefined => {
  if (when.figure === 'rate') return undefined;
  if (when.figure !== 'failures' && when.step !== undefined) {
    return 'a latency of all steps together, such as p95(response) > 2s; only failures can be those of one step';
  }
  if (when.comparison === '>' || when.comparison === '>=') return undefined;
  return 'a condition that says when to end the run, not when to go on: with > or >=';
};

/** The conditions that end a run; `stepNames` is undefined when not all steps could be read. */
export const compileAbortOn = (
  written: unknown,
  stepNames: readonly string[] | undefined,
  report: Report,
): readonly AbortCondition[] => {
  const conditions: AbortCondition[] = [];
  for (const [index, entry] of (Array.isArray(written) ? written : []).entries()) {
    const { data } = abortDocument.safeParse(entry);
    if (data === undefined) continue;
    const path = ['abortOn', index, ...(isMapping(entry) ? ['when'] : [])];
    const { when: text, over } = typeof data === 'string' ? { when: data, over: 10 } : data;
    const parsed = parseThreshold(text);
    if (parsed.kind === 'problem') {
      report({ path, expected: parsed.expected });
      continue;
    }
    const when = parsed.threshold;
    const problem = problemWith(when);
    if (problem !== undefined) report({ path, expected: problem });
    else checkThresholdStep(when, path, stepNames, report);
    conditions.push({ text: when.text, when, windowSeconds: over });
  }
  return conditions;
};
