import { expect, test } from 'vitest';
import { decideCapacity } from '../../../src/scaling/capacity/decide-capacity.ts';
import type { ClusterSnapshot } from '../../../src/scaling/cluster-snapshot.ts';
import type { CapacityPolicy } from '../../../src/scaling/policy/scaling-policy.ts';
import type { CapacityMemory } from '../../../src/scaling/scaling-memory.ts';
import {
  aMember,
  aMemory,
  anInstance,
  aPolicy,
  aPool,
  aPoolPolicy,
  aService,
  aSize,
  aSnapshot,
  aTask,
  needs,
  now,
  seconds,
} from './support/a-cluster.ts';

const decide = (snapshot: ClusterSnapshot, policy: CapacityPolicy, memory: CapacityMemory = aMemory()) =>
  decideCapacity(snapshot, policy, memory, {});

const bought = (snapshot: ClusterSnapshot, policy: CapacityPolicy, memory?: CapacityMemory) =>
  Object.fromEntries(
    decide(snapshot, policy, memory).actions.flatMap((action) =>
      action.kind === 'setPool' ? [[action.pool, action.toUnits - action.fromUnits]] : [],
    ),
  );

const reasons = (snapshot: ClusterSnapshot, policy: CapacityPolicy, memory?: CapacityMemory) =>
  Object.fromEntries(
    decide(snapshot, policy, memory).decisions.map(({ subject, reason }) => [subject, reason]),
  );

const full = (id: string, overrides = {}) =>
  anInstance(id, [aTask(`${id}-a`, { cpu: 2048, memoryMib: 512 })], overrides);

const wants = (count: number, overrides = {}) => [
  aService('web', { desiredCount: count, needs: needs({ cpu: 512 }), ...overrides }),
];

test('two nodes at 250 % with a threshold of 70 % get six more', () => {
  const instances = [full('i-1'), full('i-2')];
  // Two nodes' worth runs, three more wait: 12 tasks of a quarter.
  const snapshot = aSnapshot({ instances, services: wants(14, { runningCount: 2 }) });
  const policy = aPolicy({ reservation: { cpuPercent: 70, memoryPercent: null } });
  expect(bought(snapshot, policy)).toEqual({ main: 6 });
  expect(decide(snapshot, policy).decisions[0]).toMatchObject({
    subject: 'pool/main',
    outcome: 'out',
    reason: 'reservation',
    from: 2,
    to: 8,
    sentence: 'main goes from 2 to 8 units: CPU reservation is 250% of 2 instances, above 70%',
  });
});

test('from zero with a known size packs', () => {
  expect(bought(aSnapshot({ services: wants(10) }), aPolicy())).toEqual({ main: 3 });
});

test('from zero with an unknown size adds one, waits for it, and learns', () => {
  const policy = aPolicy({ pools: [aPoolPolicy('main', { instanceTypes: [] })] });
  const services = wants(10);
  expect(bought(aSnapshot({ services }), policy)).toEqual({ main: 1 });
  const booting = aSnapshot({ services, pools: [aPool(['i-1'])] });
  expect(bought(booting, policy)).toEqual({});
  expect(reasons(booting, policy).cluster).toBe('capacity-coming');
  const there = aSnapshot({ services, instances: [anInstance('i-1')] });
  const { memory } = decide(there, policy);
  expect(memory.learnedSizes.main).toMatchObject({ type: 'm6i.large', weight: 1, size: { cpu: 2048 } });
  expect(bought(there, policy)).toEqual({ main: 2 });
  expect(bought(aSnapshot({ services }), policy, memory)).toEqual({ main: 3 });
});

test('what registers counts more than what the policy says a type has', () => {
  const small = aSize({ memoryMib: 7000 });
  const instances = [full('i-1', { size: small })];
  const snapshot = aSnapshot({ instances, services: wants(1, { needs: needs({ memoryMib: 7500 }) }) });
  expect(bought(snapshot, aPolicy())).toEqual({});
  expect(reasons(snapshot, aPolicy())['placement/service:web']).toBe('fits-nowhere');
});

