import type { Drain, DrainState, DrainTask } from '../coordinator/drain-state.ts';

const hasStopped = ({ stoppedAtMillis }: DrainTask): boolean => stoppedAtMillis !== undefined;

/** Whether a task's targets and its end are this drain's business; ECS sees to those of services. */
export type IsOwnTask = (task: DrainTask) => boolean;

/**
 * A task of its own behind a balancer serves until somebody stops it, so it is stopped. One behind none is left to
 * finish. ECS replaces tasks of services; only those of DAEMON services are replaced by nobody, and come last.
 */
export const isOwnIn = (drain: Drain): IsOwnTask => {
  const areOthersStopped = Object.values(drain.tasks).every((task) => task.isDaemon || hasStopped(task));
  return (task) => {
    if (task.service === null) return task.targets === null || task.targets.length > 0;
    const wasBegun = task.targets?.some((target) => target.triedAtMillis !== undefined) === true;
    return wasBegun || (task.isDaemon && areOthersStopped);
  };
};

const mapTasks = (
  state: DrainState,
  change: (drain: Drain) => (task: DrainTask) => DrainTask,
): DrainState => ({
  ...state,
  drains: Object.fromEntries(
    Object.entries(state.drains).map(([id, drain]) => {
      const changeTask = change(drain);
      const tasks = Object.entries(drain.tasks).map(([arn, task]) => [arn, changeTask(task)] as const);
      return [id, { ...drain, tasks: Object.fromEntries(tasks) }];
    }),
  ),
});

/** The state as if only own tasks were behind balancers. */
export const withOwnTargets = (state: DrainState): DrainState =>
  mapTasks(state, (drain) => {
    const isOwn = isOwnIn(drain);
    return (task) => (isOwn(task) ? task : { ...task, targets: [] });
  });

/** As if each target had been deregistered: what a look did that died before it could write it down is in no document. */
export const asIfDeregistered = (state: DrainState): DrainState =>
  mapTasks(state, ({ heardAtMillis }) => (task) => ({
    ...task,
    targets: task.targets?.map((target) => ({ askedAtMillis: heardAtMillis, ...target })) ?? null,
  }));
