import { clusterRisks } from './risks/cluster-risks.ts';
import type { ClusterPicture, DrainRisk, RiskLimits, RiskSeverity } from './risks/drain-risk.ts';
import { groupRisks } from './risks/group-risks.ts';
import { serviceRisks } from './risks/service-risks.ts';

/** What would spoil a drain in a cluster, as it looked at that instant. */
export interface ClusterCheck {
  readonly cluster: string;
  /** Milliseconds since the epoch. */
  readonly checkedAtMillis: number;
  /** How much was looked at. */
  readonly seen: {
    readonly instances: number;
    readonly tasks: number;
    /** Those with tasks: others can't be seen, and have nothing to drain. */
    readonly services: number;
    readonly groups: number;
  };
  /** Worst first. */
  readonly risks: readonly DrainRisk[];
}

const rank: Readonly<Record<RiskSeverity, number>> = { error: 0, warning: 1, note: 2 };

const placeOf = ({ kind, where, what }: DrainRisk): string => `${kind} ${where} ${what}`;

const byRank = (a: DrainRisk, b: DrainRisk): number => {
  if (rank[a.severity] !== rank[b.severity]) return rank[a.severity] - rank[b.severity];
  const [left, right] = [placeOf(a), placeOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
};

/** Pure. Worst first, then in an order of their own, whatever the order of what was read. */
export const decideDrainRisks = (picture: ClusterPicture, limits: RiskLimits): readonly DrainRisk[] =>
  [...clusterRisks(picture, limits), ...serviceRisks(picture), ...groupRisks(picture, limits)].sort(byRank);
