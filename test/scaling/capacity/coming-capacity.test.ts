import { expect, test } from 'vitest';
import { decideCapacity } from '../../../src/scaling/capacity/decide-capacity.ts';
import { mergeOwed, overdueUnits } from '../../../src/scaling/capacity/owed-units.ts';
import type { ClusterSnapshot } from '../../../src/scaling/cluster-snapshot.ts';
import type { CapacityPolicy } from '../../../src/scaling/policy/scaling-policy.ts';
import {
  aLeaving,
  aMemory,
  anInstance,
  aPolicy,
  aPool,
  aPoolPolicy,
  aService,
  aSnapshot,
  aTask,
  needs,
  seconds,
} from './support/a-cluster.ts';

/** Ticks each minute on what the world is by then; says what was bought at which. */
const ticks = (
  count: number,
  policy: CapacityPolicy,
  world: (minute: number, targets: Readonly<Record<string, number>>) => ClusterSnapshot,
) => {
  let memory = aMemory();
  const targets: Record<string, number> = {};
  const orders: string[] = [];
  const reasons: Record<string, string>[] = [];
  for (let minute = 0; minute < count; minute++) {
    const snapshot = { ...world(minute, targets), atMillis: seconds(60 * minute) };
    const decided = decideCapacity(snapshot, policy, memory, {});
    memory = decided.memory;
    reasons.push(Object.fromEntries(decided.decisions.map(({ subject, reason }) => [subject, reason])));
    for (const action of decided.actions) {
      if (action.kind !== 'setPool') continue;
      targets[action.pool] = action.toUnits;
      orders.push(`${minute}: ${action.pool} ${action.fromUnits} -> ${action.toUnits}`);
    }
  }
  return { orders, reasons, memory };
};

const full = (id: string, overrides = {}) =>
  anInstance(id, [aTask(id, { cpu: 2048, memoryMib: 512 })], overrides);
const wants = (count: number) => [
  aService('web', {
    desiredCount: count,
    needs: needs({ cpu: 2048 }),
    placementFailedAtMillis: seconds(3600),
  }),
];

test('what is owed is paid oldest first, so that a slow pool is not a dry one', () => {
  let owed = mergeOwed(undefined, 3, 0);
  owed = mergeOwed(owed, 5, 100_000);
  expect(owed).toEqual([
    { sinceMillis: 0, units: 3 },
    { sinceMillis: 100_000, units: 2 },
  ]);
  expect(mergeOwed(owed, 4, 200_000)).toEqual([
    { sinceMillis: 0, units: 2 },
    { sinceMillis: 100_000, units: 2 },
  ]);
  expect(mergeOwed(owed, 1, 200_000)).toEqual([{ sinceMillis: 100_000, units: 1 }]);
  expect(mergeOwed(owed, 0, 200_000)).toEqual([]);
  expect(overdueUnits(owed, 300_000, 300)).toBe(3);
  expect(overdueUnits(owed, 299_999, 300)).toBe(0);
});

test('while capacity is coming nothing more is bought; what does not come for a boot is asked of the other pool', () => {
  const pools = [aPoolPolicy('spot', { share: 4 }), aPoolPolicy('demand', { share: 0 })];
  const { orders, reasons } = ticks(30, aPolicy({ pools }), (_minute, targets) =>
    aSnapshot({
      services: wants(3),
      pools: [
        aPool([], { name: 'spot', targetUnits: targets.spot ?? 0 }),
        aPool([], { name: 'demand', targetUnits: targets.demand ?? 0 }),
      ],
    }),
  );
  // Ordered at 0, owed since 1, overdue after 300 s; after that demand is dry too.
  expect(orders).toEqual(['0: spot 0 -> 3', '6: demand 0 -> 3']);
  expect(reasons[1]?.cluster).toBe('capacity-coming');
  expect(reasons[6]?.['pool/demand']).toBe('pool-moved');
  expect(reasons[6]?.['pool/spot']).toBe('capacity-overdue');
  expect(reasons[20]?.cluster).toBe('capacity-overdue');
});

test('instances that never register are waited for once more, and then no more of them are ordered', () => {
  const { orders, reasons } = ticks(60, aPolicy(), (_minute, targets) => {
    const members = Array.from({ length: targets.main ?? 0 }, (_, index) => `i-${index}`);
    return aSnapshot({ services: wants(1), pools: [aPool(members)] });
  });
  expect(orders).toEqual(['0: main 0 -> 1', '6: main 1 -> 2']);
  expect(reasons[40]?.['pool/main']).toBe('capacity-overdue');
  expect(reasons[40]?.cluster).toBe('capacity-overdue');
});

