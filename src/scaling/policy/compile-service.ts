import type { DocumentPath } from '../../document/document-source.ts';
import { formatNumber, formatSeconds } from '../../document/format-quantity.ts';
import { checkOscillation } from './check-oscillation.ts';
import { compileFloors } from './compile-floors.ts';
import { compileMetrics } from './compile-metrics.ts';
import { type CompiledRule, compileRules } from './compile-rules.ts';
import { metricName } from './describe-metric.ts';
import type { PolicyFindings } from './policy-findings.ts';
import { metricKinds } from './scaling-document-metrics.ts';
import { defaultMaximum, type ServiceDocument, stepCooldownSeconds } from './scaling-document-services.ts';
import type { DirectionPolicy, ServicePolicy } from './scaling-policy.ts';

/** How far back readings may reach: what ran then is remembered for half an hour. */
const furthestBackSeconds = 25 * 60;

const compileDirection = (
  { cooldown, stabilisation, mostTasks, mostPercent }: ServiceDocument['out'],
  defaultCooldownSeconds: number,
): DirectionPolicy => ({
  cooldownSeconds: cooldown ?? defaultCooldownSeconds,
  stabilisationSeconds: stabilisation,
  mostTasks: mostTasks ?? null,
  mostPercent: mostPercent ?? null,
});

const compileMaximum = (
  { minimum, maximum }: ServiceDocument,
  path: DocumentPath,
  { report, note }: PolicyFindings,
): number => {
  if (maximum === undefined && minimum > defaultMaximum) {
    const expected = `a maximum as well: its default is ${defaultMaximum}, and the minimum is ${formatNumber(minimum)}`;
    report({ path: [...path, 'minimum'], expected });
  } else if (maximum === undefined) note(path, `has at most ${defaultMaximum} tasks, as no maximum is given`);
  else if (maximum < minimum) {
    const expected = `at least ${formatNumber(minimum)}, the minimum`;
    report({ path: [...path, 'maximum'], expected });
  }
  return maximum ?? defaultMaximum;
};

/** Without tasks an average over tasks has no value, so nothing would ever start one again. */
const checkFromZero = (
  { minimum, floors }: ServiceDocument,
  rules: readonly CompiledRule[],
  path: DocumentPath,
  { report }: PolicyFindings,
): void => {
  if (minimum > 0 || floors.length > 0 || rules.length === 0) return;
  if (rules.some(({ rule }) => rule.metric.per === 'total')) return;
  const names = rules.map(({ rule }) => metricName(rule.metric)).join(' and ');
  const expected = `at least 1: without a task there is no ${names}, so none would ever be started again; only a total such as queueDepth, or floors, start the first`;
  report({ path: [...path, 'minimum'], expected });
};

const checkPeriods = (
  document: ServiceDocument,
  rules: readonly CompiledRule[],
  path: DocumentPath,
  { report, note, everySeconds }: PolicyFindings,
): void => {
  const steps = rules.find(({ rule }) => rule.kind === 'steps')?.rule;
  if (document.periods !== undefined && rules.length > 0 && steps === undefined) {
    const expected =
      'periods only with above and below; with a target there are out.stabilisation and in.stabilisation';
    report({ path: [...path, 'periods'], of: 'key', expected });
  }
  if (steps?.kind === 'steps') {
    const most = Math.max(steps.outPeriods, steps.inPeriods);
    const back = most * steps.metric.periodSeconds;
    if (back > furthestBackSeconds) {
      const expected = `fewer readings, or shorter ones: ${most} of ${formatSeconds(steps.metric.periodSeconds)} reach back ${formatSeconds(back)}, and ${formatSeconds(furthestBackSeconds)} is the most`;
      report({ path: [...path, 'periods'], expected });
    }
  }
  for (const { written, rule } of rules) {
    const { periodSeconds } = rule.metric;
    if (periodSeconds <= everySeconds) continue;
    const [period, every] = [formatSeconds(periodSeconds), formatSeconds(everySeconds)];
    note(written.path, `has a new reading each ${period}: deciding every ${every} sees it again and again`);
  }
};

/** A reading is about two periods old before the next one can be had. */
const compileStale = (
  { stale }: ServiceDocument,
  rules: readonly CompiledRule[],
  path: DocumentPath,
  { report }: PolicyFindings,
): number => {
  const longest = Math.max(0, ...rules.map(({ rule }) => rule.metric.periodSeconds));
  if (stale !== undefined && stale < 2 * longest) {
    const expected = `at least ${formatSeconds(2 * longest)}, two periods: a reading is that old before the next one can be had`;
    report({ path: [...path, 'stale'], expected });
  }
  return stale ?? 3 * longest + 120;
};

/** @param written The service as it was written, for the places. */
export const compileService = (
  service: string,
  document: ServiceDocument,
  written: unknown,
  everybodys: PolicyFindings,
): ServicePolicy => {
  let mistakes = 0;
  const report: PolicyFindings['report'] = (finding) => {
    mistakes++;
    everybodys.report(finding);
  };
  const findings = { ...everybodys, report };
  const path = ['services', service];
  const metrics = compileMetrics(document, written, path);
  const rules = compileRules(metrics, document, findings);
  if (metrics.length === 0) {
    report({ path, expected: `something to scale by: one of ${metricKinds.join(', ')}` });
  }
  const bounds = { minimum: document.minimum, maximum: compileMaximum(document, path, findings) };
  checkFromZero(document, rules, path, findings);
  checkPeriods(document, rules, path, findings);
  const hasSteps = rules.some(({ rule }) => rule.kind === 'steps');
  const policy: ServicePolicy = {
    service,
    ...bounds,
    rules: rules.map(({ rule }) => rule),
    out: compileDirection(document.out, hasSteps ? stepCooldownSeconds.out : 0),
    in: compileDirection(document.in, hasSteps ? stepCooldownSeconds.in : 0),
    staleSeconds: compileStale(document, rules, path, findings),
    floors: compileFloors(document.floors, bounds, [...path, 'floors'], findings),
  };
  if (mistakes === 0) checkOscillation(policy, rules, findings);
  return policy;
};
