import type { CallBucket } from '../../platform/ports/call-pace.ts';
import type { PoolKind } from '../../platform/ports/instance-pools.ts';
import type { CallCounts } from './tick-result.ts';

/** How much a tick had to read and change. */
export interface TickShape {
  /** Of all services of the cluster, when they were listed; null when the last listing was still good. */
  readonly listedServices: number | null;
  readonly services: number;
  /** Null when nobody asked for them. */
  readonly instances: number | null;
  readonly pools: readonly { readonly kind: PoolKind; readonly members: number }[];
  readonly cloudWatchQueries: number;
  readonly prometheusQueries: number;
  /** Task definitions that weren't known. */
  readonly definitions: number;
  /** Tasks on each instance that was looked at for scale-in. */
  readonly candidateTasks: readonly number[];
  /** Tasks of services among them, which may be protected. */
  readonly guardedTasks: number;
  /** Services whose desired count was looked at again, and those that were set. */
  readonly recheckedServices: number;
  readonly setServices: number;
  /** Pools whose target was set (of a fleet, once before its terminations), and those that instances were terminated of. */
  readonly setPools: readonly PoolKind[];
  readonly terminated: readonly PoolKind[];
}

/** A listing takes a call though it lists nothing. */
const pages = (items: number, size: number): number => Math.max(1, Math.ceil(items / size));

/**
 * The fewest calls, by bucket, that AWS's batches and pages allow for so much: DescribeServices takes 10 and ListServices
 * 100; all others of ECS 100; groups and fleets 100, a fleet's instances 1,000; GetMetricData 500 (API references of each).
 */
export const leastCalls = (shape: TickShape): CallCounts => {
  const least = new Map<CallBucket, number>();
  const add = (bucket: CallBucket, calls: number): void => {
    if (calls > 0) least.set(bucket, (least.get(bucket) ?? 0) + calls);
  };
  const batches = (items: number, size: number): number => Math.ceil(items / size);
  if (shape.listedServices !== null) add('serviceRead', pages(shape.listedServices, 100));
  add('serviceRead', batches(shape.services, 10) + batches(shape.recheckedServices, 10));
  add('serviceModify', shape.setServices);
  if (shape.instances !== null)
    add('resourceRead', pages(shape.instances, 100) + batches(shape.instances, 100));
  for (const tasks of shape.candidateTasks) add('resourceRead', pages(tasks, 100));
  add('resourceRead', batches(sum(shape.candidateTasks), 100));
  add('protection', batches(shape.guardedTasks, 100));
  add('definitionRead', shape.definitions);
  add('metricRead', batches(shape.cloudWatchQueries, 500) + shape.prometheusQueries);
  const ofKind = (kind: PoolKind) => shape.pools.filter((pool) => pool.kind === kind);
  add('capacity', batches(ofKind('autoScalingGroup').length, 100));
  for (const kind of ['spotFleet', 'ec2Fleet'] as const) {
    add('fleetRead', batches(ofKind(kind).length, 100));
    for (const { members } of ofKind(kind)) add('fleetRead', pages(members, 1_000));
  }
  // What a group has is looked at again before it is raised.
  for (const kind of shape.setPools)
    add(kind === 'autoScalingGroup' ? 'capacity' : 'fleetModify', kind === 'autoScalingGroup' ? 2 : 1);
  for (const kind of shape.terminated) add(kind === 'autoScalingGroup' ? 'capacity' : 'fleetModify', 1);
  return Object.fromEntries(least);
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
