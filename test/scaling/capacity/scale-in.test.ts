import { expect, test } from 'vitest';
import { decideCapacity } from '../../../src/scaling/capacity/decide-capacity.ts';
import { planCandidates } from '../../../src/scaling/capacity/plan-candidates.ts';
import type { ClusterSnapshot, InstanceSnapshot } from '../../../src/scaling/cluster-snapshot.ts';
import type { CapacityPolicy } from '../../../src/scaling/policy/scaling-policy.ts';
import { newMemory } from '../../../src/scaling/scaling-memory.ts';
import {
  aLeaving,
  aMember,
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
  now,
  seconds,
} from './support/a-cluster.ts';

const long = (...ids: readonly string[]) => Object.fromEntries(ids.map((id) => [id, seconds(-600)]));

const decide = (snapshot: ClusterSnapshot, policy: CapacityPolicy = aPolicy(), memory = aMemory()) =>
  decideCapacity(snapshot, policy, memory, {});

const drained = (
  instances: readonly InstanceSnapshot[],
  policy: CapacityPolicy = aPolicy(),
  overrides: Partial<ClusterSnapshot> = {},
  memory = aMemory({ unneededSince: long(...instances.map(({ instanceId }) => instanceId)) }),
) =>
  decide(aSnapshot({ instances, ...overrides }), policy, memory).actions.flatMap((action) =>
    action.kind === 'beginDrain' ? [action.instanceId] : [],
  );

const half = (id: string, overrides = {}) => anInstance(id, [aTask(id, { cpu: 1024, ...overrides })]);

test('of two half-empty instances one goes, when the other has room for just its tasks', () => {
  expect(drained([half('i-1'), half('i-2')])).toEqual(['i-1']);
  expect(drained([half('i-1'), half('i-2'), half('i-3')])).toEqual(['i-1']);
  expect(drained([half('i-1'), half('i-2'), half('i-3'), half('i-4')])).toEqual(['i-1', 'i-2']);
  const more = [aTask('a', { cpu: 1025 })];
  expect(drained([anInstance('i-1', more), anInstance('i-2', more)])).toEqual([]);
});

test('an instance must be unneeded for a while, by its own clock', () => {
  const instances = [half('i-1'), half('i-2')];
  const first = decide(aSnapshot({ instances }));
  expect(first.actions).toEqual([]);
  expect(first.memory.unneededSince).toEqual({ 'i-1': now });
  expect(first.decisions.at(-1)?.reason).toBe('unneeded-too-short');
  const soon = decide(aSnapshot({ instances, atMillis: seconds(594) }), aPolicy(), first.memory);
  expect(soon.actions).toEqual([]);
  // Of ticks that come a moment early none is lost.
  expect(
    decide(aSnapshot({ instances, atMillis: seconds(597) }), aPolicy(), soon.memory).actions,
  ).toHaveLength(1);
  const then = decide(aSnapshot({ instances, atMillis: seconds(600) }), aPolicy(), soon.memory);
  expect(then.actions).toEqual([{ kind: 'beginDrain', pool: 'main', instanceId: 'i-1', weight: 1 }]);
  expect(then.memory.drains['i-1']).toEqual({
    drainId: '',
    pool: 'main',
    weight: 1,
    askedAtMillis: seconds(600),
  });
  const next = decide(aSnapshot({ instances, atMillis: seconds(610) }), aPolicy(), then.memory);
  expect(next.actions).toEqual([]);
});

test('nothing goes soon after something was added', () => {
  const memory = aMemory({ unneededSince: long('i-1'), lastOutMillis: seconds(-594) });
  expect(drained([half('i-1'), half('i-2')], aPolicy(), {}, memory)).toEqual([]);
  expect(
    drained([half('i-1'), half('i-2')], aPolicy(), {}, { ...memory, lastOutMillis: seconds(-597) }),
  ).toEqual(['i-1']);
});

test('tasks that must not be moved keep their instance; daemons go with it', () => {
  const room = anInstance('i-2', [], { tasks: [] });
  const kept = (task: Parameters<typeof aTask>[1]) =>
    drained(
      [anInstance('i-1', [aTask('a', task)]), room],
      aPolicy({ minimum: 1 }),
      { services: [] },
      aMemory({ unneededSince: { 'i-1': seconds(-900) } }),
    ).includes('i-1');
  expect(kept({})).toBe(true);
  expect(kept({ service: null, group: 'family:job' })).toBe(false);
  expect(kept({ isProtected: true })).toBe(false);
  expect(kept({ cpu: 2048, isDaemon: true, service: 'logs' })).toBe(true);
  expect(kept({ constraints: ['attribute:disk == ssd'] })).toBe(false);
  expect(kept({ constraints: ['attribute:ecs.instance-type == m6i.large'] })).toBe(true);
  expect(kept({ constraints: ['task:group == databases'] })).toBe(false);
  expect(kept({ tcpPorts: [8080] })).toBe(true);
});

