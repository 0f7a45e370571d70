import { formatNumber } from '../../document/format-quantity.ts';
import type { WrittenMetric } from './compile-metrics.ts';
import { formatMetric, metricName } from './describe-metric.ts';
import type { PolicyFindings } from './policy-findings.ts';
import type { StepsRule, TrackRule } from './scaling-policy.ts';

/** Where readings of CPU and memory end, in percent of what tasks reserve, unless tasks may use more than that. */
const fullPercent = 100;

const endsAtFull = ({ kind }: TrackRule['metric']): boolean => kind === 'cpu' || kind === 'memory';

const noteBursts = ({ metric, path }: WrittenMetric, { note }: PolicyFindings): void =>
  note(
    path,
    `is above ${formatMetric(metric, fullPercent)}, where ${metricName(metric)} ends unless tasks may use more than they reserve`,
  );

/** Reports a target that readings can't exceed by its tolerance. One above 100 % is meant for tasks that use more. */
export const checkTargetReach = (rule: TrackRule, written: WrittenMetric, findings: PolicyFindings): void => {
  const { metric, target, tolerance } = rule;
  /* As decisions have it: a reading at the edge of the tolerance is within it. */
  const reach = 1 + tolerance + 1e-9;
  if (!endsAtFull(metric) || target * reach < fullPercent) return;
  if (target > fullPercent) {
    noteBursts(written, findings);
    return;
  }
  const most = formatMetric(metric, Math.max(1, Math.ceil(fullPercent / reach) - 1));
  const from = formatMetric(metric, target * (1 + tolerance));
  const end = formatMetric(metric, fullPercent);
  const expected = `at most ${most} with a tolerance of ${formatNumber(tolerance * 100)}%: tasks are added above ${from}, and readings end at ${end}, so none would ever be`;
  findings.report({ path: [...written.path, 'target'], expected });
};

/** Reports thresholds that readings can't pass. Those above 100 % are meant for tasks that use more than they reserve. */
export const checkStepsReach = (rule: StepsRule, written: WrittenMetric, findings: PolicyFindings): void => {
  const { metric, above } = rule;
  if (!endsAtFull(metric)) return;
  const index = above.findIndex(({ threshold }) => threshold === fullPercent);
  if (index >= 0) {
    const place = above.length === 1 ? [] : [index, 'at'];
    const expected = `less than ${formatMetric(metric, fullPercent)}: readings end there, so it is never passed`;
    findings.report({ path: [...written.path, 'above', ...place], expected });
  } else if (above.some(({ threshold }) => threshold > fullPercent)) noteBursts(written, findings);
};
