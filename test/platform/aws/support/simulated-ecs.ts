import {
  DescribeTasksCommand,
  ECSClient,
  type Failure,
  ListTasksCommand,
  RunTaskCommand,
  type RunTaskCommandInput,
  type RunTaskCommandOutput,
  StopTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import { ecsBuckets } from '../../../../src/platform/aws/ecs-pace.ts';
import type { PacedTime } from '../../../../src/platform/ports/paced-time.ts';
import type { BucketSize } from '../../../../src/quota/bucket-sizes.ts';

/** AWS's side of a bucket: nobody waits, whoever comes too early is refused. */
class StrictBucket {
  readonly #size: BucketSize;
  readonly #time: PacedTime;
  #tokens: number;
  #atMillis: number;

  constructor(size: BucketSize, time: PacedTime) {
    this.#size = size;
    this.#time = time;
    this.#tokens = size.burst;
    this.#atMillis = time.nowMillis();
  }

  take(tokens: number): boolean {
    const now = this.#time.nowMillis();
    this.#tokens = Math.min(
      this.#size.burst,
      this.#tokens + ((now - this.#atMillis) / 1000) * this.#size.perSecond,
    );
    this.#atMillis = now;
    if (this.#tokens < tokens) return false;
    this.#tokens -= tokens;
    return true;
  }
}

export const awsError = (name: string, message: string, more: object = {}): Error =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 }, ...more });

const throttled = (): Error => awsError('ThrottlingException', 'Rate exceeded');

/** What a RunTask call comes to, when a test decides about it: so many tasks of those asked for, and failures for the rest. */
export interface Verdict {
  readonly starts: number;
  readonly failures?: readonly Failure[];
}

/** ECS as far as a fleet sees it: its buckets, its client tokens, its tasks. */
export class SimulatedEcs {
  readonly client: ECSClient;
  readonly calls: Record<'RunTask' | 'StopTask' | 'DescribeTasks' | 'ListTasks', number> = {
    RunTask: 0,
    StopTask: 0,
    DescribeTasks: 0,
    ListTasks: 0,
  };
  throttledCalls = 0;
  readonly tasks = new Map<string, Task>();
  readonly launches: { readonly atMillis: number; readonly input: RunTaskCommandInput }[] = [];
  /** Asked before a call is carried out; may throw. */
  before: (call: keyof SimulatedEcs['calls'], input: object) => void = () => undefined;
  /** Asked when RunTask was carried out and before it answers; may throw: the answer is lost. */
  beforeAnswer: (input: RunTaskCommandInput) => void = () => undefined;
  judge: (input: RunTaskCommandInput) => Verdict = ({ count = 1 }) => ({ starts: count });
  readonly #time: PacedTime;
  readonly #latencyMillis: number;
  readonly #tokens = new Map<string, { readonly input: string; readonly output: RunTaskCommandOutput }>();
  readonly #buckets;

