import { listen } from './loopback-server.ts';

export interface DescribedTask {
  readonly taskArn: string;
  readonly clusterArn: string;
  readonly family: string;
  readonly container: string;
  readonly capacityProvider: string;
  /** In vCPU and MiB. */
  readonly cpu: number;
  readonly memory: number;
}

export interface MetadataStub {
  /** What a task is given as ECS_CONTAINER_METADATA_URI_V4; ends with `key`. */
  uriOf(key: string): string;
  describe(key: string, task: DescribedTask): void;
  close(): Promise<void>;
}

/** Answers as the task metadata endpoint (version 4) of a Fargate task does. */
export const openMetadataStub = async (): Promise<MetadataStub> => {
  const tasks = new Map<string, DescribedTask>();
  const server = await listen((request, response) => {
    const [, key = '', resource = ''] = /^\/v4\/([^/]+)(\/task)?$/.exec(request.url ?? '') ?? [];
    const task = tasks.get(key);
    response.setHeader('content-type', 'application/json');
    if (task === undefined) return void response.writeHead(404).end('{}');
    response.end(JSON.stringify(resource === '' ? containerOf(task) : taskOf(task)));
  });
  return {
    uriOf: (key) => `${server.url}/v4/${key}`,
    describe: (key, task) => void tasks.set(key, task),
    close: server.close,
  };
};

const containerOf = (task: DescribedTask) => ({
  DockerId: task.taskArn.split('/').at(-1),
  Name: task.container,
  DockerName: task.container,
  DesiredStatus: 'RUNNING',
  KnownStatus: 'RUNNING',
  Limits: { CPU: task.cpu * 1024, Memory: task.memory },
  Type: 'NORMAL',
});

/** Shape: Amazon ECS developer guide, "Task metadata version 4 examples for tasks on Fargate". */
const taskOf = (task: DescribedTask) => ({
  Cluster: task.clusterArn,
  TaskARN: task.taskArn,
  Family: task.family,
  Revision: '1',
  DesiredStatus: 'RUNNING',
  KnownStatus: 'RUNNING',
  Limits: { CPU: task.cpu, Memory: task.memory },
  AvailabilityZone: 'us-east-1a',
  LaunchType: 'FARGATE',
  CapacityProviderName: task.capacityProvider,
  ClockDrift: {
    ClockErrorBound: 0.5458,
    ReferenceTimestamp: new Date().toISOString(),
    ClockSynchronizationStatus: 'SYNCHRONIZED',
  },
  Containers: [containerOf(task)],
});