test('more than the maximum is said with what is missing', () => {
  const snapshot = aSnapshot({ services: wants(40) });
  const policy = aPolicy({ maximum: 4 });
  expect(bought(snapshot, policy)).toEqual({ main: 4 });
  const cluster = decide(snapshot, policy).decisions.find(({ subject }) => subject === 'cluster');
  expect(cluster).toMatchObject({ reason: 'at-maximum', figures: { missing: 6, maximum: 4 } });
});

test("a pool's own maximum holds too", () => {
  const snapshot = aSnapshot({ services: wants(40), pools: [aPool([], { maximumUnits: 3 })] });
  expect(bought(snapshot, aPolicy())).toEqual({ main: 3 });
  expect(reasons(snapshot, aPolicy()).cluster).toBe('at-maximum');
});

test('what one pool may not have, another gets', () => {
  const pools = [aPoolPolicy('spot', { share: 9, maximum: 2 }), aPoolPolicy('demand', { share: 1 })];
  const both = [aPool([], { name: 'spot' }), aPool([], { name: 'demand' })];
  expect(bought(aSnapshot({ services: wants(20), pools: both }), aPolicy({ pools }))).toEqual({
    spot: 2,
    demand: 3,
  });
});

test('a ratio of 1:4 is kept over a hundred purchases', () => {
  const pools = [aPoolPolicy('demand', { share: 1 }), aPoolPolicy('spot', { share: 4 })];
  const policy = aPolicy({ pools });
  let counts = { demand: 0, spot: 0 };
  for (let purchase = 1; purchase <= 100; purchase++) {
    const of = (name: 'demand' | 'spot') =>
      Array.from({ length: counts[name] }, (_, index) => full(`i-${name}-${index}`, { pool: name }));
    const [demand, spot] = [of('demand'), of('spot')];
    const snapshot = aSnapshot({
      instances: [...demand, ...spot],
      pools: [aPool(demand, { name: 'demand' }), aPool(spot, { name: 'spot' })],
      services: wants(1),
    });
    const more = bought(snapshot, policy);
    counts = { demand: counts.demand + (more.demand ?? 0), spot: counts.spot + (more.spot ?? 0) };
    expect(counts.demand + counts.spot).toBe(purchase);
    expect(Math.abs(counts.demand - purchase / 5)).toBeLessThanOrEqual(1);
  }
  expect(counts).toEqual({ demand: 20, spot: 80 });
});

test('a service and failed requests of the same group are one demand', () => {
  const request = (id: number, group: string) => ({
    group,
    taskId: `t-${id}`,
    cpu: 512,
    memoryMib: 512,
    heardAtMillis: now,
  });
  const requests = [1, 2, 3, 4].map((id) => request(id, 'service:web'));
  expect(bought(aSnapshot({ services: wants(4), requests }), aPolicy())).toEqual({ main: 1 });
  expect(bought(aSnapshot({ services: wants(2), requests }), aPolicy())).toEqual({ main: 1 });
  const others = [1, 2, 3, 4].map((id) => request(id, 'family:report'));
  expect(bought(aSnapshot({ services: wants(4), requests: others }), aPolicy())).toEqual({ main: 2 });
  expect(reasons(aSnapshot({ requests: others }), aPolicy())['pool/main']).toBe('failed-requests');
});

test('a request is answered by the capacity that has come since, and buys nothing until it expires', () => {
  const requests = [1, 2, 3, 4].map((id) => ({
    group: 'family:report',
    taskId: `t-${id}`,
    cpu: 512,
    memoryMib: 512,
    heardAtMillis: seconds(-200),
  }));
  const instances = [full('i-1', { registeredAtMillis: seconds(-30) })];
  expect(bought(aSnapshot({ instances, requests }), aPolicy())).toEqual({});
  const again = requests.map((request) => ({ ...request, heardAtMillis: seconds(-10) }));
  expect(bought(aSnapshot({ instances, requests: again }), aPolicy())).toEqual({ main: 1 });
});

