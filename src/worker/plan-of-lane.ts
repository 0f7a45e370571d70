import type { Plan } from '../plan/plan.ts';
import type { Lane } from '../plan/shard-lane.ts';

/** The lane's part of a whole number; the parts differ by 1 at most. */
const partOf = (whole: number, { index, of }: Lane): number =>
  Math.max(1, Math.floor(whole / of) + (index < whole % of ? 1 : 0));

/** The plan as one of a worker's lanes plays it: what the plan limits for a worker is shared out, at least 1 for each. */
export const planOfLane = (plan: Plan, lane: Lane): Plan => {
  const { max } = plan.connections;
  return {
    ...plan,
    workers: { ...plan.workers, maxInFlight: partOf(plan.workers.maxInFlight, lane) },
    connections: { ...plan.connections, ...(max === undefined ? {} : { max: partOf(max, lane) }) },
  };
};
