import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { serverName } from '../../../src/platform/haproxy/server-name.ts';
import type { ClusterTask, ContainerCluster } from '../../../src/platform/ports/container-cluster.ts';

export const clusterName = 'shop';
const clusterArn = `arn:aws:ecs:us-east-1:123456789012:cluster/${clusterName}`;

export interface ProcessTask {
  readonly taskArn: string;
  readonly port: number;
  /** "ECS Task State Change" of it as it is now, as SQS delivers it. */
  event(): { readonly messageId: string; readonly body: string };
  /** As HAProxy is to name it. */
  readonly server: string;
  kill(): Promise<void>;
  state(): Promise<{ readonly answered: number; readonly inFlight: number }>;
}

export interface ProcessCluster {
  readonly cluster: ContainerCluster;
  /** `serveOnMillis`: so long after SIGTERM it goes on serving. */
  start(tags: Readonly<Record<string, string>>, serveOnMillis?: number): Promise<ProcessTask>;
  close(): Promise<void>;
}

interface Running {
  task: ClusterTask;
  readonly child: ChildProcess;
}

/** A cluster whose tasks are processes of this machine. */
export const openProcessCluster = (): ProcessCluster => {
  const tasks = new Map<string, Running>();
  const unused = (): never => {
    throw new Error('not needed here');
  };
  const end = async (running: Running, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> => {
    const { child } = running;
    running.task = { ...running.task, desiredStatus: 'STOPPED', version: running.task.version + 1 };
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, 'exit');
      child.kill(signal);
      await exited;
    }
    running.task = { ...running.task, lastStatus: 'STOPPED', version: running.task.version + 1 };
  };
  const cluster: ContainerCluster = {
    describeCluster: unused,
    listInstances: async () => ({ arns: [] }),
    describeInstances: async () => [],
    setInstanceState: unused,
    listTasks: async (_, { desiredStatus }) => ({
      arns: [...tasks].filter(([, { task }]) => task.desiredStatus === desiredStatus).map(([arn]) => arn),
    }),
    describeTasks: async (_, arns) => arns.flatMap((arn) => tasks.get(arn)?.task ?? []),
    describeServices: async () => [],
    listServices: async () => ({ arns: [] }),
    setDesiredCount: unused,
    describeTaskDefinition: unused,
    protectedTasks: async () => [],
    stopTask: async (_, arn) => {
      const running = tasks.get(arn);
      if (running !== undefined) await end(running, 'SIGTERM');
    },
  };
  return {
    cluster,
    start: async (tags, serveOnMillis = 0) => {
      const child = fork(new URL('sample-service.mjs', import.meta.url), [String(serveOnMillis)], {
        stdio: 'ignore',
      });
      const [told] = await once(child, 'message');
      const port = Number((told as { readonly port: number }).port);
      const taskArn = `arn:aws:ecs:us-east-1:123456789012:task/${clusterName}/${String(tasks.size).padStart(32, '0')}`;
      const running: Running = {
        child,
        task: {
          taskArn,
          containerInstanceArn: null,
          taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1',
          lastStatus: 'RUNNING',
          desiredStatus: 'RUNNING',
          service: null,
          startedBy: null,
          version: 3,
          tags,
          group: 'family:web',
          cpu: 0,
          memoryMib: 0,
          ports: [
            {
              containerName: 'web',
              containerPort: 80,
              reach: 'ip',
              port,
              address: '127.0.0.1',
              protocol: 'tcp',
            },
          ],
        },
      };
      tasks.set(taskArn, running);
      return {
        taskArn,
        port,
        server: serverName({ id: '127.0.0.1', port }),
        event: () => ({
          messageId: `${taskArn}-${running.task.version}`,
          body: JSON.stringify({
            source: 'aws.ecs',
            'detail-type': 'ECS Task State Change',
            detail: {
              clusterArn,
              taskArn,
              lastStatus: running.task.lastStatus,
              desiredStatus: running.task.desiredStatus,
              version: running.task.version,
              group: 'family:web',
            },
          }),
        }),
        kill: () => end(running, 'SIGKILL'),
        state: async () => {
          const answer = await fetch(`http://127.0.0.1:${port}/state`, {
            signal: AbortSignal.timeout(5_000),
          });
          return (await answer.json()) as { readonly answered: number; readonly inFlight: number };
        },
      };
    },
    close: async () => {
      for (const running of tasks.values()) await end(running, 'SIGKILL');
    },
  };
};