test('a request, and what ECS has said, count until they expire', () => {
  const heard = (secondsAgo: number) => [
    { group: 'family:report', taskId: 't-1', cpu: 512, memoryMib: 512, heardAtMillis: seconds(-secondsAgo) },
  ];
  expect(bought(aSnapshot({ requests: heard(599) }), aPolicy())).toEqual({ main: 1 });
  expect(bought(aSnapshot({ requests: heard(600) }), aPolicy())).toEqual({});
  const said = (secondsAgo: number) => wants(1, { placementFailedAtMillis: seconds(-secondsAgo) });
  expect(bought(aSnapshot({ services: said(599) }), aPolicy())).toEqual({ main: 1 });
  expect(bought(aSnapshot({ services: said(600) }), aPolicy())).toEqual({});
});

test('a request too large for any type never scales, and is said once', () => {
  const services = wants(3, { needs: needs({ memoryMib: 16_384 }) });
  const policy = aPolicy({ reservation: { cpuPercent: 70, memoryPercent: 70 } });
  let memory = aMemory();
  const said: string[] = [];
  for (let tick = 0; tick < 20; tick++) {
    const decided = decide(aSnapshot({ services, atMillis: seconds(60 * tick) }), policy, memory);
    expect(decided.actions).toEqual([]);
    said.push(
      ...decided.decisions.flatMap(({ reason, sentence }) => (reason === 'fits-nowhere' ? [sentence] : [])),
    );
    memory = decided.memory;
  }
  expect(said).toEqual([
    '3 tasks of service:web fit no instance type that any pool launches (each needs 512 CPU, 16384 MiB): nothing is added for them',
  ]);
});

test('a task that fits and is not placed is said, and buys nothing', () => {
  const snapshot = aSnapshot({ instances: [anInstance('i-1')], services: wants(1) });
  expect(bought(snapshot, aPolicy())).toEqual({});
  expect(reasons(snapshot, aPolicy())['placement/service:web']).toBe('fits-but-unplaced');
});

test('five tasks with one host port need five instances', () => {
  const services = wants(5, { needs: needs({ cpu: 128, tcpPorts: [8080] }) });
  expect(bought(aSnapshot({ services }), aPolicy())).toEqual({ main: 5 });
  const taken = anInstance('i-1', [aTask('other', { tcpPorts: [8080] })]);
  expect(bought(aSnapshot({ services, instances: [taken, anInstance('i-2')] }), aPolicy())).toEqual({
    main: 4,
  });
});

test("network interfaces and GPUs are counted as CPU is, and the agent's ports are taken", () => {
  const type = (overrides: object) =>
    aPolicy({
      pools: [
        aPoolPolicy('main', {
          instanceTypes: [{ type: 'p', weight: 1, pricePerHourUsd: null, ...aSize(overrides) }],
        }),
      ],
    });
  const small = needs({ cpu: 128, memoryMib: 128 });
  const awsvpc = wants(5, { needs: { ...small, taskEnis: 1 } });
  expect(bought(aSnapshot({ services: awsvpc }), type({ taskEnis: 2 }))).toEqual({ main: 3 });
  const gpus = wants(6, { needs: { ...small, gpus: 2 } });
  expect(bought(aSnapshot({ services: gpus }), type({ gpus: 4 }))).toEqual({ main: 3 });
  expect(bought(aSnapshot({ services: gpus }), type({ gpus: 0 }))).toEqual({});
  const ssh = wants(1, { needs: { ...small, tcpPorts: [22] } });
  expect(bought(aSnapshot({ services: ssh }), type({}))).toEqual({});
});

test('tasks with constraints go where the attributes are', () => {
  const typed = (name: string, attributes: Readonly<Record<string, string>>) =>
    aPoolPolicy(name, {
      instanceTypes: [{ type: 'm6i.large', weight: 1, pricePerHourUsd: null, ...aSize({ attributes }) }],
    });
  const policy = aPolicy({ pools: [typed('plain', {}), typed('ssd', { disk: 'ssd' })] });
  const pools = [aPool([], { name: 'plain' }), aPool([], { name: 'ssd' })];
  const services = (constraint: string) => wants(8, { needs: needs({ constraints: [constraint] }) });
  const buys = (constraint: string) => bought(aSnapshot({ pools, services: services(constraint) }), policy);
  expect(buys('attribute:disk == ssd')).toEqual({ ssd: 2 });
  expect(buys('attribute:disk == hdd')).toEqual({});
  expect(buys('attribute:ecs.instance-type in [m6i.large, m6i.xlarge]')).toEqual({ plain: 1, ssd: 1 });
  expect(buys('task:group == databases')).toEqual({ plain: 1, ssd: 1 });
});

