import type {
  CapacityRequest,
  ClusterSnapshot,
  InstanceSnapshot,
  ServiceSnapshot,
  TaskNeeds,
} from '../cluster-snapshot.ts';
import { hasPassed } from '../has-passed.ts';
import type { CapacityPolicy } from '../policy/scaling-policy.ts';
import type { ScalingMemory } from '../scaling-memory.ts';
import type { TaskDemand } from './pack-tasks.ts';
import { attributesOf, emptyRoom, hasRoom, occupy, type Room } from './room.ts';

/** Tasks that are wanted and aren't anywhere. */
export interface UnplacedDemand extends TaskDemand {
  readonly from: 'unplaced-service' | 'failed-requests';
  /** Null when ECS has said that it can't place them: nothing is to be waited for. */
  readonly sinceMillis: number | null;
}

export interface Unplaced {
  /** For long enough to be a signal. */
  readonly demands: readonly UnplacedDemand[];
  /** ECS may be about to place them; they will take room all the same. */
  readonly young: readonly UnplacedDemand[];
  /** Services that want tasks of which nobody knows what they need. */
  readonly unread: readonly string[];
}

const needsOf = ({ cpu, memoryMib }: CapacityRequest): TaskNeeds => ({
  cpu,
  memoryMib,
  gpus: 0,
  taskEnis: 0,
  tcpPorts: [],
  udpPorts: [],
  constraints: [],
  isDistinct: false,
});

/** A want that capacity may have answered since it was heard. */
interface Heard {
  readonly group: string;
  readonly needs: TaskNeeds;
  readonly heardAtMillis: number;
}

/**
 * What no capacity has come for since it was heard. What has come is an answer whoever took it: a task that still finds no
 * room fails again, and is heard again. Otherwise, a request that was met would be bought for until it expires.
 */
const unanswered = <Want extends Heard>(
  wants: readonly Want[],
  instances: readonly InstanceSnapshot[],
): readonly Want[] => {
  const oldest = wants.reduce(
    (least, { heardAtMillis }) => Math.min(least, heardAtMillis),
    Number.POSITIVE_INFINITY,
  );
  const come = instances
    .filter(({ registeredAtMillis }) => registeredAtMillis > oldest)
    .map((instance): { readonly atMillis: number; readonly room: Room } => ({
      atMillis: instance.registeredAtMillis,
      room: { ...emptyRoom(instance.size), ...attributesOf(instance) },
    }));
  if (come.length === 0) return wants;
  return [...wants]
    .sort((a, b) => a.heardAtMillis - b.heardAtMillis)
    .filter(({ group, needs, heardAtMillis }) => {
      const answer = come.find(
        ({ atMillis, room }) => atMillis > heardAtMillis && hasRoom(room, group, needs, 'fits'),
      );
      if (answer !== undefined) occupy(answer.room, group, needs);
      return answer === undefined;
    });
};

const missingOf = ({ desiredCount, runningCount, pendingCount }: ServiceSnapshot): number =>
  Math.max(0, desiredCount - runningCount - pendingCount);

/** One demand for each size of task, however many requests there are. */
const bySize = (group: string, requests: readonly CapacityRequest[]): readonly UnplacedDemand[] => {
  const sizes = new Map<string, { readonly request: CapacityRequest; count: number }>();
  for (const request of requests) {
    const key = `${request.cpu}/${request.memoryMib}`;
    const known = sizes.get(key);
    if (known === undefined) sizes.set(key, { request, count: 1 });
    else known.count++;
  }
  return [...sizes.values()].map(({ request, count }) => ({
    group,
    needs: needsOf(request),
    count,
    running: 0,
    from: 'failed-requests',
    sinceMillis: null,
  }));
};

/**
 * What waits for room: services that want more tasks than they have, and tasks that failed to start for lack of it. Both of
 * the same group describe one demand, of which the larger counts. Pure.
 */
export const decideUnplaced = (
  { atMillis, services, requests, instances }: ClusterSnapshot,
  policy: Pick<CapacityPolicy, 'unplacedGraceSeconds' | 'requestSeconds'>,
  memory: ScalingMemory['services'],
): Unplaced => {
  const demands: UnplacedDemand[] = [];
  const young: UnplacedDemand[] = [];
  const unread: string[] = [];
  const fresh = requests.filter(
    ({ heardAtMillis }) => atMillis - heardAtMillis < policy.requestSeconds * 1000,
  );
  const failed = unanswered(
    fresh.map((request) => ({ ...request, needs: needsOf(request) })),
    instances,
  );
  const byGroup = new Map<string, CapacityRequest[]>();
  for (const request of failed) byGroup.set(request.group, [...(byGroup.get(request.group) ?? []), request]);
  for (const service of services) {
    if (service.isDaemon) continue;
    const { needs, placementFailedAtMillis } = service;
    const group = `service:${service.service}`;
    const missing = missingOf(service);
    const failedAtMillis =
      placementFailedAtMillis !== undefined &&
      atMillis - placementFailedAtMillis < policy.requestSeconds * 1000
        ? placementFailedAtMillis
        : undefined;
    const asked = byGroup.get(group) ?? [];
    if (needs === undefined) {
      if (missing > 0) unread.push(service.service);
      continue;
    }
    // A deployment or a drain replaces tasks one by one: of those, ECS says only that one more finds no room.
    const isReplacing =
      missing === 0 &&
      failedAtMillis !== undefined &&
      unanswered([{ group, needs, heardAtMillis: failedAtMillis }], instances).length > 0 &&
      (service.isDeploying || instances.some(({ status }) => status === 'DRAINING'));
    const count = Math.max(missing, asked.length, isReplacing ? 1 : 0);
    byGroup.delete(group);
    if (count === 0) continue;
    const sinceMillis = memory[service.service]?.unplacedSinceMillis ?? atMillis;
    const isSaid = failedAtMillis !== undefined || asked.length > 0;
    const demand: UnplacedDemand = {
      group,
      needs,
      count,
      running: service.runningCount + service.pendingCount,
      from: asked.length > missing ? 'failed-requests' : 'unplaced-service',
      sinceMillis: isSaid ? null : sinceMillis,
    };
    const isOld = isSaid || hasPassed(sinceMillis, policy.unplacedGraceSeconds, atMillis);
    (isOld ? demands : young).push(demand);
  }
  for (const [group, of] of byGroup) demands.push(...bySize(group, of));
  return { demands, young, unread };
};