test('an instance whose tasks nobody read, of no pool, protected, or disconnected stays', () => {
  const others = [anInstance('i-9', [aTask('x', { cpu: 2048 })])];
  const { tasks: _, ...unread } = half('i-1');
  const all = (one: InstanceSnapshot, pools?: ClusterSnapshot['pools']) =>
    drained(
      [one, half('i-2', { service: null }), ...others],
      aPolicy(),
      pools === undefined ? {} : { pools },
    );
  expect(all(half('i-1'))).toEqual(['i-1']);
  expect(all(unread)).toEqual([]);
  expect(all({ ...half('i-1'), pool: null }, [aPool(['i-2', 'i-9'].map((id) => aMember(id)))])).toEqual([]);
  expect(all({ ...half('i-1'), isAgentConnected: false })).toEqual([]);
  const members = [aMember('i-1', { isProtected: true }), aMember('i-2'), aMember('i-9')];
  expect(all(half('i-1'), [aPool(members)])).toEqual([]);
});

test('the minimum holds: of the cluster, of the pool, and of what the pool itself has', () => {
  const empty = ['i-1', 'i-2', 'i-3'].map((id) => anInstance(id));
  expect(drained(empty)).toEqual(['i-1', 'i-2', 'i-3']);
  expect(drained(empty, aPolicy({ minimum: 2 }))).toEqual(['i-1']);
  expect(drained(empty, aPolicy({ pools: [aPoolPolicy('main', { minimum: 1 })] }))).toEqual(['i-1', 'i-2']);
  expect(drained(empty, aPolicy(), { pools: [aPool(empty, { minimumUnits: 2 })] })).toEqual(['i-1']);
  expect(drained(empty, aPolicy({ scaleIn: aScaleIn({ mostAtOnce: 1 }) }))).toEqual(['i-1']);
  expect(drained(empty, aPolicy({ scaleIn: null }))).toEqual([]);
});

test('reservation must stay below its threshold by the margin', () => {
  const quarter = (id: string) => anInstance(id, [aTask(id, { cpu: 512 })]);
  const instances = ['i-1', 'i-2', 'i-3'].map(quarter);
  // 25 % of three is 37.5 % of two.
  const at = (cpuPercent: number) => aPolicy({ reservation: { cpuPercent, memoryPercent: null } });
  expect(drained(instances, at(42))).toEqual(['i-1']);
  expect(drained(instances, at(41))).toEqual([]);
});

test('it is taken from the pool that is above its share', () => {
  const of = (pool: string, count: number) =>
    Array.from({ length: count }, (_, index) => anInstance(`i-${pool}-${index}`, [], { pool }));
  const [demand, spot] = [of('demand', 2), of('spot', 8)];
  const pools = [aPoolPolicy('demand', { share: 1 }), aPoolPolicy('spot', { share: 4 })];
  const go = drained([...demand, ...spot], aPolicy({ pools, scaleIn: aScaleIn({ mostAtOnce: 5 }) }), {
    pools: [aPool(demand, { name: 'demand' }), aPool(spot, { name: 'spot' })],
  });
  expect(go.filter((id) => id.includes('spot'))).toHaveLength(4);
  expect(go).toHaveLength(5);
});

test('any scale-out signal vetoes it', () => {
  const instances = [half('i-1'), half('i-2')];
  const services = [aService('big', { desiredCount: 1, needs: needs({ cpu: 2048 }) })];
  const memory = aMemory({ unneededSince: long('i-1') });
  const vetoed = decide(aSnapshot({ instances, services }), aPolicy(), memory);
  expect(vetoed.actions).toEqual([{ kind: 'setPool', pool: 'main', fromUnits: 2, toUnits: 3 }]);
  expect(vetoed.memory.unneededSince).toEqual({});
  const coming = aSnapshot({ instances, services, pools: [aPool(instances, { targetUnits: 3 })] });
  expect(decide(coming, aPolicy(), memory).actions).toEqual([]);
});

test('a service of which nobody knows what its tasks need vetoes it', () => {
  const { needs: _, ...unread } = aService('web', { desiredCount: 1 });
  expect(drained([anInstance('i-1'), anInstance('i-2')], aPolicy(), { services: [unread] })).toEqual([]);
});

test('what waits for room in its grace takes that of nobody', () => {
  const { placementFailedAtMillis: _, ...young } = aService('web', {
    desiredCount: 1,
    needs: needs({ cpu: 1024 }),
  });
  const instances = [half('i-1'), half('i-2')];
  expect(drained(instances)).toEqual(['i-1']);
  expect(drained(instances, aPolicy(), { services: [young] })).toEqual([]);
});