test('tasks that must be on distinct instances need one each, those counted that run', () => {
  const distinct = needs({ cpu: 64, memoryMib: 64, isDistinct: true });
  expect(bought(aSnapshot({ services: wants(3, { needs: distinct }) }), aPolicy())).toEqual({ main: 3 });
  const unread = (id: string) => {
    const { tasks: _, ...instance } = anInstance(id, [aTask(id, distinct)]);
    return instance;
  };
  const instances = [unread('i-1'), unread('i-2')];
  const services = wants(3, { needs: distinct, runningCount: 2 });
  expect(bought(aSnapshot({ instances, services }), aPolicy())).toEqual({ main: 1 });
});

test('what a pool has ordered is not ordered again', () => {
  const services = wants(10);
  const owed = aPool([], { targetUnits: 3 });
  expect(bought(aSnapshot({ services, pools: [owed] }), aPolicy())).toEqual({});
  expect(
    bought(aSnapshot({ services, pools: [aPool(['i-1', 'i-2'], { targetUnits: 3 })] }), aPolicy()),
  ).toEqual({});
  expect(reasons(aSnapshot({ services, pools: [owed] }), aPolicy()).cluster).toBe('capacity-coming');
});

test('a service has its grace, unless ECS has said that it finds no room', () => {
  const service = { desiredCount: 4, needs: needs() };
  const young = aService('web', service);
  const { placementFailedAtMillis: _, ...quiet } = young;
  const since = (before: number) => ({
    web: {
      counts: [],
      recommendations: [],
      lastOutMillis: null,
      lastInMillis: null,
      lastSet: null,
      unplacedSinceMillis: seconds(-before),
    },
  });
  const actions = (one: typeof quiet, before: number) =>
    decideCapacity(aSnapshot({ services: [one] }), aPolicy(), aMemory(), since(before)).actions;
  expect(actions(quiet, 54)).toEqual([]);
  expect(actions(quiet, 59.7)).toHaveLength(1);
  expect(actions(young, 0)).toHaveLength(1);
});

test('below the minimum it acts, and a floor is a minimum for a while', () => {
  expect(bought(aSnapshot(), aPolicy({ minimum: 3 }))).toEqual({ main: 3 });
  expect(reasons(aSnapshot(), aPolicy({ minimum: 3 }))['pool/main']).toBe('below-minimum');
  const floors = [{ cron: '55 11 * * *', timezone: 'Etc/UTC', seconds: 600, minimum: 5 }];
  expect(bought(aSnapshot(), aPolicy({ floors }))).toEqual({ main: 5 });
  expect(reasons(aSnapshot(), aPolicy({ floors }))['pool/main']).toBe('floor');
  expect(bought(aSnapshot({ atMillis: seconds(300) }), aPolicy({ floors }))).toEqual({});
  const pools = [aPoolPolicy('main'), aPoolPolicy('spot', { minimum: 2, share: 0 })];
  const both = [aPool(), aPool([], { name: 'spot' })];
  expect(bought(aSnapshot({ pools: both }), aPolicy({ pools }))).toEqual({ spot: 2 });
});

test('headroom is kept free, and is not added to what waits for room', () => {
  const policy = aPolicy({ headroom: [{ count: 4, cpu: 1024, memoryMib: 1024 }] });
  expect(bought(aSnapshot(), policy)).toEqual({ main: 2 });
  expect(bought(aSnapshot({ services: wants(8) }), policy)).toEqual({ main: 2 });
  expect(bought(aSnapshot({ services: wants(12) }), policy)).toEqual({ main: 3 });
});

