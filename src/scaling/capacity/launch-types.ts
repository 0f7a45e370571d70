import type { InstanceSnapshot } from '../cluster-snapshot.ts';
import type { InstanceSize, PoolPolicy } from '../policy/scaling-policy.ts';
import type { CapacityMemory } from '../scaling-memory.ts';
import { compareText } from './pack-tasks.ts';
import { attributesOf } from './room.ts';

/** What a pool may launch. */
export interface LaunchType {
  readonly type: string;
  /** Units of the pool. */
  readonly weight: number;
  readonly size: InstanceSize;
}

/** The next instance of the same pool may have others. */
const ownAttributes = /^ecs\.(availability-zone|ami-id|subnet-id|awsvpc-trunk-id)$|(^|\.)capability\./;

const launchedAttributes = (instance: InstanceSnapshot): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(attributesOf(instance).attributes).filter(([name]) => !ownAttributes.test(name)),
  );

const bySize = (a: LaunchType, b: LaunchType): number =>
  a.weight - b.weight ||
  a.size.cpu - b.size.cpu ||
  a.size.memoryMib - b.size.memoryMib ||
  compareText(a.type, b.type);

/** Of each type, the smallest that registered: agents of different versions leave tasks different room. */
export const seenTypes = (
  instances: readonly InstanceSnapshot[],
  weights: ReadonlyMap<string, number>,
): readonly LaunchType[] => {
  const types = new Map<string, LaunchType>();
  for (const instance of instances) {
    const { type, size } = instance;
    const known = types.get(type)?.size ?? size;
    const { cpu, memoryMib, gpus } = size;
    types.set(type, {
      type,
      weight: weights.get(instance.instanceId) ?? 1,
      size: {
        cpu: Math.min(cpu, known.cpu),
        memoryMib: Math.min(memoryMib, known.memoryMib),
        gpus: Math.min(gpus, known.gpus),
        taskEnis: size.taskEnis,
        attributes: launchedAttributes(instance),
      },
    });
  }
  return [...types.values()].sort(bySize);
};

/**
 * Types of a pool, the smallest first. What registered counts more than what the policy says, because only the former takes
 * tasks; empty when nobody knows.
 */
export const launchTypes = (
  pool: PoolPolicy,
  seen: readonly LaunchType[],
  learned: LaunchType | undefined,
): readonly LaunchType[] => {
  if (pool.instanceTypes.length === 0) return seen.length > 0 || learned === undefined ? seen : [learned];
  return pool.instanceTypes
    .map(({ type, weight, pricePerHourUsd: _price, ...size }): LaunchType => {
      const actual = seen.find((one) => one.type === type) ?? (learned?.type === type ? learned : undefined);
      const attributes = { ...(type === '' ? {} : { 'ecs.instance-type': type }), ...size.attributes };
      return actual === undefined
        ? { type, weight, size: { ...size, attributes } }
        : {
            type,
            weight,
            size: { ...actual.size, attributes: { ...attributes, ...actual.size.attributes } },
          };
    })
    .sort(bySize);
};

/** Remembers the smallest type that each pool was seen to have, for when it has none. */
export const learnSizes = (
  pools: readonly PoolPolicy[],
  seen: ReadonlyMap<string, readonly LaunchType[]>,
  learned: CapacityMemory['learnedSizes'],
): CapacityMemory['learnedSizes'] =>
  Object.fromEntries(
    pools.flatMap(({ name }) => {
      const type = seen.get(name)?.[0] ?? learned[name];
      return type === undefined ? [] : [[name, { ...type, size: { ...type.size } }] as const];
    }),
  );
