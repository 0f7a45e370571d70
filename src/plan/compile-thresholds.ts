import { oneOf } from './nearest-name.ts';
import { parseThreshold } from './parse-threshold.ts';
import type { Threshold } from './plan.ts';
import type { Report } from './plan-findings.ts';

/** Thresholds as written, on steps of these names; `stepNames` is undefined when not all steps could be read. */
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
    const { threshold } = parsed;
    const step = 'step' in threshold ? threshold.step : undefined;
    if (step !== undefined && stepNames !== undefined && !stepNames.includes(step)) {
      report({ path, expected: `the name of a step after the comma: ${oneOf(step, stepNames)}` });
    }
    thresholds.push(threshold);
  }
  return thresholds;
};
