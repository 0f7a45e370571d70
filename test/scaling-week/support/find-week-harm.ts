import { mostInstances, poolMaximum } from './a-week.ts';
import { findFlapping, findHaste, findThrash } from './find-week-thrash.ts';
import { at, neededAt, slackInstances } from './needed-instances.ts';
import type { PlayedWeek } from './play-week.ts';
import { demandOf, hourMillis, minuteMillis, weekServices, weekStartMillis } from './week-services.ts';

/** What a service wanted all the time for so long, it has: more than a boot, a metric's delay, and two ticks. */
const recoveryMinutes = 10;
/** While EC2 had no spot capacity, it takes as long as that is believed to be on its way, and once more for the other pool. */
const stormRecoveryMinutes = 30;
/**
 * A storm may take all tasks of a small service: the drain stops at once what no balancer knows (docs/drain.md), and others may
 * be quicker to take the room that is left, until EC2 has capacity again, fifteen minutes and a boot later.
 */
const dryMinutes = 20;
/** A threefold spike is served after its metric's delay, two ticks, a boot, and the start of its tasks. */
const overloadMinutes = 10;
/** A shortage of a storm is over so long after it. */
const stormMinutes = 45;
/** Another pool was asked for what EC2 didn't have, and then both came. */
const stormSlackInstances = 4;
const memoryMinutes = 60;
/** From one o'clock to five all has settled, and demand is constant. */
const settled = [1, 5] as const;

const hourOf = (atMillis: number): number => ((atMillis - weekStartMillis) / hourMillis) % 24;

/** What should not have happened, in words; nothing when all went well. */
export const findWeekHarm = (week: PlayedWeek): readonly string[] => [
  ...findErrors(week),
  ...findShortages(week),
  ...findOverload(week),
  ...findLostTasks(week),
  ...findRunaway(week),
  ...findUnrest(week),
  ...findThrash(week),
  ...findHaste(week),
  ...findFlapping(week),
];

const findErrors = ({ scaling, ticks }: PlayedWeek): readonly string[] => [
  ...scaling.errors.map((error) => `something threw: ${describe(error)}`),
  ...scaling.drains.steps.errors.map((error) => `a step of a drain threw: ${describe(error)}`),
  ...scaling.drains.letters.map(({ reason }) => `a message could not be read: ${reason}`),
  ...ticks.failures.map((failure) => `a tick could not read or write: ${failure}`),
];

const describe = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : JSON.stringify(error);

const stormsOf = (events: PlayedWeek['events']) => {
  const storms = events.filter(({ kind }) => kind === 'storm').map(({ atMillis }) => atMillis);
  return (atMillis: number): boolean =>
    storms.some((storm) => atMillis > storm && atMillis < storm + stormMinutes * minuteMillis);
};

/** Services without any task, and those that had less for long than they wanted all the time. */
const findShortages = ({ minutes, events }: PlayedWeek): readonly string[] => {
  const isStorm = stormsOf(events);
  const names = Object.keys(minutes[0]?.services ?? {});
  return names.flatMap((name) =>
    minutes.flatMap((minute, index): readonly string[] => {
      const now = minute.services[name];
      if (now === undefined) return [`${at(minute.atMillis)} ${name} is gone`];
      const bare = minutes.slice(Math.max(0, index - (isStorm(minute.atMillis) ? dryMinutes : 0)), index + 1);
      if (bare.every(({ services }) => services[name]?.running === 0))
        return [`${at(minute.atMillis)} ${name} has no task`];
      const recovery = isStorm(minute.atMillis) ? stormRecoveryMinutes : recoveryMinutes;
      const before = minutes.slice(Math.max(0, index - recovery), index + 1);
      if (before.length <= recovery) return [];
      const least = Math.min(...before.map(({ services }) => services[name]?.desired ?? 0));
      return before.every(({ services }) => (services[name]?.running ?? 0) < least)
        ? [`${at(minute.atMillis)} ${name} has had less than ${least} tasks for ${recovery} minutes`]
        : [];
    }),
  );
};

/** Services that were asked for more than their tasks can do, for long. */
const findOverload = ({ minutes, events }: PlayedWeek): readonly string[] => {
  const isStorm = stormsOf(events);
  return weekServices.flatMap((service) => {
    let since: number | null = null;
    return minutes.flatMap(({ atMillis, services }): readonly string[] => {
      const isTooMuch = demandOf(service, atMillis) > (services[service.name]?.running ?? 0);
      since = isTooMuch ? (since ?? atMillis) : null;
      const most = isStorm(atMillis) ? stormRecoveryMinutes : overloadMinutes;
      return since !== null && atMillis - since >= most * minuteMillis
        ? [`${at(atMillis)} ${service.name} has been asked for too much for ${most} minutes`]
        : [];
    });
  });
};