test('a weighted fleet is asked for units of the smallest type that carries the task', () => {
  const pool = aPoolPolicy('main', {
    kind: 'ec2Fleet',
    instanceTypes: [
      { type: 'm6i.large', weight: 2, pricePerHourUsd: null, ...aSize() },
      { type: 'm6i.xlarge', weight: 4, pricePerHourUsd: null, ...aSize({ cpu: 4096 }) },
    ],
  });
  const policy = aPolicy({ pools: [pool] });
  expect(bought(aSnapshot({ services: wants(5) }), policy)).toEqual({ main: 4 });
  const large = wants(2, { needs: needs({ cpu: 3000 }) });
  expect(bought(aSnapshot({ services: large }), policy)).toEqual({ main: 8 });
  expect(bought(aSnapshot({ services: large, pools: [aPool([], { targetUnits: 8 })] }), policy)).toEqual({});
});

test('units that a fleet has beyond its target, as its weights do not divide it, are not taken for new ones', () => {
  const pool = aPoolPolicy('main', {
    kind: 'spotFleet',
    instanceTypes: [
      { type: 'm6i.large', weight: 1, pricePerHourUsd: null, ...aSize() },
      { type: 'm6i.2xlarge', weight: 4, pricePerHourUsd: null, ...aSize({ cpu: 8192 }) },
    ],
  });
  const full = ['i-1', 'i-2'].map((id) =>
    anInstance(id, [aTask(id, { cpu: 8192 })], { type: 'm6i.2xlarge', size: aSize({ cpu: 8192 }) }),
  );
  const members = full.map(({ instanceId }) => aMember(instanceId, { type: 'm6i.2xlarge', weight: 4 }));
  const boughtAt = (targetUnits: number) =>
    bought(
      aSnapshot({ instances: full, pools: [aPool(members, { targetUnits })], services: wants(1) }),
      aPolicy({ pools: [pool] }),
    );
  expect(boughtAt(8)).toEqual({ main: 1 });
  // 5 units are two instances of 4: with 6 it would launch nothing.
  expect(boughtAt(5)).toEqual({ main: 4 });
  // A fleet that may not have 9 isn't asked for them.
  const small = aPool(members, { targetUnits: 5, maximumUnits: 8 });
  expect(
    bought(aSnapshot({ instances: full, pools: [small], services: wants(1) }), aPolicy({ pools: [pool] })),
  ).toEqual({});
  // A whole instance too many is being replaced, or was not wanted.
  expect(boughtAt(4)).toEqual({ main: 1 });
});

test('a type that turns out not to carry the task is not ordered again and again', () => {
  const pool = aPoolPolicy('main', {
    instanceTypes: [
      { type: 'm6i.large', weight: 1, pricePerHourUsd: null, ...aSize() },
      { type: 'm6i.xlarge', weight: 2, pricePerHourUsd: null, ...aSize({ cpu: 4096 }) },
    ],
  });
  const useless = anInstance('i-1', [], { registeredAtMillis: seconds(-60) });
  const snapshot = aSnapshot({ instances: [useless], services: wants(2, { needs: needs({ cpu: 3000 }) }) });
  expect(bought(snapshot, aPolicy({ pools: [pool] }))).toEqual({});
  expect(reasons(snapshot, aPolicy({ pools: [pool] }))['placement/service:web']).toBe('cooldown');
});

test('an agent that is disconnected takes no tasks', () => {
  const instances = [anInstance('i-1', [], { isAgentConnected: false })];
  expect(bought(aSnapshot({ instances, services: wants(1) }), aPolicy())).toEqual({ main: 1 });
});

test('a pool that is not there is said, and the others go on', () => {
  const policy = aPolicy({ pools: [aPoolPolicy('main'), aPoolPolicy('spot', { share: 9 })] });
  const snapshot = aSnapshot({ services: wants(1) });
  expect(bought(snapshot, policy)).toEqual({ main: 1 });
  expect(reasons(snapshot, policy)['pool/spot']).toBe('missing-data');
});

test('members that the pool is ending are neither room nor on their way', () => {
  const going = anInstance('i-1');
  const pools = [aPool([aMember('i-1', { state: 'ending' })], { targetUnits: 0 })];
  expect(bought(aSnapshot({ instances: [going], pools, services: wants(1) }), aPolicy())).toEqual({
    main: 1,
  });
});
