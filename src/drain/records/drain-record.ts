import * as z from 'zod/mini';
import type { Drain, DrainLimits, DrainState, DrainTask } from '../coordinator/drain-state.ts';
import type { DrainOutcome } from '../coordinator/plan-drain.ts';
import { notice } from '../leaving/leaving-document.ts';

const instant = z.nullable(z.number());

/** One instance's drain, as it went. Instants are milliseconds since the epoch; null for what wasn't reached. */
export const drainRecord = z.object({
  version: z.literal(1),
  drainId: z.string(),
  instanceId: z.string(),
  cluster: z.string(),
  /** `running` is never stored: it is what a drain in progress is shown as. */
  outcome: z.enum(['running', 'empty', 'gone', 'taken-back', 'abandoned']),
  notices: z.array(notice),
  /** Who took it back, and when; absent for one that goes on or went its way. */
  takenBack: z.optional(z.object({ atMillis: z.number(), by: z.optional(z.string()) })),
  heardAtMillis: z.number(),
  deadlineMillis: z.number(),
  endedAtMillis: instant,
  steps: z.object({
    found: instant,
    draining: instant,
    listed: instant,
    deregistered: instant,
    verified: instant,
    lastStop: instant,
    empty: instant,
  }),
  /** From the end of what matters (empty, else the last stop) to the deadline; negative when it was too late. */
  marginSeconds: z.nullable(z.number()),
  tasks: z.object({ seen: z.number(), stopped: z.number(), stopAsked: z.number() }),
  groups: z.array(z.object({ group: z.string(), targets: z.number() })),
  /** In flight when their tasks were asked to stop, as far as balancers tell. */
  requestsInFlight: z.nullable(z.number()),
  /** What was not done, or not by the deadline, in words. */
  missed: z.array(z.string()),
});

export type DrainRecord = z.infer<typeof drainRecord>;

/** When a task truly stopped, where the cluster says so; else when it was seen to have stopped, which is later. */
const endOf = ({ endedAtMillis, stoppedAtMillis }: DrainTask): number | undefined =>
  stoppedAtMillis === undefined ? undefined : (endedAtMillis ?? stoppedAtMillis);

/** Whether each of its balancers had confirmed, and the wire was silent, when it was stopped or ended. */
const wasSilent = (task: DrainTask, { settleMillis }: DrainLimits): boolean => {
  const stopped = task.stopAskedAtMillis ?? endOf(task) ?? Number.POSITIVE_INFINITY;
  return (task.targets ?? []).every(
    ({ verifiedAtMillis }) => verifiedAtMillis !== undefined && verifiedAtMillis + settleMillis <= stopped,
  );
};

const newest = (instants: readonly (number | undefined)[]): number | null => {
  let last: number | null = null;
  for (const at of instants) {
    if (at === undefined) return null;
    last = Math.max(last ?? 0, at);
  }
  return last;
};

const targetsOf = (tasks: readonly DrainTask[]) => tasks.flatMap((task) => task.targets ?? []);

const groupCounts = (tasks: readonly DrainTask[]): DrainRecord['groups'] => {
  const counts = new Map<string, number>();
  for (const { group } of targetsOf(tasks)) counts.set(group, (counts.get(group) ?? 0) + 1);
  return [...counts].map(([group, targets]) => ({ group, targets }));
};

const listSome = (arns: readonly string[]): string =>
  arns.slice(0, 5).join(', ') + (arns.length > 5 ? ` and ${arns.length - 5} more` : '');

const describeMissed = (
  state: DrainState,
  drain: Drain,
  tasks: readonly DrainTask[],
  outcome: DrainOutcome,
  limits: DrainLimits,
): readonly string[] => {
  if (outcome === 'taken-back') return [];
  const missed: string[] = [];
  const name = (list: readonly DrainTask[]): string => listSome(list.map((task) => task.taskArn));
  const running = tasks.filter((task) => task.stoppedAtMillis === undefined);
  const late = tasks.filter((task) => (endOf(task) ?? 0) > drain.deadlineMillis);
  if (drain.containerInstanceArn === null)
    missed.push('the instance was in the cluster no more when it was looked for');
  if (running.length > 0) missed.push(`not seen to stop: ${name(running)}`);
  if (late.length > 0) missed.push(`stopped after the deadline: ${name(late)}`);
  const unsure = tasks.filter((task) => !wasSilent(task, limits));
  if (unsure.length > 0)
    missed.push(`no balancer confirmed in time that it sends them nothing: ${name(unsure)}`);
  for (const [call, failure] of Object.entries(drain.failures))
    missed.push(`${call} failed ${failure.times} times: ${failure.reason}`);
  for (const { group } of groupCounts(tasks))
    for (const [call, failure] of Object.entries(state.groups[group]?.failures ?? {}))
      missed.push(`${call} of ${group} failed ${failure.times} times: ${failure.reason}`);
  for (const task of tasks)
    if (task.failure !== undefined) missed.push(`StopTask of ${task.taskArn} failed: ${task.failure.reason}`);
  return missed;
};

/** Pure: the record of a drain that ended, or of one that is under way (`running`). */
export const makeRecord = (
  cluster: string,
  state: DrainState,
  drain: Drain,
  outcome: DrainOutcome | 'running',
  nowMillis: number,
  limits: DrainLimits,
): DrainRecord => {
  const tasks = Object.values(drain.tasks);
  const targets = targetsOf(tasks);
  const known = targets.flatMap(({ inFlight }) => (inFlight === undefined ? [] : [inFlight]));
  const verified = newest(targets.map((target) => target.verifiedAtMillis));
  const lastStop = newest(tasks.map((task) => task.stopAskedAtMillis ?? task.stoppedAtMillis));
  const empty = outcome === 'empty' ? (newest(tasks.map(endOf)) ?? nowMillis) : null;
  const end = empty ?? lastStop;
  return {
    version: 1,
    drainId: drain.drainId,
    instanceId: drain.instanceId,
    cluster,
    outcome,
    notices: drain.notices,
    ...(drain.takenBack === undefined ? {} : { takenBack: drain.takenBack }),
    heardAtMillis: drain.heardAtMillis,
    deadlineMillis: drain.deadlineMillis,
    endedAtMillis: outcome === 'running' ? null : nowMillis,
    steps: {
      found: drain.at.found ?? null,
      draining: drain.at.draining ?? null,
      listed: drain.at.firstListed ?? null,
      deregistered: newest(targets.map((target) => target.askedAtMillis)),
      verified: verified === null ? null : verified + limits.settleMillis,
      lastStop,
      empty,
    },
    marginSeconds: end === null ? null : (drain.deadlineMillis - end) / 1000,
    tasks: {
      seen: tasks.length,
      stopped: tasks.filter((task) => task.stoppedAtMillis !== undefined).length,
      stopAsked: tasks.filter((task) => task.stopAskedAtMillis !== undefined).length,
    },
    groups: groupCounts(tasks),
    requestsInFlight: known.length === 0 ? null : known.reduce((sum, count) => sum + count, 0),
    missed: outcome === 'running' ? [] : [...describeMissed(state, drain, tasks, outcome, limits)],
  };
};

export const recordsPrefix = 'decisions/drains/';

/** Later instants sort first: 10^13 ms is the year 2286. */
export const recordKey = ({
  heardAtMillis,
  drainId,
}: Pick<DrainRecord, 'heardAtMillis' | 'drainId'>): string =>
  `${recordsPrefix}${String(9_999_999_999_999 - Math.floor(heardAtMillis)).padStart(13, '0')}-${drainId}.json`;
