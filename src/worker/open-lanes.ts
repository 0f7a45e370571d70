import type { Plan } from '../plan/plan.ts';
import type { WorkerPlace } from '../platform/ports/worker-fleet.ts';
import { rowClaims } from './claim-rows.ts';
import { EngineLane } from './engine-lane.ts';
import { LaneGroup } from './lane-group.ts';
import type { LaneSetup } from './lane-messages.ts';
import type { LoadLane } from './load-lane.ts';
import { readUploads } from './load-parts.ts';
import { planOfLane } from './plan-of-lane.ts';
import { ThreadLane } from './thread-lane.ts';
import type { WorkerPorts } from './worker-ports.ts';

/** How many engines a worker with so many processors has. With `auto` no more than what the plan limits can be shared among. */
export const decideLanes = ({ workers, connections }: Plan, processors: number): number => {
  if (workers.threads !== 'auto') return workers.threads;
  return Math.max(1, Math.min(processors, workers.maxInFlight, connections.max ?? processors));
};

/** One engine is in this thread; of several, each is in a thread of its own. Throws when one can't be made ready. */
export const openLanes = async (
  ports: WorkerPorts,
  runId: string,
  worker: WorkerPlace,
  plan: Plan,
): Promise<LoadLane> => {
  const of = decideLanes(plan, ports.processors);
  const claimRows = rowClaims(ports.store, runId, plan, of);
  const uploads = await readUploads(ports.store, plan);
  const setups = Array.from({ length: of }, (_, index): LaneSetup => {
    const lane = { index, of };
    return { plan: planOfLane(plan, lane), worker, lane, uploads, allowedTargets: [...ports.allowedTargets] };
  });
  const [alone] = setups;
  if (of === 1 && alone !== undefined) return EngineLane.open(ports.engine, alone, claimRows);
  const opened = await Promise.allSettled(
    setups.map((setup) => ThreadLane.open(ports.threadEntry, setup, claimRows)),
  );
  const lanes = opened.flatMap((lane) => (lane.status === 'fulfilled' ? [lane.value] : []));
  const failed = opened.find((lane) => lane.status === 'rejected');
  if (failed === undefined) return new LaneGroup(lanes);
  await Promise.all(lanes.map((lane) => lane.close()));
  throw failed.reason;
};