test('a pool replaces what spot takes away by itself: nothing is bought twice', () => {
  const instances = ['i-1', 'i-2', 'i-3'].map((id) => full(id));
  const leaving = [aLeaving('i-1', { isOurs: false })];
  const draining = instances.map((one) =>
    one.instanceId === 'i-1' ? { ...one, status: 'DRAINING' as const } : one,
  );
  // Its task was stopped and waits for room.
  const services = [aService('web', { desiredCount: 3, runningCount: 2, needs: needs({ cpu: 2048 }) })];
  const noticed = aSnapshot({ instances: draining, leaving, services });
  expect(decideCapacity(noticed, aPolicy(), aMemory(), {}).actions).toEqual([]);
  const gone = aSnapshot({
    instances: instances.slice(1),
    services,
    pools: [aPool(instances.slice(1), { targetUnits: 3 })],
  });
  expect(decideCapacity(gone, aPolicy(), aMemory(), {}).actions).toEqual([]);
  const rebalanced = aSnapshot({
    instances: draining,
    leaving,
    services,
    pools: [aPool([...instances, 'i-4'], { targetUnits: 3 })],
  });
  expect(decideCapacity(rebalanced, aPolicy(), aMemory(), {}).actions).toEqual([]);
});

test('capacity that is rebalanced is not counted twice against the maximum', () => {
  const old = { ...full('i-1'), status: 'DRAINING' as const };
  const snapshot = aSnapshot({
    instances: [old, full('i-2')],
    pools: [aPool([old, full('i-2')], { targetUnits: 1 })],
    leaving: [aLeaving('i-1', { isOurs: false })],
    services: wants(1),
  });
  expect(decideCapacity(snapshot, aPolicy({ maximum: 2 }), aMemory(), {}).actions).toEqual([
    { kind: 'setPool', pool: 'main', fromUnits: 1, toUnits: 2 },
  ]);
});

test('a pool that is not maintained replaces nothing, and is not asked', () => {
  const policy = aPolicy({
    pools: [aPoolPolicy('main', { share: 9 }), aPoolPolicy('other')],
    reservation: { cpuPercent: 70, memoryPercent: null },
  });
  const stays = full('i-2', { pool: 'other' });
  const goes = full('i-1', { status: 'DRAINING' });
  const snapshot = aSnapshot({
    instances: [goes, stays],
    pools: [aPool([goes], { isMaintained: false }), aPool([stays], { name: 'other' })],
    leaving: [aLeaving('i-1', { isOurs: false })],
  });
  // Two nodes' worth on one node: ceil(1 * (200 - 70) / 70).
  expect(decideCapacity(snapshot, policy, aMemory(), {}).actions).toEqual([
    { kind: 'setPool', pool: 'other', fromUnits: 1, toUnits: 3 },
  ]);
});

test('an instance that an operator drains and keeps is given up after a boot, and does not stop its pool', () => {
  const { orders } = ticks(20, aPolicy(), (_minute, targets) => {
    const held = { ...full('i-1'), status: 'DRAINING' as const };
    const added = (targets.main ?? 0) > 1 ? [full('i-2')] : [];
    return aSnapshot({
      instances: [held, ...added],
      pools: [aPool([held, ...added])],
      leaving: [aLeaving('i-1', { isOurs: false, state: 'over' })],
      services: added.length > 0 ? [] : wants(1),
    });
  });
  expect(orders).toEqual(['5: main 1 -> 2']);
});

test('memory keeps nothing of what is not there any more', () => {
  const memory = aMemory({
    owed: { gone: [{ sinceMillis: 0, units: 3 }] },
    startingSince: { 'i-9': 0 },
    unneededSince: { 'i-9': 0 },
    passedOverUntil: { 'i-9': 5 },
    drains: { 'i-9': { drainId: 'd', pool: 'main', weight: 1, askedAtMillis: 0 } },
    reportedUnfit: ['family:old'],
  });
  const after = decideCapacity(aSnapshot({ instances: [full('i-1')] }), aPolicy(), memory, {}).memory;
  expect(after).toEqual({ ...aMemory(), learnedSizes: after.learnedSizes });
});