test('headroom, and tasks of what leaves anyway, keep the room that they need', () => {
  const instances = [half('i-1'), half('i-2')];
  const headroom = [{ count: 1, cpu: 1024, memoryMib: 512 }];
  expect(drained(instances, aPolicy({ headroom }))).toEqual([]);
  const leaving = [aLeaving('i-3', { isOurs: false })];
  const gone = half('i-3', {});
  expect(drained([...instances, { ...gone, status: 'DRAINING' }], aPolicy(), { leaving })).toEqual([]);
});

test('no more are drained at once than may be, those counted that are being drained', () => {
  const idle = [1, 2, 3, 4].map((id) => anInstance(`i-${id}`));
  const going = anInstance('i-0', [aTask('a')], { status: 'DRAINING' });
  const policy = aPolicy({ scaleIn: aScaleIn({ mostAtOnce: 2 }) });
  expect(drained(idle, policy)).toEqual(['i-1', 'i-2']);
  const instances = [...idle, going];
  const memory = aMemory({ unneededSince: long('i-1', 'i-2', 'i-3') });
  expect(drained(instances, policy, { leaving: [aLeaving('i-0')] }, memory)).toEqual(['i-1']);
});

test('a crash-looping service that fits does not keep idle instances for ever', () => {
  const services = [aService('broken', { desiredCount: 1 })];
  expect(drained([anInstance('i-1'), anInstance('i-2')], aPolicy(), { services })).toEqual(['i-1']);
});

test('only candidates whose removal is thinkable are read, three times as many as may go at most', () => {
  const policy = (capacity: CapacityPolicy) => ({
    version: 1 as const,
    cluster: 'shop',
    everySeconds: 60,
    paused: false,
    dryRun: false,
    capacity,
    services: [],
  });
  const unread = (id: string, cpu: number) => {
    const { tasks: _, ...instance } = half(id, { cpu });
    return instance;
  };
  const many = Array.from({ length: 20 }, (_, index) => unread(`i-${10 + index}`, 100 + index));
  const arns = (instances: readonly InstanceSnapshot[], capacity = aPolicy(), overrides = {}) =>
    planCandidates(aSnapshot({ instances, ...overrides }), policy(capacity), newMemory('shop'));
  expect(arns(many)).toHaveLength(9);
  expect(arns(many)[0]).toBe('arn:instance/i-10');
  expect(arns([unread('i-1', 1500), unread('i-2', 1500)])).toEqual([]);
  expect(arns(many, aPolicy({ minimum: 20 }))).toEqual([]);
  expect(arns(many, aPolicy({ scaleIn: null }))).toEqual([]);
  const services = [aService('big', { desiredCount: 1, needs: needs({ cpu: 2048 }) })];
  expect(arns(many, aPolicy(), { services })).toEqual([]);
  const memory = { ...newMemory('shop'), capacity: aMemory({ passedOverUntil: { 'i-10': seconds(1) } }) };
  expect(planCandidates(aSnapshot({ instances: many }), policy(aPolicy()), memory)).not.toContain(
    'arn:instance/i-10',
  );
});

test('above the maximum nothing is waited for', () => {
  const instances = ['i-1', 'i-2', 'i-3'].map((id) => anInstance(id));
  const memory = aMemory({ lastOutMillis: now });
  expect(drained(instances, aPolicy({ maximum: 2 }), {}, memory)).toEqual(['i-1']);
});

const ours = (state: 'draining' | 'over' | 'failed' | 'takenBack' = 'draining') => {
  const busy = anInstance('i-1', [aTask('a', { cpu: 2048 })]);
  const leaves = { ...anInstance('i-2'), status: 'DRAINING' as const };
  return aSnapshot({ instances: [busy, leaves], leaving: [aLeaving('i-2', { state })] });
};

test('when demand returns a drain is taken back first, and only the rest is bought', () => {
  const services = (count: number) => [aService('web', { desiredCount: count, needs: needs({ cpu: 2048 }) })];
  const cancel = { kind: 'cancelDrain', instanceId: 'i-2', drainId: 'i-2-drain' };
  expect(decide({ ...ours(), services: services(1) }).actions).toEqual([cancel]);
  expect(decide({ ...ours(), services: services(3) }).actions).toEqual([
    cancel,
    { kind: 'setPool', pool: 'main', fromUnits: 2, toUnits: 4 },
  ]);
  expect(decide({ ...ours('takenBack'), services: services(1) }).actions).toEqual([]);
});

test('a drained instance is terminated, and the target falls by its weight', () => {
  const { actions, memory, decisions } = decide(ours('over'));
  expect(actions).toEqual([{ kind: 'terminate', pool: 'main', instanceId: 'i-2', weight: 1, toUnits: 1 }]);
  expect(decisions[0]?.sentence).toBe('i-2 is drained: main terminates it, its target falls from 2 to 1');
  const gone = decide(
    aSnapshot({ instances: [anInstance('i-1')], leaving: ours('over').leaving }),
    aPolicy(),
    memory,
  );
  expect(gone.actions).toEqual([]);
  expect(gone.memory.drains).toEqual({});
});

