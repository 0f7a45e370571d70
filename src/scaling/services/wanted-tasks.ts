import type { MetricReadings } from '../cluster-snapshot.ts';
import { recommendBySteps } from './recommend-by-steps.ts';
import { recommendByTarget } from './recommend-by-target.ts';
import { isBlind, type RuleFinding, type RuleQuestion } from './rule-finding.ts';

export interface WantedTasks {
  /** Null when that isn't known well enough. */
  readonly tasks: number | null;
  /** The same without what is only assumed: what stabilisation remembers. */
  readonly shownTasks: number | null;
  /** The rule that decides. */
  readonly finding: RuleFinding;
  readonly words: string;
}

const recommend = (
  rule: RuleQuestion['policy']['rules'][number],
  readings: MetricReadings | undefined,
  question: RuleQuestion,
): RuleFinding =>
  rule.kind === 'track'
    ? recommendByTarget(rule, readings, question)
    : recommendBySteps(rule, readings, question);

/**
 * What the rules together want: the most that any of them does. One that knows nothing keeps tasks from being removed, and
 * keeps nobody from adding some, as in a Kubernetes HPA with several metrics.
 */
export const wantedTasks = (readings: readonly MetricReadings[], question: RuleQuestion): WantedTasks => {
  const findings = question.policy.rules.map((rule, index) => recommend(rule, readings[index], question));
  const blind = findings.find(isBlind);
  const seeing = findings.filter((finding) => !isBlind(finding));
  const leading = seeing.reduce<RuleFinding | undefined>(
    (most, finding) => (most === undefined || finding.tasks > most.tasks ? finding : most),
    undefined,
  );
  if (leading !== undefined && (blind === undefined || leading.tasks > question.desired))
    return {
      tasks: leading.tasks,
      shownTasks: Math.max(...seeing.map(({ tasks, shownTasks }) => shownTasks ?? tasks)),
      finding: leading,
      words: leading.words,
    };
  const finding = blind ?? {
    tasks: question.desired,
    hold: 'missing-data',
    words: 'no rule',
    figures: {},
    toward: 'target',
  };
  return { tasks: null, shownTasks: null, finding, words: finding.words };
};
