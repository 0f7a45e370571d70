import type { Behaviour } from '../../rehearsal/fault-proxy.ts';
import { json } from '../../rehearsal/fault-rules.ts';
import { jsonBody, type ServiceCall } from '../../rehearsal/service-call.ts';
import { askJson, type Forward, orAsRefused, refusal } from './ask-service.ts';
import { bindPorts, type MotoTask } from './task-ports.ts';

interface ClusterRequest {
  readonly cluster?: string;
  readonly filter?: string;
  readonly maxResults?: number;
  readonly nextToken?: string;
  readonly tasks?: readonly string[];
  readonly task?: string;
  readonly serviceName?: string;
  readonly deploymentConfiguration?: object;
  readonly protectionEnabled?: boolean;
  readonly expiresInMinutes?: number;
}

/** ListTasks and ListContainerInstances give so many when nothing else is asked for, and never more. */
const largestPage = 100;
/** UpdateTaskProtection: two hours when nothing is said. */
const protectionMinutes = 120;

/** What ECS does with instances of EC2 and moto doesn't (test/contract/drain-gaps.ts, scaling-gaps.ts). */
export const ecsGaps = (): Readonly<Record<string, Behaviour>> => {
  const deployments = new Map<string, object>();
  const protectedUntil = new Map<string, number>();

  const tasksOf = async (
    call: ServiceCall,
    forward: Forward,
    tasks: readonly string[],
  ): Promise<readonly MotoTask[]> => {
    const { cluster } = request(call);
    if (tasks.length === 0) return [];
    const described = await askJson<{ readonly tasks?: readonly MotoTask[] }>(
      call,
      forward,
      'DescribeTasks',
      { cluster, tasks, include: ['TAGS'] },
    );
    // moto takes a part of an id for the task.
    return (described.tasks ?? []).filter(({ taskArn }) => tasks.some((each) => isNamed(taskArn, each)));
  };

  const protection = (arn: string): object => {
    const until = protectedUntil.get(arn) ?? 0;
    const isOn = until > Date.now();
    return { taskArn: arn, protectionEnabled: isOn, ...(isOn ? { expirationDate: until / 1000 } : {}) };
  };

  /** Only tasks of services can be protected. */
  const protections = (tasks: readonly MotoTask[], asked: readonly string[]) => {
    const ofServices = tasks.filter(({ group }) => group?.startsWith('service:'));
    const known = new Set(ofServices.map(({ taskArn }) => taskArn));
    return {
      protectedTasks: ofServices.map(({ taskArn }) => protection(taskArn)),
      failures: asked.filter((arn) => !known.has(arn)).map((arn) => ({ arn, reason: 'TASK_NOT_VALID' })),
    };
  };

  return {
    'ecs ListContainerInstances': (call, forward) =>
      orAsRefused(async () => {
        const { cluster, filter } = request(call);
        const listed = await askJson<{ readonly containerInstanceArns?: readonly string[] }>(
          call,
          forward,
          'ListContainerInstances',
          { cluster },
        );
        const all = listed.containerInstanceArns ?? [];
        const ids = /^ec2InstanceId in \[(.*)\]$/.exec(filter ?? '')?.[1]?.split(',');
        if (filter !== undefined && ids === undefined)
          return refusal('InvalidParameterException', `unable to parse the filter ${filter}`);
        const kept = ids === undefined ? all : await ofInstances(call, forward, all, new Set(ids));
        return json(200, page(call, 'containerInstanceArns', kept));
      }),
    'ecs ListTasks': (call, forward) =>
      orAsRefused(async () => {
        const { nextToken: _, maxResults: __, ...rest } = request(call);
        const listed = await askJson<{ readonly taskArns?: readonly string[] }>(
          call,
          forward,
          'ListTasks',
          rest,
        );
        return json(200, page(call, 'taskArns', listed.taskArns ?? []));
      }),
    'ecs ListServices': (call, forward) =>
      orAsRefused(async () => {
        const { cluster } = request(call);
        const listed = await askJson<{ readonly serviceArns?: readonly string[] }>(
          call,
          forward,
          'ListServices',
          { cluster },
        );
        return json(200, page(call, 'serviceArns', listed.serviceArns ?? []));
      }),
    'ecs DescribeTasks': (call, forward) =>
      orAsRefused(async () => {
        const tasks = await tasksOf(call, forward, request(call).tasks ?? []);
        const bound = await bindPorts(call, forward, tasks);
        return json(200, { tasks: bound.map(countVersion), failures: [] });
      }),
    'ecs StopTask': (call, forward) =>
      orAsRefused(async () => {
        const [task] = await tasksOf(call, forward, [request(call).task ?? '']);
        if (task === undefined)
          return refusal('InvalidParameterException', 'The referenced task was not found.');
        return task.lastStatus === 'STOPPED' ? json(200, { task }) : forward(call);
      }),
    'ecs DescribeClusters': (call, forward) =>
      orAsRefused(async () => {
        const { clusters = [], ...rest } = await askJson<{
          readonly clusters?: readonly { readonly clusterName: string }[];
        }>(call, forward, 'DescribeClusters', jsonBody(call));
        const counted = clusters.map(async (cluster) => {
          const { taskArns = [] } = await askJson<{ readonly taskArns?: readonly string[] }>(
            call,
            forward,
            'ListTasks',
            { cluster: cluster.clusterName, desiredStatus: 'RUNNING' },
          );
          return { ...cluster, runningTasksCount: taskArns.length, pendingTasksCount: 0 };
        });
        return json(200, { ...rest, clusters: await Promise.all(counted) });
      }),
    'ecs CreateService': (call, forward) => {
      const { serviceName = '', deploymentConfiguration } = request(call);
      if (deploymentConfiguration !== undefined) deployments.set(serviceName, deploymentConfiguration);
      return forward(call);
    },
    'ecs DescribeServices': (call, forward) =>
      orAsRefused(async () => {
        const { services = [], ...rest } = await askJson<{
          readonly services?: readonly {
            readonly serviceName: string;
            readonly deployments?: readonly object[];
          }[];
        }>(call, forward, 'DescribeServices', jsonBody(call));
        const whole = services.map((service) => ({
          ...service,
          deploymentConfiguration: deployments.get(service.serviceName),
          // moto places tasks at once.
          deployments: (service.deployments ?? []).map((one) => ({ ...one, rolloutState: 'COMPLETED' })),
        }));
        return json(200, { ...rest, services: whole });
      }),
    'ecs GetTaskProtection': (call, forward) =>
      orAsRefused(async () => {
        const { tasks = [] } = request(call);
        return json(200, protections(await tasksOf(call, forward, tasks), tasks));
      }),
    'ecs UpdateTaskProtection': (call, forward) =>
      orAsRefused(async () => {
        const { tasks = [], protectionEnabled, expiresInMinutes = protectionMinutes } = request(call);
        const found = await tasksOf(call, forward, tasks);
        const until = protectionEnabled === true ? Date.now() + expiresInMinutes * 60_000 : 0;
        for (const { taskArn } of found) protectedUntil.set(taskArn, until);
        return json(200, protections(found, tasks));
      }),
  };
};

