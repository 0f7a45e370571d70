import { createHash } from 'node:crypto';
import { type ECSClient, RunTaskCommand, type RunTaskCommandInput } from '@aws-sdk/client-ecs';
import type { Capacity, LaunchResult, SpotChoice, WorkerPlace } from '../ports/worker-fleet.ts';
import { classifyRunTaskFailure, type EcsFailure } from './classify-ecs-failure.ts';
import type { EcsCalls } from './ecs-calls.ts';
import type { EcsPace } from './ecs-pace.ts';
import { decideNextLaunch, type LaunchGroup, type LaunchOutcome } from './launch-groups.ts';
import { type PlacesDocument, placesKey } from './places-document.ts';
import type { RunPlaces } from './run-places.ts';

/** What every task of the fleet is started with. */
export interface WorkerTask {
  readonly clusterArn: string;
  /** With its revision, as long as a run lasts the same. */
  readonly taskDefinitionArn: string;
  readonly containerName: string;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly assignPublicIp: 'ENABLED' | 'DISABLED';
}

export interface GroupLauncherOptions {
  readonly client: Pick<ECSClient, 'send'>;
  readonly calls: EcsCalls;
  readonly pace: EcsPace;
  readonly task: WorkerTask;
  /** Ends tasks that nobody will give a place; never throws. */
  stopSurplus(runId: string, taskArns: readonly string[]): Promise<void>;
}

const providers: Readonly<Record<Capacity, string>> = { spot: 'FARGATE_SPOT', 'on-demand': 'FARGATE' };

/**
 * Fills the places of one group, by as many RunTask calls as it takes. Each call is known by its number in the group:
 * client token and key follow from it, so that the same call made twice starts nothing twice, and of two different
 * calls with one number the one that is recorded first counts; what the other started is stopped.
 */
export class GroupLauncher {
  readonly #options: GroupLauncherOptions;

  constructor(options: GroupLauncherOptions) {
    this.#options = options;
  }

  async launch(
    runId: string,
    group: LaunchGroup,
    known: RunPlaces,
    fallback: SpotChoice['fallback'],
  ): Promise<readonly LaunchResult[]> {
    const outcomes: LaunchOutcome[] = [];
    for (;;) {
      const missing = group.places.filter((place) => known.taskAt(place) === undefined);
      if (missing.length === 0) return resultsOf(group, known, undefined);
      const calls = known.callsFor(group.name);
      const next = decideNextLaunch(group.capacity, fallback, calls.at(-1), outcomes);
      if (next.kind === 'give up') return resultsOf(group, known, next.failure);
      if (next.pause) await this.#options.calls.pause(outcomes.length);
      const key = placesKey(runId, group.name, calls.length);
      const outcome = await this.#call(runId, key, next.capacity, missing);
      if (!('places' in outcome)) return resultsOf(group, known, outcome);
      outcomes.push(await this.#record(runId, key, outcome, known));
    }
  }

  async #record(runId: string, key: string, made: PlacesDocument, known: RunPlaces): Promise<LaunchOutcome> {
    const counts = await known.record(key, made);
    const surplus = Object.keys(made.places).filter((taskArn) => !(taskArn in counts.places));
    if (surplus.length > 0) await this.#options.stopSurplus(runId, surplus);
    const { capacity, failure } = counts;
    return failure === undefined ? { capacity } : { capacity, failure };
  }

  async #call(
    runId: string,
    key: string,
    capacity: Capacity,
    places: readonly WorkerPlace[],
  ): Promise<PlacesDocument | EcsFailure> {
    const { client, calls, pace, task } = this.#options;
    const input = runTaskInput(task, runId, key, capacity, places);
    const result = await calls.attempt(pace.launch(capacity, places.length), () =>
      client.send(new RunTaskCommand(input)),
    );
    if (result.kind === 'failed') {
      const { failure } = result;
      // Said by an error instead of in the answer's failures; as final for this call, and worth to be known.
      if (failure.kind === 'capacity')
        return { version: 1, capacity, places: {}, failure: { kind: failure.kind, reason: failure.reason } };
      const started = failure.kind === 'conflict' ? (failure.taskArns ?? []) : [];
      return started.length === 0 ? failure : { version: 1, capacity, places: dealPlaces(started, places) };
    }
    const started = (result.answer.tasks ?? []).flatMap(({ taskArn }) => taskArn ?? []);
    const dealt = dealPlaces(started, places);
    if (started.length >= places.length) return { version: 1, capacity, places: dealt };
    const { kind, reason } = classifyRunTaskFailure(result.answer.failures?.[0] ?? {});
    // A call that was told of no failure may just be made again for the rest.
    const told = (result.answer.failures ?? []).length > 0 || started.length === 0;
    return { version: 1, capacity, places: dealt, ...(told ? { failure: { kind, reason } } : {}) };
  }
}

/** In any order: what is recorded counts, whoever dealt. */
const dealPlaces = (
  taskArns: readonly string[],
  places: readonly WorkerPlace[],
): Record<string, { shard: number; attempt: number }> => {
  const dealt: Record<string, { shard: number; attempt: number }> = {};
  for (const [index, taskArn] of taskArns.entries()) {
    const place = places[index];
    if (place !== undefined) dealt[taskArn] = { shard: place.shard, attempt: place.attempt };
  }
  return dealt;
};

const causes: Readonly<Record<EcsFailure['kind'], 'capacity' | 'limit' | 'request'>> = {
  throttled: 'limit',
  unavailable: 'limit',
  conflict: 'limit',
  limit: 'limit',
  capacity: 'capacity',
  missing: 'request',
  request: 'request',
};

const resultsOf = (
  group: LaunchGroup,
  known: RunPlaces,
  failure: Pick<EcsFailure, 'kind' | 'reason'> | undefined,
): readonly LaunchResult[] =>
  group.places.map(({ shard, attempt }): LaunchResult => {
    const task = known.taskAt({ shard, attempt });
    if (task !== undefined)
      return { shard, attempt, kind: 'launched', workerId: task.taskArn, capacity: task.capacity };
    const { kind, reason } = failure ?? { kind: 'limit', reason: 'it was not launched' };
    return { shard, attempt, kind: 'failed', reason, cause: causes[kind] };
  });

const runTaskInput = (
  task: WorkerTask,
  runId: string,
  key: string,
  capacity: Capacity,
  places: readonly WorkerPlace[],
): RunTaskCommandInput => ({
  cluster: task.clusterArn,
  taskDefinition: task.taskDefinitionArn,
  count: places.length,
  startedBy: runId,
  clientToken: createHash('sha256')
    .update(JSON.stringify([runId, key, capacity, places.map(({ shard, attempt }) => [shard, attempt])]))
    .digest('hex'),
  capacityProviderStrategy: [{ capacityProvider: providers[capacity], weight: 1 }],
  networkConfiguration: {
    awsvpcConfiguration: {
      subnets: [...task.subnets],
      securityGroups: [...task.securityGroups],
      assignPublicIp: task.assignPublicIp,
    },
  },
  overrides: {
    containerOverrides: [
      {
        name: task.containerName,
        environment: [
          { name: 'STORMDRAIN_RUN_ID', value: runId },
          { name: 'STORMDRAIN_PLACES', value: key },
        ],
      },
    ],
  },
  propagateTags: 'TASK_DEFINITION',
  enableECSManagedTags: true,
  tags: [{ key: 'stormdrain:run', value: runId }],
});
