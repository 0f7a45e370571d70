import type {
  ClusterSnapshot,
  InstanceSnapshot,
  InstanceTask,
  LeavingFact,
  PoolMember,
  PoolSnapshot,
  ServiceSnapshot,
  TaskNeeds,
} from '../../../../src/scaling/cluster-snapshot.ts';
import type {
  CapacityPolicy,
  CapacityScaleIn,
  InstanceSize,
  PoolPolicy,
} from '../../../../src/scaling/policy/scaling-policy.ts';
import { type CapacityMemory, newMemory } from '../../../../src/scaling/scaling-memory.ts';

export const now = Date.UTC(2026, 10, 21, 12);
export const seconds = (count: number): number => now + count * 1000;

export const aSize = (overrides: Partial<InstanceSize> = {}): InstanceSize => ({
  cpu: 2048,
  memoryMib: 8192,
  gpus: 0,
  taskEnis: null,
  attributes: {},
  ...overrides,
});

export const needs = (overrides: Partial<TaskNeeds> = {}): TaskNeeds => ({
  cpu: 512,
  memoryMib: 512,
  gpus: 0,
  taskEnis: 0,
  tcpPorts: [],
  udpPorts: [],
  constraints: [],
  isDistinct: false,
  ...overrides,
});

export const aTask = (id: string, overrides: Partial<InstanceTask> = {}): InstanceTask => ({
  ...needs(),
  taskArn: `arn:task/${id}`,
  service: 'web',
  group: 'service:web',
  isDaemon: false,
  isProtected: false,
  ...overrides,
});

/** An instance that carries those tasks; what is free follows from them. */
export const anInstance = (
  instanceId: string,
  tasks: readonly InstanceTask[] = [],
  overrides: Partial<InstanceSnapshot> = {},
): InstanceSnapshot => {
  const size = overrides.size ?? aSize();
  const sum = (of: (task: InstanceTask) => number): number => tasks.reduce((all, task) => all + of(task), 0);
  return {
    instanceId,
    containerInstanceArn: `arn:instance/${instanceId}`,
    status: 'ACTIVE',
    isAgentConnected: true,
    type: 'm6i.large',
    pool: 'main',
    registeredAtMillis: seconds(-86_400),
    size,
    free: {
      cpu: size.cpu - sum(({ cpu }) => cpu),
      memoryMib: size.memoryMib - sum(({ memoryMib }) => memoryMib),
      gpus: size.gpus - sum(({ gpus }) => gpus),
      taskEnis: size.taskEnis === null ? null : size.taskEnis - sum(({ taskEnis }) => taskEnis),
      usedTcpPorts: tasks.flatMap(({ tcpPorts }) => tcpPorts),
      usedUdpPorts: tasks.flatMap(({ udpPorts }) => udpPorts),
    },
    runningTasks: tasks.length,
    pendingTasks: 0,
    tasks,
    ...overrides,
  };
};

export const aMember = (instanceId: string, overrides: Partial<PoolMember> = {}): PoolMember => ({
  instanceId,
  type: 'm6i.large',
  weight: 1,
  state: 'inService',
  isProtected: false,
  ...overrides,
});

/** A pool that has those instances, and wants just so many. */
export const aPool = (
  members: readonly (InstanceSnapshot | PoolMember | string)[] = [],
  overrides: Partial<PoolSnapshot> = {},
): PoolSnapshot => {
  const all = members.map((member) =>
    typeof member === 'string'
      ? aMember(member, { state: 'starting' })
      : 'weight' in member
        ? member
        : aMember(member.instanceId, { type: member.type }),
  );
  return {
    name: 'main',
    targetUnits: all.reduce((sum, { weight }) => sum + weight, 0),
    minimumUnits: null,
    maximumUnits: null,
    isMaintained: true,
    members: all,
    ...overrides,
  };
};

export const aService = (service: string, overrides: Partial<ServiceSnapshot> = {}): ServiceSnapshot => ({
  service,
  desiredCount: 0,
  runningCount: 0,
  pendingCount: 0,
  isDaemon: false,
  isDeploying: false,
  needs: needs(),
  readings: [],
  // Said by ECS: nothing is to be waited for.
  placementFailedAtMillis: now,
  ...overrides,
});

export const aPoolPolicy = (name = 'main', overrides: Partial<PoolPolicy> = {}): PoolPolicy => ({
  name,
  kind: 'autoScalingGroup',
  id: name,
  share: 1,
  minimum: 0,
  maximum: 1000,
  instanceTypes: [{ type: 'm6i.large', weight: 1, pricePerHourUsd: null, ...aSize() }],
  ...overrides,
});

export const aScaleIn = (overrides: Partial<CapacityScaleIn> = {}): CapacityScaleIn => ({
  unneededSeconds: 600,
  afterOutSeconds: 600,
  mostAtOnce: 3,
  marginPercent: 10,
  ...overrides,
});

export const aPolicy = (overrides: Partial<CapacityPolicy> = {}): CapacityPolicy => ({
  pools: [aPoolPolicy()],
  minimum: 0,
  maximum: 1000,
  reservation: { cpuPercent: null, memoryPercent: null },
  headroom: [],
  unplacedGraceSeconds: 60,
  requestSeconds: 600,
  bootSeconds: 300,
  floors: [],
  scaleIn: aScaleIn(),
  ...overrides,
});

export const aSnapshot = (overrides: Partial<ClusterSnapshot> = {}): ClusterSnapshot => ({
  atMillis: now,
  cluster: 'shop',
  instances: [],
  pools: [aPool(overrides.instances ?? [])],
  services: [],
  requests: [],
  leaving: [],
  ...overrides,
});

export const aLeaving = (instanceId: string, overrides: Partial<LeavingFact> = {}): LeavingFact => ({
  instanceId,
  drainId: `${instanceId}-drain`,
  isOurs: true,
  state: 'draining',
  ...overrides,
});

export const aMemory = (overrides: Partial<CapacityMemory> = {}): CapacityMemory => ({
  ...newMemory('shop').capacity,
  ...overrides,
});
