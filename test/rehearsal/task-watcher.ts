import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import {
  DescribeTaskDefinitionCommand,
  ECSClient,
  StopTaskCommand,
  type TaskDefinition,
} from '@aws-sdk/client-ecs';
import { testAccount, testClientOptions, testEnvironment, testRegion } from '../wire/aws-clients.ts';
import { ecsBehaviours } from './ecs-behaviours.ts';
import type { FaultProxy } from './fault-proxy.ts';
import { openMetadataStub } from './metadata-stub.ts';
import { type TaskState, taskStateChange } from './task-state.ts';

export interface TaskWatcherOptions {
  readonly serviceUrl: string;
  readonly proxy: FaultProxy;
  /** The bundle that is the container's entry point. */
  readonly workerEntry: string;
  readonly logFolder: string;
  /** Told what ECS would tell EventBridge. */
  readonly onEvent: (event: ReturnType<typeof taskStateChange>) => void;
}

export interface WatchedTask {
  readonly state: TaskState;
  readonly pid: number | undefined;
  readonly environment: Readonly<Record<string, string>>;
}

export interface TaskWatcher {
  /** Every task that was started for the run, oldest first. */
  tasksOf(runId: string): readonly WatchedTask[];
  /** As Fargate takes a Spot task back: SIGTERM, and the reason that DescribeTasks gives then. */
  interrupt(taskArn: string): void;
  /** So many of the tasks that a RunTask of this run asks for are there to be had. */
  limitCapacity(runId: string, limit: (count: number) => number): void;
  close(): Promise<void>;
}

interface Entry {
  readonly state: TaskState;
  readonly environment: Record<string, string>;
  child?: ChildProcess;
}

/** What a task is given before ECS has to kill it, when its definition says nothing. */
const stopTimeoutSeconds = 30;

/** Starts the worker as a process for each task that RunTask creates, and lets the task live and die as its process does. */
export const openTaskWatcher = async (options: TaskWatcherOptions): Promise<TaskWatcher> => {
  const ecs = new ECSClient(testClientOptions(options.serviceUrl));
  const metadata = await openMetadataStub();
  const entries = new Map<string, Entry>();
  const definitions = new Map<string, Promise<TaskDefinition>>();
  const kills = new Set<NodeJS.Timeout>();
  const limits = new Map<string, (count: number) => number>();

  const definitionOf = (arn: string): Promise<TaskDefinition> => {
    const known =
      definitions.get(arn) ??
      ecs
        .send(new DescribeTaskDefinitionCommand({ taskDefinition: arn }))
        .then(({ taskDefinition = {} }) => taskDefinition);
    definitions.set(arn, known);
    return known;
  };

  const changed = (state: TaskState): void => {
    state.version++;
    options.onEvent(taskStateChange(state, testAccount, testRegion));
  };

  const start = async (state: TaskState, overrides: Readonly<Record<string, string>>): Promise<void> => {
    const definition = await definitionOf(state.taskDefinitionArn);
    const container = definition.containerDefinitions?.[0];
    const key = state.taskArn.split('/').at(-1) ?? '';
    metadata.describe(key, {
      ...state,
      family: definition.family ?? '',
      cpu: Number(definition.cpu) / 1024,
      memory: Number(definition.memory),
    });
    const environment = {
      ...Object.fromEntries((container?.environment ?? []).map(({ name = '', value = '' }) => [name, value])),
      ...overrides,
      ...testEnvironment(options.proxy.url),
      ECS_CONTAINER_METADATA_URI_V4: metadata.uriOf(key),
    };
    const entry: Entry = { state, environment };
    entries.set(state.taskArn, entry);
    const log = openSync(join(options.logFolder, `task-${state.startedBy}-${key}.log`), 'a');
    const child = spawn(process.execPath, [options.workerEntry], {
      env: environment,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    entry.child = child;
    child.once('spawn', () => {
      if (state.lastStatus === 'PENDING') state.lastStatus = 'RUNNING';
      changed(state);
    });
    child.once('exit', (code, signal) => void ended(entry, code ?? (signal === 'SIGKILL' ? 137 : 143)));
  };

  const ended = async ({ state }: Entry, exitCode: number): Promise<void> => {
    state.exitCode = exitCode;
    state.stopCode ??= 'EssentialContainerExited';
    state.stoppedReason ??= 'Essential container in task exited';
    state.desiredStatus = 'STOPPED';
    state.lastStatus = 'STOPPED';
    state.stoppedAt = Date.now();
    // So that moto lists it among the stopped ones, too.
    await ecs
      .send(
        new StopTaskCommand({ cluster: state.clusterArn, task: state.taskArn, reason: state.stoppedReason }),
      )
      .catch(() => undefined);
    changed(state);
  };

  const terminate = async (entry: Entry, stopCode: 'UserInitiated' | 'SpotInterruption', reason: string) => {
    const { state, child } = entry;
    if (state.desiredStatus === 'STOPPED') return;
    state.desiredStatus = 'STOPPED';
    state.lastStatus = 'STOPPING';
    state.stopCode = stopCode;
    state.stoppedReason = reason;
    child?.kill('SIGTERM');
    const definition = await definitionOf(state.taskDefinitionArn);
    const seconds = definition.containerDefinitions?.[0]?.stopTimeout ?? stopTimeoutSeconds;
    const kill = setTimeout(() => child?.kill('SIGKILL'), seconds * 1000);
    kills.add(kill);
    child?.once('exit', () => clearTimeout(kill));
  };

  const behaviours = ecsBehaviours({
    granted: (startedBy, count) => limits.get(startedBy)?.(count) ?? count,
    started: start,
    stop: (taskArn, reason) => {
      const entry = entries.get(taskArn);
      if (entry !== undefined) void terminate(entry, 'UserInitiated', reason);
    },
    stateOf: (taskArn) => entries.get(taskArn)?.state,
  });
  for (const [name, behaviour] of Object.entries(behaviours)) options.proxy.behave(name, behaviour);

  return {
    tasksOf: (runId) =>
      [...entries.values()]
        .filter(({ state }) => state.startedBy === runId)
        .map(({ state, environment, child }) => ({ state, environment, pid: child?.pid })),
    interrupt(taskArn) {
      const entry = entries.get(taskArn);
      if (entry === undefined) throw new Error(`no task ${taskArn}`);
      void terminate(entry, 'SpotInterruption', 'Your Spot Task was interrupted.');
    },
    limitCapacity: (runId, limit) => void limits.set(runId, limit),
    async close() {
      for (const kill of kills) clearTimeout(kill);
      await Promise.all([...entries.values()].map(({ child }) => end(child)));
      await metadata.close();
      ecs.destroy();
    },
  };
};

const end = async (child: ChildProcess | undefined): Promise<void> => {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
};
