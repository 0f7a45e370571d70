import { describeServices, describeTasks } from '../../calls/cluster-reads.ts';
import { pacedCall } from '../../calls/paced-call.ts';
import { BadInputError } from '../../errors.ts';
import type { TargetHealth } from '../../platform/ports/balancer.ts';
import type { ClusterTask } from '../../platform/ports/container-cluster.ts';
import { decideStop, type StopStage } from './decide-stop.ts';
import { leaveTargets } from './leave-targets.ts';
import { bucketsOf } from './route-balancers.ts';
import { callGroups, type TargetPorts } from './target-ports.ts';
import type { KnownTarget, KnownTask } from './targets-document.ts';
import { changeTasks } from './targets-store.ts';
import { targetsOfTask } from './task-targets.ts';

export interface StopTaskRequest {
  readonly cluster: string;
  readonly taskArn: string;
  /** Why; ECS shows it with the stopped task. */
  readonly reason: string;
  /** From the balancer's word to silence on the wire. */
  readonly settleSeconds: number;
  /** For so long requests in flight are waited for, and a balancer that doesn't confirm. */
  readonly budgetSeconds: number;
}

export interface StopTaskStep {
  readonly stage: StopStage;
  /** Requests in flight, where the balancers tell. */
  readonly inFlight: number | null;
  /** Until the next step has something to do; 0 when `stopped`. */
  readonly waitMillis: number;
}

const leastPauseMillis = 100;

/**
 * One short step of stopping a task: deregister, verify, settle, let what is in flight end, StopTask. Repeatable at
 * any point; where it stands is in the targets document. Throws `BadInput` for a task that isn't there.
 */
export const stopTaskStep = async (ports: TargetPorts, request: StopTaskRequest): Promise<StopTaskStep> => {
  const { cluster, taskArn } = request;
  const now = ports.time.nowMillis();
  const [task] = await describeTasks(ports, cluster, [taskArn]);
  if (task === undefined) {
    throw new BadInputError(
      `There is no task ${taskArn} in cluster ${cluster}; aws ecs list-tasks shows those that are`,
    );
  }
  if (task.lastStatus === 'STOPPED') {
    const { version } = task;
    const news = { kind: 'task', cluster, taskArn, version, phase: 'leaving', hasStopped: true } as const;
    // What fails of it is done by the next repair.
    await leaveTargets(ports, cluster, [news]);
    return { stage: 'stopped', inFlight: null, waitMillis: 0 };
  }
  const found = await targetsNow(ports, cluster, task);
  const entries = await changeTasks(ports.store, cluster, [taskArn], now, (known) =>
    known?.state === 'stopping'
      ? goOn(known, now)
      : {
          version: Math.max(task.version, known?.version ?? 0),
          state: 'stopping',
          targets: merged(known?.targets ?? [], found),
          changedAtMillis: now,
        },
  );
  const entry = entries.get(taskArn);
  const targets = entry?.targets ?? found;
  const isVerified = entry?.silentSinceMillis !== undefined;
  const failures = isVerified ? new Map() : await callGroups(ports, 'deregister', targets);
  const seen = await healthOf(ports, targets);
  const decision = decideStop({
    nowMillis: ports.time.nowMillis(),
    beganMillis: entry?.changedAtMillis ?? now,
    silentSinceMillis: entry?.silentSinceMillis,
    hasTargets: targets.length > 0,
    isDeregistered: failures.size === 0,
    health: seen,
    settleMillis: request.settleSeconds * 1000,
    budgetMillis: request.budgetSeconds * 1000,
  });
  if (decision.silentSinceMillis !== entry?.silentSinceMillis) {
    const { silentSinceMillis } = decision;
    await changeTasks(ports.store, cluster, [taskArn], now, (known) => {
      if (known?.state !== 'stopping') return undefined;
      const { silentSinceMillis: _, ...rest } = known;
      return silentSinceMillis === undefined ? rest : { ...rest, silentSinceMillis };
    });
  }
  if (decision.stage !== 'stopped') {
    return { stage: decision.stage, inFlight: decision.inFlight, waitMillis: decision.waitMillis };
  }
  await pacedCall(ports, 'resourceModify', () => ports.cluster.stopTask(cluster, taskArn, request.reason));
  // What could not be deregistered by now is, when the event arrives that it stops.
  if (failures.size === 0) await markLeft(ports, cluster, taskArn, now);
  return { stage: 'stopped', inFlight: decision.inFlight, waitMillis: 0 };
};

/** All steps, one after another, until StopTask has been called. */
export const stopTask = async (
  ports: TargetPorts,
  request: StopTaskRequest,
  onStep: (step: StopTaskStep) => void = () => {},
): Promise<StopTaskStep> => {
  for (;;) {
    const step = await stopTaskStep(ports, request);
    onStep(step);
    if (step.stage === 'stopped') return step;
    await ports.time.sleep(Math.max(leastPauseMillis, step.waitMillis));
  }
};

const notedMillis = 20_000;
const interruptedMillis = 60_000;

/** Of one that was interrupted before its balancers confirmed, the budget begins again: nobody has waited since. */
const goOn = (known: KnownTask, now: number): KnownTask => {
  const idleMillis = now - (known.steppedAtMillis ?? known.changedAtMillis);
  if (known.silentSinceMillis !== undefined || idleMillis < notedMillis) return known;
  const isAnew = idleMillis >= interruptedMillis;
  return { ...known, steppedAtMillis: now, ...(isAnew ? { changedAtMillis: now } : {}) };
};

const markLeft = (ports: TargetPorts, cluster: string, taskArn: string, now: number): Promise<unknown> =>
  changeTasks(ports.store, cluster, [taskArn], now, (known) =>
    known === undefined ? undefined : { ...known, state: 'left', changedAtMillis: now },
  );

const merged = (known: readonly KnownTarget[], found: readonly KnownTarget[]): KnownTarget[] => [
  ...new Map(
    [...known, ...found].map(({ group, id, port }) => [`${group} ${id} ${port}`, { group, id, port }]),
  ).values(),
];

const targetsNow = async (
  ports: TargetPorts,
  cluster: string,
  task: ClusterTask,
): Promise<readonly KnownTarget[]> => {
  const [service] = task.service === null ? [] : await describeServices(ports, cluster, [task.service]);
  const balancers = (service?.balancers ?? []).map(({ targetGroupArn, ...rest }) => ({
    ...rest,
    group: targetGroupArn,
  }));
  const known = service && { isDaemon: service.schedulingStrategy === 'DAEMON', balancers, readAtMillis: 0 };
  const arn = task.containerInstanceArn;
  const [instance] =
    arn === null
      ? []
      : await pacedCall(ports, 'resourceRead', () => ports.cluster.describeInstances(cluster, [arn]));
  return (targetsOfTask(task, instance?.instanceId ?? '', known) ?? []).filter(({ id }) => id !== '');
};

/** Of each of the targets that a balancer lists. */
const healthOf = async (
  ports: TargetPorts,
  targets: readonly KnownTarget[],
): Promise<readonly TargetHealth[]> => {
  const seen: TargetHealth[] = [];
  for (const group of new Set(targets.map((target) => target.group))) {
    const all = await pacedCall(ports, bucketsOf(group, 'read'), () => ports.balancer.health(group));
    seen.push(
      ...all.filter(({ id, port }) =>
        targets.some((t) => t.group === group && t.id === id && t.port === port),
      ),
    );
  }
  return seen;
};