  constructor(time: PacedTime, latencyMillis = 300) {
    this.#time = time;
    this.#latencyMillis = latencyMillis;
    const bucket = (size: BucketSize): StrictBucket => new StrictBucket(size, time);
    this.#buckets = {
      FARGATE: bucket(ecsBuckets.launch),
      FARGATE_SPOT: bucket(ecsBuckets.launch),
      runTask: bucket(ecsBuckets.runTask),
      modify: bucket(ecsBuckets.clusterModify),
      read: bucket(ecsBuckets.clusterRead),
    };
    this.client = new ECSClient({ region: 'us-east-1' });
    mockClient(this.client)
      .on(RunTaskCommand)
      .callsFake((input) => this.#answer('RunTask', input, () => this.#runTask(input)))
      .on(StopTaskCommand)
      .callsFake((input) => this.#answer('StopTask', input, () => this.#stopTask(input)))
      .on(DescribeTasksCommand)
      .callsFake((input) => this.#answer('DescribeTasks', input, () => this.#describeTasks(input)))
      .on(ListTasksCommand)
      .callsFake((input) => this.#answer('ListTasks', input, () => this.#listTasks(input)));
  }

  running(): readonly Task[] {
    return [...this.tasks.values()].filter(({ lastStatus }) => lastStatus === 'RUNNING');
  }

  change(taskArn: string, change: Partial<Task>): void {
    this.tasks.set(taskArn, { ...this.tasks.get(taskArn), ...change });
  }

  async #answer<Output>(
    call: keyof SimulatedEcs['calls'],
    input: object,
    work: () => Output,
  ): Promise<Output> {
    this.calls[call]++;
    await this.#time.sleep(this.#latencyMillis / 2);
    try {
      this.before(call, input);
      const output = work();
      await this.#time.sleep(this.#latencyMillis / 2);
      return output;
    } catch (error) {
      if (error instanceof Error && error.name === 'ThrottlingException') this.throttledCalls++;
      throw error;
    }
  }

  #runTask(input: RunTaskCommandInput): RunTaskCommandOutput {
    const { count = 1, clientToken = '' } = input;
    const provider = input.capacityProviderStrategy?.[0]?.capacityProvider;
    if (!this.#buckets.runTask.take(1) || !this.#buckets.modify.take(1)) throw throttled();
    const asked = JSON.stringify(input);
    const known = this.#tokens.get(clientToken);
    if (known !== undefined) {
      if (known.input === asked) return known.output;
      const resourceIds = (known.output.tasks ?? []).map(({ taskArn }) => taskArn);
      throw awsError('ConflictException', 'The client token is in use.', { resourceIds });
    }
    if (provider !== 'FARGATE' && provider !== 'FARGATE_SPOT')
      throw awsError('InvalidParameterException', 'The specified capacity provider was not found.');
    if (!this.#buckets[provider].take(count)) throw throttled();
    this.launches.push({ atMillis: this.#time.nowMillis(), input });
    const { starts, failures = [] } = this.judge(input);
    const tasks = Array.from({ length: starts }, () => this.#start(input));
    const output = { tasks, failures: [...failures], $metadata: {} };
    this.#tokens.set(clientToken, { input: asked, output });
    this.beforeAnswer(input);
    return output;
  }

  #start({ startedBy, overrides }: RunTaskCommandInput): Task {
    const id = String(this.tasks.size).padStart(32, '0');
    const taskArn = `arn:aws:ecs:us-east-1:123456789012:task/workers/${id}`;
    const task: Task = { taskArn, startedBy, overrides, lastStatus: 'RUNNING', desiredStatus: 'RUNNING' };
    this.tasks.set(taskArn, task);
    return task;
  }

  #stopTask({ task = '', reason }: { task?: string | undefined; reason?: string | undefined }) {
    if (!this.#buckets.modify.take(1)) throw throttled();
    if (!this.tasks.has(task))
      throw awsError('InvalidParameterException', 'The referenced task was not found.');
    this.change(task, {
      desiredStatus: 'STOPPED',
      lastStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: reason,
    });
    return { task: this.tasks.get(task), $metadata: {} };
  }

  #describeTasks({ tasks = [] }: { tasks?: string[] | undefined }) {
    if (!this.#buckets.read.take(1)) throw throttled();
    if (tasks.length === 0 || tasks.length > 100)
      throw awsError('InvalidParameterException', 'Tasks must be 1 to 100.');
    return {
      tasks: tasks.flatMap((arn) => this.tasks.get(arn) ?? []),
      failures: tasks.filter((arn) => !this.tasks.has(arn)).map((arn) => ({ arn, reason: 'MISSING' })),
      $metadata: {},
    };
  }

  #listTasks(input: { nextToken?: string | undefined; maxResults?: number | undefined }) {
    if (!this.#buckets.read.take(1)) throw throttled();
    const { nextToken = '0', maxResults = 100 } = input;
    if ('startedBy' in input && 'desiredStatus' in input)
      throw awsError('InvalidParameterException', 'startedBy must be the only filter.');
    const all = [...this.tasks.values()].filter(({ desiredStatus }) => desiredStatus === 'RUNNING');
    const from = Number(nextToken);
    const page = all.slice(from, from + maxResults);
    return {
      taskArns: page.flatMap(({ taskArn }) => taskArn ?? []),
      nextToken: from + maxResults < all.length ? String(from + maxResults) : undefined,
      $metadata: {},
    };
  }
}
