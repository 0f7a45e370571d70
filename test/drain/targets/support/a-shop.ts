import type { ReconcilePorts } from '../../../../src/drain/targets/reconcile-balancers.ts';
import { MemoryStore } from '../../../../src/platform/local/memory-store.ts';
import type { Balancer, TargetHealth } from '../../../../src/platform/ports/balancer.ts';
import type {
  ClusterTask,
  ContainerCluster,
  ContainerInstance,
} from '../../../../src/platform/ports/container-cluster.ts';

export const taskArn = 'arn:aws:ecs:us-east-1:1:task/shop/1';

export const aPort = {
  containerName: 'web',
  containerPort: 80,
  reach: 'ip',
  port: 80,
  address: '10.0.0.5',
  protocol: 'tcp',
} as const;
/** In bridge mode, as ECS describes it. */
export const aBridgePort = { ...aPort, reach: 'instance', port: 32_768, address: '0.0.0.0' } as const;

export const aTask = (over: Partial<ClusterTask> = {}): ClusterTask => ({
  taskArn,
  containerInstanceArn: null,
  taskDefinitionArn: 'web:1',
  lastStatus: 'RUNNING',
  desiredStatus: 'RUNNING',
  service: null,
  startedBy: null,
  version: 3,
  tags: { 'stormdrain.balancer': 'haproxy:web' },
  ports: [aPort],
  group: 'family:web',
  cpu: 256,
  memoryMib: 512,
  ...over,
});

export const aMessage = (detail: object): { readonly messageId: string; readonly body: string } => ({
  messageId: 'm1',
  body: JSON.stringify({
    source: 'aws.ecs',
    'detail-type': 'ECS Task State Change',
    detail: {
      clusterArn: 'arn:aws:ecs:us-east-1:1:cluster/shop',
      taskArn,
      lastStatus: 'RUNNING',
      desiredStatus: 'RUNNING',
      version: 3,
      ...detail,
    },
  }),
});

const anInstance: ContainerInstance = {
  containerInstanceArn: 'ci/1',
  instanceId: 'i-1',
  status: 'ACTIVE',
  isAgentConnected: true,
  runningTasks: 1,
  pendingTasks: 0,
  capacityProviderName: null,
  version: 1,
  registeredAtMillis: 1_800_000_000_000,
  instanceType: 'm6i.large',
  registered: { cpu: 2048, memoryMib: 7_680, gpus: 0, tcpPorts: [], udpPorts: [] },
  remaining: { cpu: 2048, memoryMib: 7_680, gpus: 0, tcpPorts: [], udpPorts: [] },
  attributes: {},
  taskEnis: 0,
};

const throwing = (name: string): never => {
  throw Object.assign(new Error(`${name}, as the test has it`), { name });
};

export interface ShopOptions {
  readonly tasks?: readonly ClusterTask[];
  /** Of EC2's instances. */
  readonly addresses?: Readonly<Record<string, string>>;
  readonly groups?: readonly string[];
  /** Before each call of the balancer or StopTask takes effect; may throw. */
  readonly before?: (call: string) => Promise<void> | void;
}

/** A cluster `shop` with a balancer, on paper: calls that change something are written down. Time passes by waiting only. */
export const aShop = (options: ShopOptions = {}) => {
  const { addresses = { 'i-1': '10.0.0.9' }, groups = ['haproxy:web', 'haproxy:api', 'arn:web'] } = options;
  const tasks = new Map((options.tasks ?? [aTask()]).map((task) => [task.taskArn, task]));
  const registered = new Map<string, Set<string>>();
  const draining = new Map<string, Set<string>>();
  const calls: string[] = [];
  const letters: string[] = [];
  let now = 1_000;
  let inFlight: number | undefined = 0;
  const of = (all: Map<string, Set<string>>, group: string): Set<string> => {
    const set = all.get(group) ?? new Set();
    all.set(group, set);
    return set;
  };
  const call = async (what: string): Promise<void> => {
    await options.before?.(what);
    calls.push(what);
  };
  const balancer: Balancer = {
    describeGroups: async (asked) =>
      asked
        .filter((group) => groups.includes(group))
        .map((group) => ({
          group,
          targetType: group === 'arn:web' ? 'instance' : 'ip',
          deregistrationDelaySeconds: 30,
          isInUse: true,
        })),
    register: async (group, targets) => {
      for (const { id, port } of targets) {
        await call(`register ${group} ${id}:${port}`);
        of(registered, group).add(`${id}:${port}`);
        of(draining, group).delete(`${id}:${port}`);
      }
    },
    deregister: async (group, targets) => {
      for (const { id, port } of targets) {
        await call(`deregister ${group} ${id}:${port}`);
        if (of(registered, group).delete(`${id}:${port}`)) of(draining, group).add(`${id}:${port}`);
      }
    },
    health: async (group) => {
      await options.before?.(`health ${group}`);
      const listed = (all: Map<string, Set<string>>, state: TargetHealth['state']): TargetHealth[] =>
        [...of(all, group)].map((target) => ({
          id: target.slice(0, target.lastIndexOf(':')),
          port: Number(target.slice(target.lastIndexOf(':') + 1)),
          state,
          ...(inFlight === undefined ? {} : { inFlight }),
        }));
      return [...listed(registered, 'healthy'), ...listed(draining, 'draining')];
    },
  };
  const cluster: Partial<ContainerCluster> = {
    listTasks: async (_, { desiredStatus }) => ({
      arns: [...tasks.values()]
        .filter((task) => task.desiredStatus === desiredStatus)
        .map((task) => task.taskArn),
    }),
    describeTasks: async (_, arns) => arns.flatMap((arn) => tasks.get(arn) ?? []),
    describeInstances: async (_, arns) => (arns.includes('ci/1') ? [anInstance] : []),
    describeServices: async () => [],
    stopTask: async (_, arn) => {
      await call(`stop ${arn}`);
      const task = tasks.get(arn);
      if (task !== undefined)
        tasks.set(arn, {
          ...task,
          lastStatus: 'STOPPED',
          desiredStatus: 'STOPPED',
          version: task.version + 1,
        });
    },
  };
  const time = {
    nowMillis: () => now,
    sleep: async (millis: number) => {
      now += millis;
    },
  };
  const ports: ReconcilePorts = {
    store: new MemoryStore({ time }),
    balancer,
    haproxy: {
      knownGroups: async () => [],
      repair: async (group) => {
        await call(`repair ${group}`);
        return { added: 1, silenced: 2, removed: 3 };
      },
    },
    cluster: cluster as ContainerCluster,
    addresses: {
      privateAddresses: async (ids) => new Map(Object.entries(addresses).filter(([id]) => ids.includes(id))),
    },
    clusters: ['shop'],
    pace: { pay: async () => {}, throttled: () => {} },
    time,
    random: () => 0.5,
    letters: { keep: async ({ reason }) => void letters.push(reason) },
  };
  return {
    ports,
    calls,
    letters,
    registered: (group = 'haproxy:web'): readonly string[] => [...of(registered, group)].sort(),
    setTask: (task: ClusterTask): void => void tasks.set(task.taskArn, task),
    forgetTask: (arn: string): void => void tasks.delete(arn),
    setInFlight: (count: number | undefined): void => {
      inFlight = count;
    },
    pass: (millis: number): void => {
      now += millis;
    },
  };
};

/** A `before` that throws what may pass at the calls that begin so. */
export const unavailableAt =
  (...beginnings: readonly string[]) =>
  (call: string): void => {
    if (beginnings.some((beginning) => call.startsWith(beginning))) throwing('BalancerUnavailable');
  };
