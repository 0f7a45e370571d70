import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decideCapacity } from '../../../src/scaling/capacity/decide-capacity.ts';
import type {
  ClusterSnapshot,
  InstanceSnapshot,
  InstanceTask,
} from '../../../src/scaling/cluster-snapshot.ts';
import type { CapacityPolicy } from '../../../src/scaling/policy/scaling-policy.ts';
import {
  aMemory,
  anInstance,
  aPolicy,
  aPool,
  aPoolPolicy,
  aScaleIn,
  aService,
  aSnapshot,
  aTask,
  needs,
  seconds,
} from './support/a-cluster.ts';

const settings = { seed: 6, numRuns: Number(process.env.STORMDRAIN_SCALING_CASES ?? 200) };
const names = ['demand', 'spot'] as const;

const someTask = fc.record({
  cpu: fc.integer({ min: 64, max: 1500 }),
  memoryMib: fc.integer({ min: 64, max: 4000 }),
});

const world = fc.record({
  carried: fc.array(fc.record({ spot: fc.boolean(), tasks: fc.array(someTask, { maxLength: 3 }) }), {
    maxLength: 9,
  }),
  wanted: fc.array(fc.record({ count: fc.integer({ min: 0, max: 12 }), own: someTask }), { maxLength: 3 }),
  owed: fc.record({ demand: fc.nat(2), spot: fc.nat(2) }),
  minimum: fc.nat(4),
  maximum: fc.integer({ min: 5, max: 20 }),
  threshold: fc.option(fc.integer({ min: 20, max: 100 })),
  headroom: fc.nat(2),
  margin: fc.nat(30),
});
type World = typeof world extends fc.Arbitrary<infer Value> ? Value : never;

const fill = (
  id: string,
  pool: string,
  tasks: readonly { cpu: number; memoryMib: number }[],
): InstanceSnapshot => {
  const kept: InstanceTask[] = [];
  for (const [index, own] of tasks.entries()) {
    const task = aTask(`${id}-${index}`, own);
    const cpu = kept.reduce((sum, one) => sum + one.cpu, task.cpu);
    const memoryMib = kept.reduce((sum, one) => sum + one.memoryMib, task.memoryMib);
    if (cpu <= 2048 && memoryMib <= 8192) kept.push(task);
  }
  return anInstance(id, kept, { pool });
};

const policyOf = ({ minimum, maximum, threshold, headroom, margin }: World): CapacityPolicy =>
  aPolicy({
    pools: [aPoolPolicy('demand', { share: 1 }), aPoolPolicy('spot', { share: 3 })],
    minimum,
    maximum,
    reservation: { cpuPercent: threshold, memoryPercent: threshold },
    headroom: headroom === 0 ? [] : [{ count: headroom, cpu: 1000, memoryMib: 1000 }],
    scaleIn: aScaleIn({ unneededSeconds: 60, afterOutSeconds: 0, mostAtOnce: 2, marginPercent: margin }),
  });

const snapshotOf = ({ carried, wanted, owed }: World): ClusterSnapshot => {
  const instances = carried.map(({ spot, tasks }, index) =>
    fill(`i-${index}`, spot ? 'spot' : 'demand', tasks),
  );
  return aSnapshot({
    instances,
    pools: names.map((name) => {
      const own = instances.filter(({ pool }) => pool === name);
      return aPool(own, { name, targetUnits: own.length + owed[name] });
    }),
    services: wanted.map(({ count, own }, index) =>
      aService(`s-${index}`, { desiredCount: count, needs: needs(own) }),
    ),
  });
};

const targetsOf = (snapshot: ClusterSnapshot): number =>
  snapshot.pools.reduce((sum, { targetUnits }) => sum + targetUnits, 0);

const addedBy = (snapshot: ClusterSnapshot, policy: CapacityPolicy, memory = aMemory()): number =>
  decideCapacity(snapshot, policy, memory, {}).actions.reduce(
    (sum, action) => (action.kind === 'setPool' ? sum + action.toUnits - action.fromUnits : sum),
    0,
  );

test('targets never rise above the maximum, and never stay below the minimum', () => {
  fc.assert(
    fc.property(world, (drawn) => {
      const snapshot = snapshotOf(drawn);
      const policy = policyOf(drawn);
      const after = targetsOf(snapshot) + addedBy(snapshot, policy);
      expect(after).toBeLessThanOrEqual(Math.max(policy.maximum, targetsOf(snapshot)));
      expect(after).toBeGreaterThanOrEqual(policy.minimum);
    }),
    settings,
  );
});

test('more tasks of a service never buy fewer instances', () => {
  fc.assert(
    fc.property(world, someTask, fc.nat(20), fc.nat(20), (drawn, own, few, more) => {
      const bought = (count: number) =>
        addedBy(snapshotOf({ ...drawn, wanted: [{ count, own }] }), policyOf(drawn));
      expect(bought(few + more)).toBeGreaterThanOrEqual(bought(few));
    }),
    settings,
  );
});

