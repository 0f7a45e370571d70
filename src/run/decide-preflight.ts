import { formatDollars } from '../document/format-quantity.ts';
import type { Plan } from '../plan/plan.ts';
import { spotShardsBefore } from '../plan/spot-shards.ts';
import type { CapacityFacts } from '../platform/ports/capacity-survey.ts';
import type { SpotChoice } from '../platform/ports/worker-fleet.ts';
import { type CostEstimate, estimateCost, usualStartSeconds } from './estimate-cost.ts';
import { launchSeconds, type WorkerCounts } from './plan-launch.ts';
import { preflightProblems } from './preflight-problems.ts';

/** What a run will take, and what stands in its way. */
export interface Preflight {
  readonly workers: {
    readonly count: number;
    readonly spot: number;
    readonly vcpu: number;
    readonly memoryGib: number;
  };
  /** From the first launch until the last worker was asked for, seconds; the platform forces it. */
  readonly launchSeconds: number;
  /** Null where load costs nothing. `most` is with every worker on demand. US dollars. */
  readonly costUsd: { readonly likely: number; readonly most: number } | null;
  /** Each says what is wrong and what to do; with any, nothing may start. */
  readonly problems: readonly string[];
  /** What could not be checked, and what is worth knowing. */
  readonly notes: readonly string[];
}

/** What this run asks of spot capacity; none where there is no such thing. */
export const spotChoiceOf = (plan: Plan, facts: Pick<CapacityFacts, 'price' | 'spot'>): SpotChoice =>
  facts.price === null ? { share: 0, fallback: 'wait' } : (plan.workers.spot ?? facts.spot);

const spotNote = (counts: WorkerCounts, choice: SpotChoice, facts: CapacityFacts): readonly string[] => {
  if (counts.spot === 0) return [];
  const quota = facts.vcpus.onDemand;
  const instead = (counts.spot + counts.onDemand) * facts.worker.vcpu;
  const tooFew =
    choice.fallback === 'on-demand' && quota !== null && instead > quota.quota - quota.inUse
      ? ` The on-demand quota has room for ${Math.max(0, quota.quota - quota.inUse)} of the ${instead} vCPUs that takes.`
      : '';
  const fallback = {
    wait: 'when there is none, it is waited for until workers.readyTimeout',
    'on-demand': 'when there is none, those workers run on demand',
    fail: 'when there is none, the run ends',
  }[choice.fallback];
  return [`Spot capacity can be taken away while the run goes on; ${fallback}.${tooFew}`];
};

const costNotes = ({ maxCostUsd }: Plan, cost: CostEstimate | null): readonly string[] => {
  if (cost === null) return [];
  return [
    ...(maxCostUsd !== undefined && cost.likely <= maxCostUsd && cost.most > maxCostUsd
      ? [
          `With every worker on demand it would cost ${formatDollars(cost.most)}, more than maxCostUsd (${formatDollars(maxCostUsd)}); it is stopped when it has cost that.`,
        ]
      : []),
    ...(cost.requests >= 0.01
      ? [`Of the cost, ${formatDollars(cost.requests)} are requests to the object store.`]
      : []),
  ];
};

const startNote = ({ workers }: Plan, facts: CapacityFacts, seconds: number): readonly string[] => {
  const usual = Math.ceil(seconds + usualStartSeconds);
  if (facts.launch === null || seconds > workers.readyTimeoutSeconds) return [];
  if (usual <= workers.readyTimeoutSeconds) return [];
  return [
    `Workers usually take some ${usual} s until all are ready, and workers.readyTimeout is ${workers.readyTimeoutSeconds} s: the run may end before it starts.`,
  ];
};

/** Compares what the plan needs with what the platform can give. */
export const decidePreflight = (plan: Plan, facts: CapacityFacts): Preflight => {
  const { count } = plan.workers;
  const choice = spotChoiceOf(plan, facts);
  const spot = spotShardsBefore(count, choice.share);
  const counts = { onDemand: count - spot, spot };
  const seconds = launchSeconds(counts, facts.launch);
  const cost = estimateCost(plan, counts, facts);
  return {
    workers: { count, spot, ...facts.worker },
    launchSeconds: seconds,
    costUsd: cost === null ? null : { likely: cost.likely, most: cost.most },
    problems: preflightProblems({ plan, facts, counts, launchSeconds: seconds, cost }),
    notes: [
      ...facts.unknowns,
      ...(facts.image.kind === 'unknown'
        ? [`Whether the image ${facts.image.reference} is there is not known: ${facts.image.reason}.`]
        : []),
      ...startNote(plan, facts, seconds),
      ...spotNote(counts, choice, facts),
      ...costNotes(plan, cost),
    ],
  };
};
