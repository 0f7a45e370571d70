import { DescribeTasksCommand, type ECSClient, paginateListTasks, type Task } from '@aws-sdk/client-ecs';

/** What DescribeTasks takes, and ListTasks gives, at once. */
const pageSize = 100;
const mostPages = 20;
/** CPU units of a vCPU. */
const unitsPerVcpu = 1024;

export interface RunningVcpus {
  readonly onDemand: number;
  readonly spot: number;
}

const isSpot = ({ capacityProviderName }: Task): boolean => capacityProviderName === 'FARGATE_SPOT';

/** The sum over tasks that run or start; `each` is for a task that doesn't say its size. */
export const sumVcpus = (tasks: readonly Task[], each: number): RunningVcpus => {
  let [onDemand, spot] = [0, 0];
  for (const task of tasks) {
    const units = Number(task.cpu);
    const vcpus = units > 0 ? units / unitsPerVcpu : each;
    if (isSpot(task)) spot += vcpus;
    else onDemand += vcpus;
  }
  return { onDemand, spot };
};

/** vCPUs of the cluster's tasks, 2,000 tasks at most. What runs elsewhere in the account can't be seen this way. */
export const readRunningVcpus = async (
  client: ECSClient,
  cluster: string,
  each: number,
  abortSignal: AbortSignal,
): Promise<RunningVcpus> => {
  const pages: string[][] = [];
  // A task that is pending is one whose desired status is RUNNING.
  const listed = paginateListTasks(
    { client, pageSize },
    { cluster, desiredStatus: 'RUNNING' },
    { abortSignal },
  );
  for await (const { taskArns = [] } of listed) {
    if (taskArns.length === 0) continue;
    if (pages.length === mostPages)
      throw new Error(`the cluster has more than ${mostPages * pageSize} tasks`);
    pages.push(taskArns);
  }
  const described = await Promise.all(
    pages.map((tasks) => client.send(new DescribeTasksCommand({ cluster, tasks }), { abortSignal })),
  );
  return sumVcpus(
    described.flatMap(({ tasks = [] }) => tasks),
    each,
  );
};