test('while what was bought is coming, nothing more is bought for the same demand', () => {
  fc.assert(
    fc.property(world, fc.boolean(), (drawn, areLaunched) => {
      const snapshot = snapshotOf(drawn);
      const policy = policyOf(drawn);
      const first = decideCapacity(snapshot, policy, aMemory(), {});
      const pools = snapshot.pools.map((pool) => {
        const set = first.actions.find((action) => action.kind === 'setPool' && action.pool === pool.name);
        const targetUnits = set?.kind === 'setPool' ? set.toUnits : pool.targetUnits;
        const missing = targetUnits - pool.members.length;
        const booting = Array.from({ length: missing }, (_, index) => `i-${pool.name}-${index}`);
        return {
          ...pool,
          targetUnits,
          members: [...pool.members, ...aPool(areLaunched ? booting : []).members],
        };
      });
      const next = { ...snapshot, pools, atMillis: seconds(60) };
      const actions = decideCapacity(next, policy, first.memory, {}).actions;
      expect(actions.filter(({ kind }) => kind === 'setPool')).toEqual([]);
    }),
    settings,
  );
});

test('scale-in never meets a scale-out, and what is left wants nothing more', () => {
  let removals = 0;
  fc.assert(
    fc.property(world, (drawn) => {
      const snapshot = snapshotOf({ ...drawn, owed: { demand: 0, spot: 0 } });
      const policy = policyOf(drawn);
      const unneededSince = Object.fromEntries(
        snapshot.instances.map(({ instanceId }) => [instanceId, seconds(-60)]),
      );
      const { actions } = decideCapacity(snapshot, policy, aMemory({ unneededSince }), {});
      const begun = actions.flatMap((action) => (action.kind === 'beginDrain' ? [action.instanceId] : []));
      if (begun.length === 0) return;
      removals++;
      expect(actions.some(({ kind }) => kind === 'setPool' || kind === 'cancelDrain')).toBe(false);
      const left = moveAway(snapshot, begun);
      expect(left).toBeDefined();
      if (left === undefined) return;
      expect(addedBy(left, policy)).toBe(0);
    }),
    settings,
  );
  expect(removals).toBeGreaterThan(settings.numRuns / 20);
});

/** The cluster after the drains, with their tasks where first-fit decreasing puts them; waiting tasks have a place by then. */
const moveAway = (snapshot: ClusterSnapshot, begun: readonly string[]): ClusterSnapshot | undefined => {
  const stay = snapshot.instances.filter(({ instanceId }) => !begun.includes(instanceId));
  const rooms = new Map(stay.map((instance) => [instance.instanceId, [...(instance.tasks ?? [])]]));
  const free = (id: string, of: 'cpu' | 'memoryMib') =>
    (of === 'cpu' ? 2048 : 8192) - (rooms.get(id) ?? []).reduce((sum, task) => sum + task[of], 0);
  const share = (task: InstanceTask) => Math.max(task.cpu / 2048, task.memoryMib / 8192);
  const moved = snapshot.instances
    .filter(({ instanceId }) => begun.includes(instanceId))
    .flatMap(({ tasks }) => tasks ?? []);
  const waiting = snapshot.services.flatMap(({ service, desiredCount, needs: own }) =>
    Array.from({ length: desiredCount }, (_, index) =>
      aTask(`${service}-${index}`, { ...own, group: `service:${service}` }),
    ),
  );
  const bySize = (tasks: readonly InstanceTask[]) => [...tasks].sort((a, b) => share(b) - share(a));
  for (const task of [...bySize(waiting), ...bySize(moved)]) {
    const place = stay.find(
      ({ instanceId: id }) => free(id, 'cpu') >= task.cpu && free(id, 'memoryMib') >= task.memoryMib,
    );
    if (place === undefined) return undefined;
    rooms.get(place.instanceId)?.push(task);
  }
  const instances = stay.map(({ instanceId, pool }) =>
    anInstance(instanceId, rooms.get(instanceId) ?? [], { pool }),
  );
  const pools = names.map((name) =>
    aPool(
      instances.filter(({ pool }) => pool === name),
      { name },
    ),
  );
  return { ...snapshot, instances, pools, services: [] };
};

test('the same snapshot is decided the same, in whatever order it was read', () => {
  fc.assert(
    fc.property(world, (drawn) => {
      const snapshot = snapshotOf(drawn);
      const policy = policyOf(drawn);
      const reversed = {
        ...snapshot,
        instances: snapshot.instances.toReversed(),
        services: snapshot.services.toReversed(),
        pools: snapshot.pools.toReversed(),
      };
      const first = decideCapacity(snapshot, policy, aMemory(), {});
      expect(decideCapacity(snapshot, policy, aMemory(), {})).toEqual(first);
      expect(decideCapacity(reversed, policy, aMemory(), {}).actions).toEqual(first.actions);
    }),
    settings,
  );
});