const request = (call: ServiceCall): ClusterRequest => jsonBody(call) as ClusterRequest;

/** Each change of a task counts: provisioned, pending, running, then wanted stopped, and stopped. */
const countVersion = (task: MotoTask): object => ({
  ...task,
  version: task.lastStatus === 'RUNNING' ? 3 : 5,
});

/** By its ARN, or its id alone. */
const isNamed = (arn: string, name: string): boolean => arn === name || arn.endsWith(`/${name}`);

const ofInstances = async (
  call: ServiceCall,
  forward: Forward,
  arns: readonly string[],
  instanceIds: ReadonlySet<string>,
): Promise<readonly string[]> => {
  if (arns.length === 0) return [];
  const { containerInstances = [] } = await askJson<{
    readonly containerInstances?: readonly { containerInstanceArn: string; ec2InstanceId: string }[];
  }>(call, forward, 'DescribeContainerInstances', {
    cluster: request(call).cluster,
    containerInstances: arns,
  });
  return containerInstances.flatMap(({ containerInstanceArn, ec2InstanceId }) =>
    instanceIds.has(ec2InstanceId) ? containerInstanceArn : [],
  );
};

const page = (call: ServiceCall, field: string, arns: readonly string[]): object => {
  const { maxResults = largestPage, nextToken = '0' } = request(call);
  const to = Number(nextToken) + Math.min(maxResults, largestPage);
  return {
    [field]: arns.slice(Number(nextToken), to),
    ...(to < arns.length ? { nextToken: String(to) } : {}),
  };
};
