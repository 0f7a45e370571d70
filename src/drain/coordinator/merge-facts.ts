import type {
  ClusterService,
  ClusterTask,
  ContainerInstance,
} from '../../platform/ports/container-cluster.ts';
import type { RegisteredTargets } from '../targets/read-registered.ts';
import { targetsOfTask } from '../targets/task-targets.ts';
import type {
  Drain,
  DrainLimits,
  DrainState,
  DrainStepName,
  DrainTask,
  Failure,
  KnownDefinition,
} from './drain-state.ts';

/** What calls have shown, folded into the state: pure, and the same fact twice changes nothing that counts. */

export const mergeFailure = (failure: Failure | undefined, reason: string, nowMillis: number): Failure => ({
  reason: reason.slice(0, 300),
  sinceMillis: failure?.sinceMillis ?? nowMillis,
  atMillis: nowMillis,
  times: (failure?.times ?? 0) + 1,
});

export const mergeDrain = (
  state: DrainState,
  drainId: string,
  change: (drain: Drain) => Drain,
): DrainState => {
  const drain = state.drains[drainId];
  return drain === undefined ? state : { ...state, drains: { ...state.drains, [drainId]: change(drain) } };
};

const changeDrains = (
  state: DrainState,
  drainIds: readonly string[],
  change: (drain: Drain) => Drain,
): DrainState => {
  const drains = { ...state.drains };
  for (const id of drainIds) {
    const drain = drains[id];
    if (drain !== undefined) drains[id] = change(drain);
  }
  return { ...state, drains };
};

export const without = <Value>(
  record: Readonly<Record<string, Value>>,
  key: string,
): Readonly<Record<string, Value>> =>
  Object.fromEntries(Object.entries(record).filter(([name]) => name !== key));

/** A step of some drains is done; what was noted of failures to do it is forgotten. */
export const mergeStep = (
  state: DrainState,
  ids: readonly string[],
  step: DrainStepName,
  atMillis: number,
): DrainState =>
  changeDrains(state, ids, (drain) => ({
    ...drain,
    at: { ...drain.at, [step]: drain.at[step] ?? atMillis },
    failures: without(drain.failures, step),
  }));

export const mergeDrainFailure = (
  state: DrainState,
  ids: readonly string[],
  call: string,
  reason: string,
  nowMillis: number,
): DrainState =>
  changeDrains(state, ids, (drain) => ({
    ...drain,
    failures: { ...drain.failures, [call]: mergeFailure(drain.failures[call], reason, nowMillis) },
  }));

/** A call went well again: what was noted of its failures is forgotten. */
export const mergeRecovered = (state: DrainState, ids: readonly string[], call: string): DrainState => {
  const failed = ids.filter((id) => call in (state.drains[id]?.failures ?? {}));
  return changeDrains(state, failed, (drain) => ({ ...drain, failures: without(drain.failures, call) }));
};

/**
 * Which container instances the sought EC2 instances are. One that was known and isn't listed is gone; one that never
 * was listed is gone after a while, for a listing may be a moment old.
 */
export const mergeFound = (
  state: DrainState,
  sought: readonly string[],
  instances: readonly ContainerInstance[],
  nowMillis: number,
  limits: DrainLimits,
): DrainState =>
  changeDrains(state, sought, (drain) => {
    const own = instances
      .filter((instance) => instance.instanceId === drain.instanceId && instance.status !== 'INACTIVE')
      // An agent that was registered anew leaves its old container instance behind, with the higher version.
      .sort((a, b) => Number(b.isAgentConnected) - Number(a.isAgentConnected) || b.version - a.version)[0];
    const at = { ...drain.at, lookedFor: nowMillis };
    const failures = without(drain.failures, 'find');
    if (own !== undefined) {
      const isDraining = own.status === 'DRAINING';
      // Its agent was registered anew: of this container instance nothing has been done or seen yet.
      const isAnother =
        drain.containerInstanceArn !== null && drain.containerInstanceArn !== own.containerInstanceArn;
      const found = drain.at.found ?? nowMillis;
      return {
        ...drain,
        containerInstanceArn: own.containerInstanceArn,
        failures: isAnother ? {} : isDraining ? without(failures, 'draining') : failures,
        at: {
          ...(isAnother ? { lookedFor: nowMillis } : at),
          found,
          ...(isDraining ? { draining: (isAnother ? undefined : drain.at.draining) ?? nowMillis } : {}),
        },
      };
    }
    const isKnown = drain.at.found !== undefined || drain.notices.some((notice) => notice.cause === 'gone');
    const isGone = isKnown || nowMillis - drain.joinedAtMillis >= limits.missingMillis;
    return { ...drain, failures, at: isGone ? { ...at, gone: nowMillis } : at };
  });

/** SIGTERM was sent. Before that, ECS itself waits for a whole deregistration delay: too long for a notice. */
const isBeingStopped = (lastStatus: string): boolean =>
  lastStatus === 'STOPPING' || lastStatus === 'DEPROVISIONING';

