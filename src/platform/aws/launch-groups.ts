import { isSpotShard, spotShardsBefore } from '../../plan/spot-shards.ts';
import type { Capacity, SpotChoice, WorkerPlace } from '../ports/worker-fleet.ts';
import type { EcsFailure } from './classify-ecs-failure.ts';

/** RunTask starts so many at most. */
export const tasksPerCall = 10;

/** Places that one RunTask call can fill. */
export interface LaunchGroup {
  readonly name: string;
  readonly capacity: Capacity;
  readonly places: readonly WorkerPlace[];
}

const padded = (value: number): string => String(value).padStart(6, '0');

/**
 * Which places are launched together. A place's group depends on the place and the share alone, so a launch that is
 * repeated after a crash, or made twice at once, makes the same calls.
 */
export const planLaunchGroups = (places: readonly WorkerPlace[], share: number): readonly LaunchGroup[] => {
  const groups = new Map<string, LaunchGroup & { readonly places: WorkerPlace[] }>();
  const ordered = [...places].sort((a, b) => a.attempt - b.attempt || a.shard - b.shard);
  for (const place of ordered) {
    const capacity = isSpotShard(place.shard, share) ? 'spot' : 'on-demand';
    // How many shards of the same capacity come before it.
    const spot = spotShardsBefore(place.shard, share);
    const rank = capacity === 'spot' ? spot : place.shard - spot;
    const name = `${padded(place.attempt)}-${capacity}-${padded(Math.floor(rank / tasksPerCall))}`;
    const group = groups.get(name) ?? { name, capacity, places: [] };
    group.places.push(place);
    groups.set(name, group);
  }
  return [...groups.values()];
};

/** What one RunTask call for a group came to. */
export interface LaunchOutcome {
  readonly capacity: Capacity;
  /** Absent when it started all it was asked for. */
  readonly failure?: Pick<EcsFailure, 'kind' | 'reason'>;
}

export type NextLaunch =
  | { readonly kind: 'launch'; readonly capacity: Capacity; readonly pause: boolean }
  | { readonly kind: 'give up'; readonly failure: Pick<EcsFailure, 'kind' | 'reason'> };

/** Calls for one group in one launch. */
const mostCalls = 6;

/**
 * How to go on with a group that has places without a task. `before` is what the last call came to that others made
 * for it, or an earlier launch; `now` are the calls of this launch.
 */
export const decideNextLaunch = (
  planned: Capacity,
  fallback: SpotChoice['fallback'],
  before: LaunchOutcome | undefined,
  now: readonly LaunchOutcome[],
): NextLaunch => {
  const last = now.at(-1);
  const goesOnDemand = ({ capacity, failure }: LaunchOutcome): boolean =>
    capacity === 'spot' && failure?.kind === 'capacity' && fallback === 'on-demand';
  if (last === undefined) {
    const capacity = before !== undefined && goesOnDemand(before) ? 'on-demand' : planned;
    return { kind: 'launch', capacity, pause: false };
  }
  if (goesOnDemand(last)) return { kind: 'launch', capacity: 'on-demand', pause: false };
  const { failure } = last;
  const passes = failure === undefined || failure.kind === 'throttled' || failure.kind === 'unavailable';
  if (passes && now.length < mostCalls)
    return { kind: 'launch', capacity: last.capacity, pause: failure !== undefined };
  return {
    kind: 'give up',
    failure: failure ?? { kind: 'limit', reason: 'ECS starts too few tasks for each call' },
  };
};
