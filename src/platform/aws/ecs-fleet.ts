import {
  DescribeTasksCommand,
  type ECSClient,
  ListTasksCommand,
  StopTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import type { ObjectStore } from '../ports/object-store.ts';
import type {
  FleetWorker,
  LaunchResult,
  SpotChoice,
  WorkerFleet,
  WorkerPlace,
} from '../ports/worker-fleet.ts';
import { EcsCalls } from './ecs-calls.ts';
import type { EcsPace } from './ecs-pace.ts';
import { GroupLauncher, type WorkerTask } from './group-launcher.ts';
import { planLaunchGroups } from './launch-groups.ts';
import { placeName } from './places-document.ts';
import { RunPlaces } from './run-places.ts';
import { describeStop, taskState } from './task-state.ts';

export interface EcsFleetOptions {
  /** Made with one attempt for each call: this fleet tries again itself, at a pace that all of its calls keep. */
  readonly client: Pick<ECSClient, 'send'>;
  readonly store: ObjectStore;
  readonly task: WorkerTask;
  /** When a launch says nothing. */
  readonly spot: SpotChoice;
  readonly pace: EcsPace;
  /** 0 to 1; for the length of pauses. */
  readonly random?: () => number;
}

/** DescribeTasks takes so many, ListTasks gives so many. */
const tasksPerRead = 100;
/** Runs of which a warm function remembers places and stopped tasks. */
const mostRuns = 8;
/** From SIGTERM a worker that is well needs two or three seconds, and ECS a few to notice. */
const endingSeconds = 30;
const longestWaitSeconds = 90;
const pollMillis = 2_000;

interface KnownRun {
  readonly places: RunPlaces;
  /** Stopped tasks stay as they are. */
  readonly stopped: Map<string, FleetWorker>;
}

/**
 * Workers as tasks on Fargate and Fargate Spot. Which task has which place is in the object store (places-document.ts),
 * and from there come the tasks of a run: ListTasks shows no stopped ones when it is asked for `startedBy`, which has to be
 * the only filter. Running tasks without a place are not listed; they end by themselves (find-place.ts).
 */
export class EcsFleet implements WorkerFleet {
  readonly #options: EcsFleetOptions;
  readonly #pace: EcsPace;
  readonly #calls: EcsCalls;
  readonly #launcher: GroupLauncher;
  readonly #runs = new Map<string, KnownRun>();

  constructor(options: EcsFleetOptions) {
    this.#options = options;
    this.#pace = options.pace;
    this.#calls = new EcsCalls(this.#pace, options.random ?? Math.random);
    this.#launcher = new GroupLauncher({
      client: options.client,
      calls: this.#calls,
      pace: this.#pace,
      task: options.task,
      // Not needed for the launch: without a place they end by themselves, only later.
      stopSurplus: (runId, taskArns) =>
        this.#stopTasks(taskArns, `surplus task of run ${runId}`).catch(() => undefined),
    });
  }

  async launch(
    runId: string,
    places: readonly WorkerPlace[],
    capacity?: SpotChoice,
  ): Promise<readonly LaunchResult[]> {
    const { share, fallback } = capacity ?? this.#options.spot;
    const known = this.#run(runId).places;
    await known.refresh();
    const groups = planLaunchGroups(places, share);
    const launched = await allOf(groups.map((group) => this.#launcher.launch(runId, group, known, fallback)));
    const results = new Map(launched.flat().map((result) => [placeName(result), result]));
    return places.flatMap((place) => results.get(placeName(place)) ?? []);
  }

  async list(runId: string): Promise<readonly FleetWorker[]> {
    const { places, stopped } = this.#run(runId);
    await places.refresh();
    const tasks = places.tasks();
    const described = await this.#describe(
      tasks.flatMap(({ taskArn }) => (stopped.has(taskArn) ? [] : [taskArn])),
    );
    return tasks.flatMap(({ taskArn, shard, attempt }) => {
      const known = stopped.get(taskArn);
      if (known !== undefined) return [known];
      const task = described.get(taskArn);
      if (task === undefined) return [];
      const worker = this.#workerOf(task, { shard, attempt }, taskArn);
      if (task.lastStatus === 'STOPPED') stopped.set(taskArn, worker);
      return [worker];
    });
  }

  async stop(runId: string, workerIds: readonly string[], graceSeconds: number): Promise<void> {
    const { stopped } = this.#run(runId);
    const taskArns = [...new Set(workerIds)].filter((id) => isTaskArn(id) && !stopped.has(id));
    if (taskArns.length === 0) return;
    await this.#stopTasks(taskArns, `stopped by the orchestrator of run ${runId}`);
    await this.#waitForEnd(taskArns, Math.min(longestWaitSeconds, graceSeconds + endingSeconds));
  }

  async runsWithWorkers(): Promise<readonly string[]> {
    const { clusterArn, taskDefinitionArn } = this.#options.task;
    const family = /task-definition\/([^:]+)/.exec(taskDefinitionArn)?.[1] ?? taskDefinitionArn.split(':')[0];
    const taskArns: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.#calls.require("list the workers' tasks", this.#pace.read, () =>
        this.#options.client.send(
          new ListTasksCommand({ cluster: clusterArn, family, maxResults: tasksPerRead, nextToken }),
        ),
      );
      taskArns.push(...(page?.taskArns ?? []));
      nextToken = page?.nextToken;
    } while (nextToken !== undefined);
    const running = [...(await this.#describe(taskArns)).values()].filter(
      (task) => taskState(task) === 'running' && isWorkerTask(task),
    );
    return [...new Set(running.flatMap(({ startedBy }) => startedBy ?? []))];
  }

  #run(runId: string): KnownRun {
    const known = this.#runs.get(runId) ?? {
      places: new RunPlaces(this.#options.store, runId),
      stopped: new Map(),
    };
    this.#runs.delete(runId);
    this.#runs.set(runId, known);
    const oldest = this.#runs.keys().next().value;
    if (this.#runs.size > mostRuns && oldest !== undefined) this.#runs.delete(oldest);
    return known;
  }

  #workerOf(task: Task, place: WorkerPlace, workerId: string): FleetWorker {
    if (taskState(task) === 'running') return { ...place, workerId, state: 'running' };
    const stoppedReason = describeStop(task, this.#options.task.containerName);
    return { ...place, workerId, state: 'stopped', stoppedReason };
  }

  /** By ARN. Tasks that ECS doesn't know, not yet or no longer, are missing. */
  async #describe(taskArns: readonly string[]): Promise<ReadonlyMap<string, Task>> {
    const found = new Map<string, Task>();
    const chunks = Array.from({ length: Math.ceil(taskArns.length / tasksPerRead) }, (_, index) =>
      taskArns.slice(index * tasksPerRead, (index + 1) * tasksPerRead),
    );
    await allOf(
      chunks.map(async (tasks) => {
        const answer = await this.#calls.require('describe tasks', this.#pace.read, () =>
          this.#options.client.send(
            new DescribeTasksCommand({ cluster: this.#options.task.clusterArn, tasks }),
          ),
        );
        for (const task of answer?.tasks ?? []) if (task.taskArn !== undefined) found.set(task.taskArn, task);
      }),
    );
    return found;
  }

  async #stopTasks(taskArns: readonly string[], reason: string): Promise<void> {
    const { clusterArn: cluster } = this.#options.task;
    await allOf(
      taskArns.map((task) =>
        this.#calls.require('stop a task', this.#pace.stop, () =>
          this.#options.client.send(new StopTaskCommand({ cluster, task, reason })),
        ),
      ),
    );
  }

  async #waitForEnd(taskArns: readonly string[], seconds: number): Promise<void> {
    const { time } = this.#pace;
    const untilMillis = time.nowMillis() + seconds * 1000;
    let waiting = taskArns;
    for (;;) {
      const tasks = await this.#describe(waiting);
      // What ECS doesn't know can't be waited for.
      waiting = [...tasks].flatMap(([taskArn, task]) => (taskState(task) === 'running' ? [taskArn] : []));
      if (waiting.length === 0 || time.nowMillis() + pollMillis > untilMillis) return;
      await time.sleep(pollMillis);
    }
  }
}

/** Waits for all of them, and only then throws what the first one failed with: nothing goes on behind the caller's back. */
const allOf = async <Value>(promises: readonly Promise<Value>[]): Promise<readonly Value[]> => {
  const settled = await Promise.allSettled(promises);
  return settled.map((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value;
  });
};

const isTaskArn = (id: string): boolean => /^arn:[^:]+:ecs:[^:]*:[^:]*:task\//.test(id);

/** Not one that somebody started from the task definition by hand. */
const isWorkerTask = ({ startedBy, overrides }: Task): boolean =>
  (overrides?.containerOverrides ?? []).some(({ environment }) =>
    (environment ?? []).some(({ name, value }) => name === 'STORMDRAIN_RUN_ID' && value === startedBy),
  );