/** Tasks that ended for another reason than they may. */
const findLostTasks = ({ scaling, departures, actions }: PlayedWeek): readonly string[] => {
  const drained = new Set(
    actions.flatMap(({ action, result }) =>
      action.kind === 'beginDrain' && result === 'done' ? [action.instanceId] : [],
    ),
  );
  const { platform } = scaling.drains;
  const tasks = platform.tasks().flatMap(({ origin, endedBy, endedAtMillis, taskArn }): readonly string[] => {
    if (endedAtMillis === null) return [];
    const { instance, service } = origin;
    const { cause, atMillis: causedAtMillis = 0 } = departures.get(instance.instanceId) ?? {};
    const isInterrupted = cause === 'interrupted' && endedAtMillis >= causedAtMillis;
    const isDaemon = service?.setup.schedulingStrategy === 'DAEMON';
    const where = `${instance.instanceId}, which was ${cause ?? 'not taken away'}`;
    const what = `${at(endedAtMillis)} ${service?.serviceName ?? 'a batch'} lost ${taskArn}`;
    // Whoever had asked it to stop: it had not ended.
    if (endedAtMillis === instance.goneAtMillis && !isInterrupted)
      return [`${what} with ${where}, before it had ended`];
    // ECS's scheduler: scaled in, deployed, or replaced elsewhere.
    if (endedBy === 'service' || (service === null && endedBy === 'itself')) return [];
    // A drain: of an interrupted instance, or of what is left when the others have gone.
    if (endedBy === 'stop-task' && (isInterrupted || isDaemon)) return [];
    if (endedBy === 'instance-gone' && isInterrupted) return [];
    return [`${what} by ${endedBy} on ${where}`];
  });
  const instances = [...departures].flatMap(([instanceId, { cause, atMillis }]): readonly string[] =>
    cause === 'scaled in' && !drained.has(instanceId)
      ? [`${at(atMillis)} ${instanceId} was terminated without having been drained`]
      : [],
  );
  const unexplained = platform
    .instances()
    .filter(({ goneAtMillis, instanceId }) => goneAtMillis !== null && !departures.has(instanceId))
    .map(
      ({ goneAtMillis, instanceId }) => `${at(goneAtMillis ?? 0)} ${instanceId} went, and nobody knows why`,
    );
  return [...tasks, ...instances, ...unexplained];
};

/** More capacity than tasks needed lately, or than the policy allows. */
const findRunaway = ({ minutes, events }: PlayedWeek): readonly string[] => {
  const isStorm = stormsOf(events);
  return minutes.flatMap((minute, index): readonly string[] => {
    const { pools, atMillis } = minute;
    const { target: onDemand = 0 } = pools['shop-on-demand'] ?? {};
    const { target: spot = 0 } = pools['fleet-spot'] ?? {};
    const members = Object.values(pools).reduce((sum, pool) => sum + pool.members, 0);
    const lately = minutes.slice(Math.max(0, index - memoryMinutes), index + 1);
    const slack = slackInstances + (isStorm(atMillis) ? stormSlackInstances : 0);
    const bound = Math.max(...lately.map(neededAt)) + slack;
    return [
      ...(onDemand > poolMaximum.onDemand ? [`${at(atMillis)} the group's target is ${onDemand}`] : []),
      ...(spot > poolMaximum.spot ? [`${at(atMillis)} the fleet's target is ${spot}`] : []),
      ...(onDemand + spot > mostInstances ? [`${at(atMillis)} the targets are ${onDemand} and ${spot}`] : []),
      // What a pool owes in a storm, another is asked for too.
      ...(index > memoryMinutes && (isStorm(atMillis) ? members : Math.max(members, onDemand + spot)) > bound
        ? [
            `${at(atMillis)} there are ${members} instances of ${onDemand + spot}, where ${bound} would have been many`,
          ]
        : []),
    ];
  });
};

/** Whatever was done in the quiet hours, and whatever isn't as it is wanted to be. */
const findUnrest = ({ minutes, actions }: PlayedWeek): readonly string[] => {
  const first = minutes[0]?.atMillis ?? 0;
  // It begins with more than it needs.
  const isQuiet = (atMillis: number): boolean =>
    atMillis - first > 3 * hourMillis && hourOf(atMillis) >= settled[0] && hourOf(atMillis) < settled[1];
  return [
    ...actions
      .filter(({ atMillis }) => isQuiet(atMillis))
      .map(({ atMillis, action }) => `${at(atMillis)} ${JSON.stringify(action)} in the quiet hours`),
    ...minutes
      .filter(({ atMillis }) => isQuiet(atMillis))
      .flatMap(({ atMillis, services, pools, registered, active }): readonly string[] => {
        const targets = Object.values(pools).reduce((sum, { target }) => sum + target, 0);
        const isAsWanted =
          Object.values(pools).every(({ target, members }) => target === members) &&
          registered === targets &&
          active === targets;
        return [
          ...(isAsWanted
            ? []
            : [
                `${at(atMillis)} ${registered} instances, ${active} of them ACTIVE: ${JSON.stringify(pools)}`,
              ]),
          ...Object.entries(services)
            .filter(([, { desired, running }]) => desired !== running)
            .map(
              ([name, { desired, running }]) => `${at(atMillis)} ${name} has ${running} of ${desired} tasks`,
            ),
        ];
      }),
  ];
};
