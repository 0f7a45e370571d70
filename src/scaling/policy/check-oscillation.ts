import { counted, listed } from '../../document/format-quantity.ts';
import { decideOscillation, type Oscillation } from '../services/decide-oscillation.ts';
import type { CompiledRule } from './compile-rules.ts';
import { formatMetric, metricName, unitsWritten } from './describe-metric.ts';
import type { PolicyFindings } from './policy-findings.ts';
import { proposeSteps } from './propose-steps.ts';
import type { MetricReference, ServicePolicy, StepsRule, ThresholdStep } from './scaling-policy.ts';

/** Of a longer cycle only the beginning is shown. */
const mostShown = 4;

const stepText = (
  metric: MetricReference,
  { tasks, value, direction, threshold, next }: Oscillation['cycle'][number],
): string => {
  const side = direction === 'out' ? 'above' : 'below';
  const change = direction === 'out' ? `add ${next - tasks}` : `remove ${tasks - next}`;
  return `${counted(tasks, 'task')} at ${formatMetric(metric, value)} (${side} ${formatMetric(metric, threshold)}: ${change})`;
};

const cycleText = (metric: MetricReference, { demand, cycle }: Oscillation): string => {
  const steps = cycle.slice(0, mostShown).map((step) => stepText(metric, step));
  const rest = cycle.length > mostShown ? [`${cycle.length - mostShown} more`] : [];
  const one = metric.kind === 'cpu' || metric.kind === 'memory' ? ` of one task's ${metricName(metric)}` : '';
  return `at a constant demand of ${formatMetric(metric, demand)}${one}: ${[...steps, ...rest].join(', ')}, and so on for ever`;
};

/** The same steps in the units that people write, so that the numbers shown are round in those. */
const inWrittenUnits = (rule: StepsRule): StepsRule => {
  const units = unitsWritten(rule.metric);
  const perUnit = (step: ThresholdStep): ThresholdStep => ({ ...step, threshold: step.threshold / units });
  const metric: MetricReference = units === 1 ? rule.metric : { ...rule.metric, periodSeconds: 1 };
  return { ...rule, metric, above: rule.above.map(perUnit), below: rule.below.map(perUnit) };
};

/** Reports steps that would add and remove tasks for ever while the demand stays what it is, with the numbers. */
export const checkOscillation = (
  service: ServicePolicy,
  [compiled]: readonly CompiledRule[],
  { report }: PolicyFindings,
): void => {
  if (compiled?.rule.kind !== 'steps') return;
  const rule = inWrittenUnits(compiled.rule);
  const written: ServicePolicy = { ...service, rules: [rule] };
  const oscillation = decideOscillation(written);
  if (oscillation === null) return;
  const proposals = proposeSteps(written, rule);
  const remedy = proposals.length === 0 ? 'set a target instead' : listed(proposals, 'or');
  const { minimum } = oscillation;
  const floor = minimum === service.minimum ? '' : ` while a floor of ${minimum} holds`;
  report({
    path: [...compiled.written.path, 'below'],
    expected: `thresholds that come to rest; ${cycleText(rule.metric, oscillation)}${floor}; ${remedy}`,
  });
};
