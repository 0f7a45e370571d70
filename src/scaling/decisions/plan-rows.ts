import type { ScalingAction, ScalingDecision } from '../scaling-decision.ts';
import type { CarriedOut } from '../tick/tick-result.ts';
import type { DecisionRow } from './decision-row.ts';

/** What a decision about that would be called. */
export const subjectOf = (action: ScalingAction): string => {
  switch (action.kind) {
    case 'setService':
      return `service/${action.service}`;
    case 'setPool':
      return `pool/${action.pool}`;
    default:
      return `instance/${action.instanceId}`;
  }
};

export interface PlannedRows {
  /** Those that are logged: with an action, or another reason than the last time. */
  readonly logged: readonly ScalingDecision[];
  /** By subject, in one text; to be kept. */
  readonly lastReasons: Record<string, string>;
}

/**
 * Pure: which decisions are worth a row. What is done always is; what would be done in a dry run, and what isn't done at
 * all, when it changes.
 */
export const planRows = (
  decisions: readonly ScalingDecision[],
  actions: readonly ScalingAction[],
  isDry: boolean,
  lastReasons: Readonly<Record<string, string>>,
): PlannedRows => {
  const acted = new Set(actions.map(subjectOf));
  const reasons = new Map<string, Set<string>>();
  const logged = decisions.filter((decision) => {
    const { subject, reason, to } = decision;
    const isActing = acted.has(subject);
    const said = isActing ? `${reason} ${to}` : reason;
    reasons.set(subject, (reasons.get(subject) ?? new Set()).add(said));
    const isKnown = lastReasons[subject]?.split(separator).includes(said) ?? false;
    return (isActing && !isDry) || !isKnown;
  });
  const kept = [...reasons].map(([subject, said]) => [subject, [...said].join(separator)]);
  return { logged, lastReasons: Object.fromEntries(kept) };
};

/** A thing may be decided about for several reasons. */
const separator = ', ';

export interface RowHead {
  readonly atMillis: number;
  readonly cluster: string;
  readonly tick: string;
  /** Digest of the policy; its beginning tells it apart. */
  readonly policy: string;
}

/** Pure: the rows of a tick. What the whole cluster decided has the result of its pools and instances together. */
export const makeRows = (
  { atMillis, cluster, tick, policy }: RowHead,
  decisions: readonly ScalingDecision[],
  carriedOut: readonly CarriedOut[],
): readonly DecisionRow[] => {
  const resultOf = ({ subject, outcome }: ScalingDecision): string => {
    const ofSubject = carriedOut.filter(({ action }) =>
      subject === 'cluster'
        ? outcome !== 'hold' && action.kind !== 'setService'
        : subjectOf(action) === subject,
    );
    return (ofSubject.find(({ result }) => result !== 'done') ?? ofSubject[0])?.result ?? '';
  };
  return decisions.map((decision) => {
    const { subject, outcome, reason, from, to, sentence, figures } = decision;
    return {
      version: 1,
      at: new Date(atMillis).toISOString(),
      cluster,
      tick,
      subject,
      outcome,
      reason,
      from,
      to,
      sentence,
      figures: JSON.stringify(figures),
      carriedOut: resultOf(decision),
      policy: policy.slice(0, 12),
    };
  });
};
