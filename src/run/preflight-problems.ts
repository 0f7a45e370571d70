import { formatDollars } from '../document/format-quantity.ts';
import type { Plan } from '../plan/plan.ts';
import type { CapacityFacts, VcpuQuota } from '../platform/ports/capacity-survey.ts';
import type { CostEstimate } from './estimate-cost.ts';
import type { WorkerCounts } from './plan-launch.ts';

/** Beyond this the roster is a document too large to be written at every observation. */
const mostWorkers = 1000;

const quotaProblem = (
  kind: string,
  workers: number,
  vcpu: number,
  quota: VcpuQuota | null,
): readonly string[] => {
  const needed = workers * vcpu;
  if (quota === null || needed === 0 || needed <= quota.quota - quota.inUse) return [];
  const name = quota.name ?? `the quota of ${kind} vCPUs`;
  return [
    `${workers} ${kind} workers need ${needed} vCPUs; the quota is ${quota.quota}, and ${quota.inUse} are in use. Raise ${name} to ${quota.inUse + needed}, or take fewer or smaller workers.`,
  ];
};

const addressProblem = (count: number, free: number | null): readonly string[] =>
  free === null || count <= free
    ? []
    : [
        `${count} workers need an address each, and the subnets have ${free} left. Give the stack larger or more subnets, or take fewer workers.`,
      ];

const imageProblem = ({ image }: CapacityFacts): readonly string[] =>
  image.kind === 'missing'
    ? [`The worker image ${image.reference} is not there. Push it, or deploy the stack with one that is.`]
    : [];

const costProblem = ({ maxCostUsd }: Plan, cost: CostEstimate | null): readonly string[] =>
  cost === null || maxCostUsd === undefined || cost.likely <= maxCostUsd
    ? []
    : [
        `The run is likely to cost ${formatDollars(cost.likely)}, and maxCostUsd is ${formatDollars(maxCostUsd)}. Take fewer workers, a shorter load or a larger spot share, or raise it.`,
      ];

const launchProblem = ({ workers }: Plan, seconds: number): readonly string[] =>
  seconds <= workers.readyTimeoutSeconds
    ? []
    : [
        `Launching ${workers.count} workers takes ${Math.ceil(seconds)} s, and workers.readyTimeout is ${workers.readyTimeoutSeconds} s. Raise it, or take fewer workers.`,
      ];

/** Why a run can't start, each with what to do; what is not known stands in nobody's way. */
export const preflightProblems = ({
  plan,
  facts,
  counts,
  launchSeconds,
  cost,
}: {
  readonly plan: Plan;
  readonly facts: CapacityFacts;
  readonly counts: WorkerCounts;
  readonly launchSeconds: number;
  readonly cost: CostEstimate | null;
}): readonly string[] => {
  const { count } = plan.workers;
  const { vcpu } = facts.worker;
  return [
    ...(count > mostWorkers
      ? [`A run has ${mostWorkers} workers at most, and this one asks for ${count}.`]
      : []),
    ...quotaProblem('on-demand', counts.onDemand, vcpu, facts.vcpus.onDemand),
    ...quotaProblem('spot', counts.spot, vcpu, facts.vcpus.spot),
    ...addressProblem(count, facts.freeAddresses),
    ...imageProblem(facts),
    ...launchProblem(plan, launchSeconds),
    ...costProblem(plan, cost),
  ];
};
