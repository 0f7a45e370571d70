import type {
  ClusterSnapshot,
  InstanceSnapshot,
  InstanceTask,
  LeavingFact,
  PoolSnapshot,
  ServiceSnapshot,
  TaskNeeds,
} from '../cluster-snapshot.ts';
import type { SimulatedInstance, SimulatedPool, SimulatedTask } from './simulated-parts.ts';
import type { SimulatedWorld, WorldService } from './simulated-world.ts';
import type { SimulatedServiceSetup } from './simulation.ts';

const arnOf = (instanceId: string): string =>
  `arn:aws:ecs:eu-west-1:123456789012:container-instance/simulated/${instanceId}`;

const needsOf = ({ cpu, memoryMib }: SimulatedServiceSetup): TaskNeeds => ({
  cpu,
  memoryMib,
  gpus: 0,
  taskEnis: 0,
  tcpPorts: [],
  udpPorts: [],
  constraints: [],
  isDistinct: false,
});

const taskOf = ({ taskArn, setup }: SimulatedTask): InstanceTask => ({
  ...needsOf(setup),
  taskArn,
  service: setup.service,
  group: `service:${setup.service}`,
  isDaemon: false,
  isProtected: false,
});

const count = (instance: SimulatedInstance, state: 'starting' | 'serving'): number => {
  let sum = 0;
  for (const task of instance.tasks) if (task.state === state) sum++;
  return sum;
};

const instanceOf = (instance: SimulatedInstance, startMillis: number): InstanceSnapshot => {
  const { instanceId, type, pool, readyAt, freeCpu, freeMemoryMib, drain } = instance;
  const isLeaving = drain !== null && drain.state !== 'takenBack';
  return {
    instanceId,
    containerInstanceArn: arnOf(instanceId),
    status: isLeaving ? 'DRAINING' : 'ACTIVE',
    isAgentConnected: true,
    type: type.type,
    pool: pool.setup.name,
    registeredAtMillis: startMillis + readyAt * 1000,
    size: type,
    free: {
      cpu: freeCpu,
      memoryMib: freeMemoryMib,
      gpus: type.gpus,
      taskEnis: type.taskEnis,
      usedTcpPorts: [],
      usedUdpPorts: [],
    },
    runningTasks: count(instance, 'serving'),
    pendingTasks: count(instance, 'starting'),
  };
};

const poolOf = ({ setup, targetUnits, instances }: SimulatedPool): PoolSnapshot => ({
  name: setup.name,
  targetUnits,
  minimumUnits: null,
  maximumUnits: null,
  isMaintained: true,
  members: [...instances].map(({ instanceId, type, state }) => ({
    instanceId,
    type: type.type,
    weight: type.weight,
    state: state === 'booting' ? 'starting' : 'inService',
    isProtected: false,
  })),
});

const serviceOf = (
  { service, log }: WorldService,
  atMillis: number,
  startMillis: number,
): ServiceSnapshot => {
  const { setup, desired, serving, starting, placementFailedAt } = service;
  // One that replaces tasks, and finds no room for the new ones, may have as many as it wants.
  const isWanting = desired > serving + starting || Number.isFinite(placementFailedAt);
  return {
    service: setup.service,
    desiredCount: desired,
    runningCount: serving,
    pendingCount: starting,
    isDaemon: false,
    isDeploying: service.isDeploying,
    ...(isWanting ? { needs: needsOf(setup) } : {}),
    readings: log.readings(atMillis),
    ...(Number.isFinite(placementFailedAt)
      ? { placementFailedAtMillis: startMillis + placementFailedAt * 1000 }
      : {}),
  };
};

/** What a tick would read of the world at the beginning of that second. */
export const takeSnapshot = (world: SimulatedWorld, second: number): ClusterSnapshot => {
  const { startMillis } = world.setup;
  const atMillis = startMillis + second * 1000;
  const instances: InstanceSnapshot[] = [];
  const leaving: LeavingFact[] = [];
  for (const instance of world.pools ?? []) {
    if (instance.state === 'ready') instances.push(instanceOf(instance, startMillis));
    if (instance.drain !== null) leaving.push({ instanceId: instance.instanceId, ...instance.drain });
  }
  return {
    atMillis,
    cluster: 'simulated',
    instances,
    pools: (world.pools?.pools ?? []).map(poolOf),
    services: world.services.map((one) => serviceOf(one, atMillis, startMillis)),
    requests: world.services.flatMap(({ service: { setup, unplaced } }) =>
      setup.reportsUnplaced === true
        ? Array.from({ length: unplaced }, (_, index) => ({
            group: `service:${setup.service}`,
            taskId: `${setup.service}-${index}`,
            cpu: setup.cpu,
            memoryMib: setup.memoryMib,
            heardAtMillis: atMillis,
          }))
        : [],
    ),
    leaving,
  };
};

/** The snapshot with the tasks of those instances; those that are being stopped wouldn't have to go elsewhere. */
export const withTasks = (
  snapshot: ClusterSnapshot,
  world: SimulatedWorld,
  arns: readonly string[],
): ClusterSnapshot => {
  if (arns.length === 0) return snapshot;
  const wanted = new Set(arns);
  const tasks = new Map<string, readonly InstanceTask[]>();
  for (const { instanceId, tasks: own } of world.pools ?? [])
    if (wanted.has(arnOf(instanceId)))
      tasks.set(instanceId, [...own].filter(({ state }) => state !== 'stopping').map(taskOf));
  return {
    ...snapshot,
    instances: snapshot.instances.map((instance) => {
      const own = tasks.get(instance.instanceId);
      return own === undefined ? instance : { ...instance, tasks: own };
    }),
  };
};