test('several that end at once lower the target one after the other, and a purchase stands on that', () => {
  const instances = ['i-1', 'i-2', 'i-3'].map((id) => ({ ...anInstance(id), status: 'DRAINING' as const }));
  const leaving = instances.map(({ instanceId }) => aLeaving(instanceId, { state: 'over' }));
  const services = [aService('web', { desiredCount: 8 })];
  expect(decide(aSnapshot({ instances, leaving, services })).actions).toEqual([
    { kind: 'terminate', pool: 'main', instanceId: 'i-1', weight: 1, toUnits: 2 },
    { kind: 'terminate', pool: 'main', instanceId: 'i-2', weight: 1, toUnits: 1 },
    { kind: 'terminate', pool: 'main', instanceId: 'i-3', weight: 1, toUnits: 0 },
    { kind: 'setPool', pool: 'main', fromUnits: 0, toUnits: 2 },
  ]);
});

test('a termination that stopped half-way does not lower the target twice', () => {
  const first = decide(ours('over'));
  const snapshot = ours('over');
  const lowered = { ...snapshot, pools: [aPool(snapshot.instances, { targetUnits: 1 })] };
  expect(decide(lowered, aPolicy(), first.memory).actions).toEqual([
    { kind: 'terminate', pool: 'main', instanceId: 'i-2', weight: 1, toUnits: 1 },
  ]);
  expect(decide(snapshot, aPolicy(), first.memory).actions).toEqual(first.actions);
});

test('what the pool has ended or replaced meanwhile is forgotten', () => {
  const { memory } = decide(ours());
  expect(Object.keys(memory.drains)).toEqual(['i-2']);
  const snapshot = ours('over');
  const ending = {
    ...snapshot,
    pools: [aPool([aMember('i-1'), aMember('i-2', { state: 'ending' })], { targetUnits: 1 })],
  };
  expect(decide(ending, aPolicy(), memory)).toMatchObject({ actions: [], memory: { drains: {} } });
  const interrupted = { ...snapshot, leaving: [aLeaving('i-2', { isOurs: false })] };
  expect(decide(interrupted, aPolicy(), memory)).toMatchObject({ actions: [], memory: { drains: {} } });
});

test("the pool's own minimum keeps a drained instance, and it is said", () => {
  const snapshot = ours('over');
  const held = decide({ ...snapshot, pools: [aPool(snapshot.instances, { minimumUnits: 2 })] });
  expect(held.actions).toEqual([]);
  expect(held.decisions[0]).toMatchObject({ subject: 'instance/i-2', reason: 'at-minimum' });
});

test('a drain that failed is said and taken back, and not tried again for a while', () => {
  const { actions, decisions, memory } = decide(ours('failed'));
  expect(actions).toEqual([{ kind: 'cancelDrain', instanceId: 'i-2', drainId: 'i-2-drain' }]);
  expect(decisions[0]?.reason).toBe('drain-failed');
  expect(memory.passedOverUntil).toEqual({ 'i-2': seconds(3600) });
  const served = aSnapshot({
    instances: [anInstance('i-1'), anInstance('i-2')],
    leaving: ours('failed').leaving,
  });
  expect(decide(served, aPolicy(), memory).actions).toEqual([]);
  expect(decide(served, aPolicy(), memory).memory.drains).toEqual({});
});

test('a drain that was asked for and never showed is forgotten after two minutes', () => {
  const drains = { 'i-1': { drainId: '', pool: 'main', weight: 1, askedAtMillis: seconds(-119) } };
  const instances = [anInstance('i-1'), anInstance('i-2', [aTask('a', { cpu: 2048 })])];
  expect(decide(aSnapshot({ instances }), aPolicy(), aMemory({ drains })).memory.drains).toEqual(drains);
  const later = aSnapshot({ instances, atMillis: seconds(1) });
  expect(decide(later, aPolicy(), aMemory({ drains })).memory.drains).toEqual({});
});

test('an earlier drain of the same instance says nothing of the one that was just asked for', () => {
  const drains = {
    'i-2': { drainId: '', pool: 'main', weight: 1, askedAtMillis: seconds(-30), earlierDrainId: 'i-2-drain' },
  };
  const pending = decide(ours('over'), aPolicy(), aMemory({ drains }));
  expect(pending.actions).toEqual([]);
  expect(pending.memory.drains).toEqual(drains);
  const newer = { ...ours('over'), leaving: [aLeaving('i-2', { state: 'over', drainId: 'i-2-newer' })] };
  expect(decide(newer, aPolicy(), aMemory({ drains })).actions).toMatchObject([{ kind: 'terminate' }]);
});
