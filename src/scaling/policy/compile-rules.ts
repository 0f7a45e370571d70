import { checkStepsReach, checkTargetReach } from './check-reach.ts';
import type { WrittenMetric } from './compile-metrics.ts';
import { formatMetric, unitsWritten } from './describe-metric.ts';
import type { PolicyFindings } from './policy-findings.ts';
import { defaultPeriods, type ServiceDocument } from './scaling-document-services.ts';
import type { ServiceRule, StepsRule, ThresholdStep, TrackRule } from './scaling-policy.ts';

const defaultTolerance = 0.1;

type Report = PolicyFindings['report'];

const compileTarget = ({ metric, judged }: WrittenMetric, target: number): TrackRule => {
  const tolerance = judged.tolerance === undefined ? defaultTolerance : judged.tolerance / 100;
  return { kind: 'track', metric, target: target * unitsWritten(metric), tolerance };
};

/** Steps further out must do at least as much, or more demand would have fewer tasks. */
const checkOrder = (
  key: 'above' | 'below',
  steps: readonly ThresholdStep[],
  { metric, path }: WrittenMetric,
  report: Report,
): void => {
  const [verb, further, more] =
    key === 'above' ? (['add', 'ascending', 1] as const) : (['remove', 'descending', -1] as const);
  for (const [index, step] of steps.entries()) {
    const before = steps[index - 1];
    if (before === undefined) continue;
    const at = formatMetric(metric, before.threshold);
    if ((step.threshold - before.threshold) * more <= 0) {
      const expected = `a threshold ${key} ${at}, that of the step before: steps are ${further}`;
      report({ path: [...path, key, index, 'at'], expected });
    } else if (step.tasks < before.tasks) {
      const expected = `at least ${before.tasks}, as at ${at}: a step further on does not ${verb} fewer tasks`;
      report({ path: [...path, key, index, verb], expected });
    }
  }
};

const checkQueue = ({ metric, judged, path }: WrittenMetric, report: Report): void => {
  if (metric.kind !== 'queueDepth' || judged.below === undefined) return;
  const expected =
    'no below: a queue that is kept up with is empty, so tasks would be removed, the queue would grow, and tasks be added, for ever. A target with inWorkPerTask keeps as many tasks as are busy: { target: 100, inWorkPerTask: 1 }';
  report({ path: [...path, 'below'], of: 'key', expected });
};

const compileSteps = (
  written: WrittenMetric,
  document: ServiceDocument,
  { report, note }: PolicyFindings,
): StepsRule => {
  const { metric, judged, path } = written;
  const units = unitsWritten(metric);
  const above = (judged.above ?? []).map(({ at, add }) => ({ threshold: at * units, tasks: add }));
  const below = (judged.below ?? []).map(({ at, remove }) => ({ threshold: at * units, tasks: remove }));
  checkOrder('above', above, written, report);
  checkOrder('below', below, written, report);
  checkQueue(written, report);
  const lowest = Math.min(...above.map(({ threshold }) => threshold));
  const highest = Math.max(...below.map(({ threshold }) => threshold));
  if (highest >= lowest) {
    const expected = `thresholds under ${formatMetric(metric, lowest)}, the lowest of above: between them nothing is done`;
    report({ path: [...path, 'below'], expected });
  }
  if (above.length === 0) note(path, 'has no above: it never adds a task');
  if (below.length === 0) note(path, 'has no below: it never removes a task');
  if (metric.per === 'total') {
    const what = 'a total does not fall when tasks are added';
    note(
      path,
      `${what}: as long as it is beyond a threshold, tasks are added until the maximum, or removed until the minimum`,
    );
  }
  const periods = document.periods ?? defaultPeriods;
  return { kind: 'steps', metric, above, below, outPeriods: periods.out, inPeriods: periods.in };
};

const compileRule = (
  written: WrittenMetric,
  document: ServiceDocument,
  findings: PolicyFindings,
): ServiceRule | undefined => {
  const { judged, path } = written;
  const { target, above, below, tolerance } = judged;
  const hasSteps = above !== undefined || below !== undefined;
  if ((target !== undefined) === hasSteps) {
    findings.report({ path, expected: 'either a target, or above and below' });
    return undefined;
  }
  if (target !== undefined) {
    const rule = compileTarget(written, target);
    checkTargetReach(rule, written, findings);
    return rule;
  }
  if (tolerance !== undefined) {
    const expected = 'tolerance only with a target: between above and below nothing is done anyway';
    findings.report({ path: [...path, 'tolerance'], of: 'key', expected });
  }
  const rule = compileSteps(written, document, findings);
  checkStepsReach(rule, written, findings);
  return rule;
};

export interface CompiledRule {
  readonly written: WrittenMetric;
  readonly rule: ServiceRule;
}

/** The rules of a service; without those that were reported. */
export const compileRules = (
  metrics: readonly WrittenMetric[],
  document: ServiceDocument,
  findings: PolicyFindings,
): readonly CompiledRule[] => {
  const compiled = metrics.flatMap((written): readonly CompiledRule[] => {
    const rule = compileRule(written, document, findings);
    return rule === undefined ? [] : [{ written, rule }];
  });
  const steps = compiled.find(({ rule }) => rule.kind === 'steps');
  if (steps !== undefined && compiled.length > 1) {
    const expected =
      'a target, as there are several metrics: each says how many tasks it wants and the most counts, which steps can not say';
    findings.report({ path: steps.written.path, expected });
  }
  return compiled;
};
