import {
  DescribeClustersCommand,
  DescribeContainerInstancesCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  type ECSClient,
  type Failure,
  GetTaskProtectionCommand,
  ListContainerInstancesCommand,
  ListServicesCommand,
  ListTasksCommand,
  StopTaskCommand,
  type TaskDefinition,
  UpdateContainerInstancesStateCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { CallThrottledError, ClusterRefusedError, ClusterUnavailableError } from '../../errors.ts';
import type { CallPace } from '../ports/call-pace.ts';
import type {
  ArnPage,
  CallFailure,
  ClusterFacts,
  ClusterService,
  ClusterTask,
  ContainerCluster,
  ContainerInstance,
  ProtectedTask,
  TaskDefinitionFacts,
} from '../ports/container-cluster.ts';
import type { AwsFailure } from './aws-failure.ts';
import { passFailure } from './pass-failure.ts';
import { parseCluster, parseInstance } from './read-cluster.ts';
import { parseTaskDefinition } from './read-definition.ts';
import { parseService } from './read-service.ts';
import { needsDefinition, parseTask } from './read-task.ts';

const pageSize = 100;
const mostDefinitions = 500;

/** "Up to 255 characters are allowed in this message": StopTask in the API reference, which left it out later. */
const longestReason = 255;

/**
 * The cluster port on ECS. The client is made with one attempt for each call: callers pay and try again. `describeTasks`
 * also looks up, once, the definitions of tasks with addresses of their own, and pays for those calls itself.
 */
export class EcsContainerCluster implements ContainerCluster {
  readonly #client: Pick<ECSClient, 'send'>;
  readonly #pace: CallPace;
  /** They never change. */
  readonly #definitions = new Map<string, TaskDefinition>();

  constructor(client: Pick<ECSClient, 'send'>, pace: CallPace) {
    this.#client = client;
    this.#pace = pace;
  }

  async describeCluster(cluster: string): Promise<ClusterFacts | undefined> {
    const answer = await ask(`describe cluster ${cluster}`, () =>
      this.#client.send(new DescribeClustersCommand({ clusters: [cluster] })),
    );
    const [found] = answer.clusters ?? [];
    return found === undefined ? undefined : parseCluster(found);
  }

  async listInstances(
    cluster: string,
    { instanceIds, next }: { readonly instanceIds?: readonly string[]; readonly next?: string } = {},
  ): Promise<ArnPage> {
    if (instanceIds?.length === 0) return { arns: [] };
    const filter = instanceIds === undefined ? undefined : `ec2InstanceId in [${instanceIds.join(',')}]`;
    const input = { cluster, filter, nextToken: next, maxResults: pageSize };
    return ask<ArnPage>(
      `list the instances of cluster ${cluster}`,
      async () => {
        const answer = await this.#client.send(new ListContainerInstancesCommand(input));
        return pageOf(answer.containerInstanceArns, answer.nextToken);
      },
      ({ name }) => (name === 'ClusterNotFoundException' ? { answer: { arns: [] } } : undefined),
    );
  }

  async describeInstances(cluster: string, arns: readonly string[]): Promise<readonly ContainerInstance[]> {
    if (arns.length === 0) return [];
    const answer = await ask(`describe instances of cluster ${cluster}`, () =>
      this.#client.send(new DescribeContainerInstancesCommand({ cluster, containerInstances: [...arns] })),
    );
    return (answer.containerInstances ?? []).flatMap(parseInstance);
  }

  async setInstanceState(
    cluster: string,
    arns: readonly string[],
    state: 'ACTIVE' | 'DRAINING',
  ): Promise<readonly CallFailure[]> {
    if (arns.length === 0) return [];
    const answer = await ask(`set instances of cluster ${cluster} to ${state}`, () =>
      this.#client.send(
        new UpdateContainerInstancesStateCommand({ cluster, containerInstances: [...arns], status: state }),
      ),
    );
    return (answer.failures ?? []).map((failure) => failureOf(failure, arns));
  }

  async listTasks(
    cluster: string,
    options: {
      readonly desiredStatus: 'RUNNING' | 'STOPPED';
      readonly containerInstanceArn?: string;
      readonly next?: string;
    },
  ): Promise<ArnPage> {
    const { desiredStatus, containerInstanceArn: containerInstance, next: nextToken } = options;
    const answer = await ask(`list the tasks of cluster ${cluster}`, () =>
      this.#client.send(
        new ListTasksCommand({ cluster, desiredStatus, containerInstance, nextToken, maxResults: pageSize }),
      ),
    );
    return pageOf(answer.taskArns, answer.nextToken);
  }

  async describeTasks(cluster: string, arns: readonly string[]): Promise<readonly ClusterTask[]> {
    if (arns.length === 0) return [];
    const { tasks = [] } = await ask(`describe tasks of cluster ${cluster}`, () =>
      this.#client.send(new DescribeTasksCommand({ cluster, tasks: [...arns], include: ['TAGS'] })),
    );
    for (const { taskDefinitionArn } of tasks.filter(needsDefinition))
      if (taskDefinitionArn !== undefined) await this.#payForDefinition(taskDefinitionArn);
    return tasks.flatMap((task) => parseTask(task, this.#definitions.get(task.taskDefinitionArn ?? '')));
  }

  async describeServices(cluster: string, services: readonly string[]): Promise<readonly ClusterService[]> {
    if (services.length === 0) return [];
    const answer = await ask(`describe services of cluster ${cluster}`, () =>
      this.#client.send(new DescribeServicesCommand({ cluster, services: [...services] })),
    );
    return (answer.services ?? []).flatMap(parseService);
  }

  async listServices(cluster: string, next?: string): Promise<ArnPage> {
    const answer = await ask(`list the services of cluster ${cluster}`, () =>
      this.#client.send(new ListServicesCommand({ cluster, nextToken: next, maxResults: pageSize })),
    );
    return pageOf(answer.serviceArns, answer.nextToken);
  }

  async setDesiredCount(cluster: string, service: string, desiredCount: number): Promise<void> {
    await ask(`set service ${service} of cluster ${cluster} to ${desiredCount} tasks`, () =>
      // Whatever else it could be given would be set too, and begin a deployment.
      this.#client.send(new UpdateServiceCommand({ cluster, service, desiredCount })),
    );
  }

  async describeTaskDefinition(arn: string): Promise<TaskDefinitionFacts | undefined> {
    const definition = await this.#definition(arn);
    return definition === undefined ? undefined : parseTaskDefinition(definition);
  }

  async protectedTasks(cluster: string, arns: readonly string[]): Promise<readonly ProtectedTask[]> {
    if (arns.length === 0) return [];
    const answer = await ask(`ask for the protection of tasks of cluster ${cluster}`, () =>
      this.#client.send(new GetTaskProtectionCommand({ cluster, tasks: [...arns] })),
    );
    return (answer.protectedTasks ?? []).flatMap(({ taskArn, protectionEnabled, expirationDate }) =>
      taskArn === undefined || protectionEnabled !== true || expirationDate === undefined
        ? []
        : [{ taskArn, untilMillis: expirationDate.getTime() }],
    );
  }

  async stopTask(cluster: string, arn: string, reason: string): Promise<void> {
    const input = { cluster, task: arn, reason: reason.slice(0, longestReason) };
    await ask(
      `stop task ${arn}`,
      async () => {
        await this.#client.send(new StopTaskCommand(input));
      },
      ({ name, text }) =>
        name === 'InvalidParameterException' && /task was not found/i.test(text)
          ? { answer: undefined }
          : undefined,
    );
  }

  async #payForDefinition(arn: string): Promise<void> {
    if (this.#definitions.has(arn)) return;
    await this.#pace.pay('definitionRead');
    try {
      await this.#definition(arn);
    } catch (cause) {
      if (!(cause instanceof CallThrottledError)) throw cause;
      // Whoever asked has paid from another bucket, which this says nothing about.
      this.#pace.throttled('definitionRead');
      throw new ClusterUnavailableError(cause.message, { cause });
    }
  }

  async #definition(arn: string): Promise<TaskDefinition | undefined> {
    const known = this.#definitions.get(arn);
    if (known !== undefined) return known;
    const found = await ask<TaskDefinition | undefined>(
      `describe task definition ${arn}`,
      async () =>
        (await this.#client.send(new DescribeTaskDefinitionCommand({ taskDefinition: arn }))).taskDefinition,
      ({ text }) =>
        /unable to describe task definition|does not exist|not found/i.test(text)
          ? { answer: undefined }
          : undefined,
    );
    if (found === undefined) return undefined;
    const oldest = this.#definitions.keys().next().value;
    if (this.#definitions.size >= mostDefinitions && oldest !== undefined) this.#definitions.delete(oldest);
    this.#definitions.set(arn, found);
    return found;
  }
}

const ask = <Answer>(
  action: string,
  call: () => Promise<Answer>,
  expected: (failure: AwsFailure) => { readonly answer: Answer } | undefined = () => undefined,
): Promise<Answer> =>
  passFailure(call, {
    action,
    advice: "Check the cluster's name and the role's rights to ECS.",
    kinds: { unavailable: ClusterUnavailableError, refused: ClusterRefusedError },
    expected,
  });

const pageOf = (arns: readonly string[] | undefined, next: string | undefined): ArnPage => ({
  arns: arns ?? [],
  ...(next === undefined || next === '' ? {} : { next }),
});

/** Some failures name the resource's id only. */
const failureOf = ({ arn = '', reason, detail }: Failure, asked: readonly string[]): CallFailure => ({
  arn:
    asked.find((each) => each === arn || (arn !== '' && each.endsWith(`/${arn.split('/').at(-1)}`))) ?? arn,
  reason: [reason ?? 'ECS does not say why', detail].filter((part) => part !== undefined).join(': '),
});
