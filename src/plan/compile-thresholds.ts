import type { DocumentPath } from '../document/document-source.ts';
import type { Report } from '../document/findings.ts';
import { oneOf } from '../document/nearest-name.ts';
import { parseThreshold } from './parse-threshold.ts';
import type { Threshold } from './plan.ts';

/** Reports a threshold on a step that isn't there; `stepNames` is undefined when not all steps could be read. */
export const checkThresholdStep = (
  threshold: Threshold,
  path: DocumentPath,
  stepNames: readonly string[] | undefined,
  report: Report,
): void => {
  const step = 'step' in threshold ? threshold.step : undefined;
  if (step === undefined || stepNames === undefined || stepNames.includes(step)) return;
  const after = threshold.figure === 'failures' ? 'between the parentheses' : 'after the comma';
  report({ path, expected: `the name of a step ${after}: ${oneOf(step, stepNames)}` });
};

/** Thresholds as written, on steps of these names. */
export const compileThresholds = (
  written: unknown,
  stepNames: readonly string[] | undefined,
  report: Report,
): readonly Threshold[] => {
  const thresholds: Threshold[] = [];
  for (const [index, text] of (Array.isArray(written) ? written : []).entries()) {
    if (typeof text !== 'string' || text.trim() === '') continue;
    const path = ['thresholds', index];
    const parsed = parseThreshold(text);
    if (parsed.kind === 'problem') {
      report({ path, expected: parsed.expected });
      continue;
    }
    checkThresholdStep(parsed.threshold, path, stepNames, report);
    thresholds.push(parsed.threshold);
  }
  return thresholds;
};