const mergeTask = (
  drain: Drain,
  task: ClusterTask,
  state: DrainState,
  nowMillis: number,
  registered: RegisteredTargets | undefined,
): DrainTask => {
  const known = drain.tasks[task.taskArn];
  const service = task.service === null ? undefined : state.services[task.service];
  const entries = registered && (registered.get(task.taskArn) ?? []);
  const fresh = targetsOfTask(task, drain.instanceId, service, entries);
  return {
    ...known,
    taskArn: task.taskArn,
    definition: task.taskDefinitionArn,
    service: task.service,
    isDaemon: service?.isDaemon ?? known?.isDaemon ?? false,
    targets: known?.targets ?? fresh,
    seenAtMillis: known?.seenAtMillis ?? nowMillis,
    lookedAtMillis: nowMillis,
    isStopping: isBeingStopped(task.lastStatus) || (drain.isTakenBack && task.desiredStatus === 'STOPPED'),
    ...(task.lastStatus === 'STOPPED' ? { stoppedAtMillis: known?.stoppedAtMillis ?? nowMillis } : {}),
    ...(task.stoppedAtMillis === undefined ? {} : { endedAtMillis: task.stoppedAtMillis }),
  };
};

/**
 * Descriptions of tasks. Only those on a leaving container instance are taken in, and of those that had stopped before
 * only ones that are known. `registered`: of tasks of their own; absent when it could not be read.
 */
export const mergeTasks = (
  state: DrainState,
  described: readonly ClusterTask[],
  nowMillis: number,
  registered?: RegisteredTargets,
): DrainState => {
  const byInstance = new Map<string, ClusterTask[]>();
  for (const task of described) {
    const arn = task.containerInstanceArn;
    if (arn !== null) byInstance.set(arn, [...(byInstance.get(arn) ?? []), task]);
  }
  const ids = Object.values(state.drains)
    .filter((drain) => drain.containerInstanceArn !== null && byInstance.has(drain.containerInstanceArn))
    .map((drain) => drain.drainId);
  return changeDrains(state, ids, (drain) => {
    const tasks = { ...drain.tasks };
    for (const task of byInstance.get(drain.containerInstanceArn ?? '') ?? []) {
      if (task.lastStatus === 'STOPPED' && tasks[task.taskArn] === undefined) continue;
      tasks[task.taskArn] = mergeTask(drain, task, state, nowMillis, registered);
    }
    return { ...drain, tasks };
  });
};

/** Those of some drains' tasks that are wanted running were taken in; a listing of all of them is still to come. */
export const mergeFirstListed = (
  state: DrainState,
  ids: readonly string[],
  begunAtMillis: number,
): DrainState =>
  changeDrains(state, ids, (drain) => ({
    ...drain,
    at: { ...drain.at, firstListed: drain.at.firstListed ?? begunAtMillis },
    failures: without(drain.failures, 'list'),
  }));

/** A listing of some drains' tasks that began at `begunAtMillis` was taken in whole. */
export const mergeListed = (state: DrainState, ids: readonly string[], begunAtMillis: number): DrainState =>
  changeDrains(state, ids, (drain) => ({
    ...drain,
    at: { ...drain.at, firstListed: drain.at.firstListed ?? begunAtMillis, listed: begunAtMillis },
    failures: without(drain.failures, 'list'),
  }));

/** Tasks were described. Those that nobody knows any more have stopped: ECS forgets them an hour later. */
export const mergeForgotten = (
  state: DrainState,
  asked: readonly { readonly drainId: string; readonly taskArn: string }[],
  described: readonly ClusterTask[],
  nowMillis: number,
): DrainState => {
  const there = new Set(described.map((task) => task.taskArn));
  const ids = [...new Set(asked.map(({ drainId }) => drainId))];
  const answered = mergeRecovered(state, ids, 'describe');
  return asked
    .filter(({ taskArn }) => !there.has(taskArn))
    .reduce(
      (changed, { drainId, taskArn }) =>
        changeTask(changed, drainId, taskArn, (task) => ({
          ...task,
          stoppedAtMillis: task.stoppedAtMillis ?? nowMillis,
        })),
      answered,
    );
};

export const mergeServices = (
  state: DrainState,
  asked: readonly string[],
  services: readonly ClusterService[],
  nowMillis: number,
): DrainState => {
  const known = { ...state.services };
  for (const name of asked) known[name] = { isDaemon: false, balancers: [], readAtMillis: nowMillis };
  for (const service of services) {
    const entry = {
      isDaemon: service.schedulingStrategy === 'DAEMON',
      balancers: service.balancers.map((b) => ({
        group: b.targetGroupArn,
        containerName: b.containerName,
        containerPort: b.containerPort,
      })),
      readAtMillis: nowMillis,
    };
    known[asked.includes(service.serviceArn) ? service.serviceArn : service.serviceName] = entry;
  }
  return { ...state, services: known };
};

export const mergeDefinition = (state: DrainState, arn: string, known: KnownDefinition): DrainState => ({
  ...state,
  definitions: { ...state.definitions, [arn]: known },
});

export const changeTask = (
  state: DrainState,
  drainId: string,
  taskArn: string,
  change: (task: DrainTask) => DrainTask,
): DrainState =>
  mergeDrain(state, drainId, (drain) => {
    const task = drain.tasks[taskArn];
    return task === undefined ? drain : { ...drain, tasks: { ...drain.tasks, [taskArn]: change(task) } };
  });
