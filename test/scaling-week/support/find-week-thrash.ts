import { afterOutSeconds, unneededMinutes } from './a-week.ts';
import { at, neededAt, slackInstances } from './needed-instances.ts';
import type { Minute, PlayedWeek } from './play-week.ts';
import { minuteMillis } from './week-services.ts';

/** A need that comes again so soon isn't one more: what was there for it may well be there still. */
const needMinutes = 30;
/** Bought for what didn't last, such as the second set of tasks while a large service is deployed: of what was asked for. */
const passingShare = 0.25;
/** Actions are known by the ends of their ticks, which may last for so long. */
const tickSeconds = 30;
/** An instance that is given up so soon after it came was hardly worth its boot. */
const worthMinutes = 30;

/** How many instances the need of each minute asked for, again and again, beyond what was there. */
const climbsOf = (minutes: readonly Minute[]): number => {
  const needs = minutes.map(neededAt);
  const lately = needs.map((_, index) =>
    Math.max(...needs.slice(Math.max(0, index - needMinutes), index + 1)),
  );
  return lately.reduce((sum, need, index) => sum + Math.max(0, need - (lately[index - 1] ?? need)), 0);
};

/** More bought than what the need asked for, much of it for nothing, and instances that were given up right after others were bought. */
export const findThrash = ({ actions, minutes, scaling }: PlayedWeek): readonly string[] => {
  const done = actions.filter(({ result }) => result === 'done');
  const bought = done.reduce(
    (sum, { action }) =>
      sum + (action.kind === 'setPool' ? Math.max(0, action.toUnits - action.fromUnits) : 0),
    0,
  );
  const asked = climbsOf(minutes) * (1 + passingShare) + slackInstances;
  const instances = new Map(scaling.drains.platform.instances().map((one) => [one.instanceId, one]));
  const wasted = done.filter(({ action, atMillis }) => {
    if (action.kind !== 'beginDrain') return false;
    const cameAtMillis = instances.get(action.instanceId)?.registeredAtMillis ?? 0;
    return (
      cameAtMillis > (minutes[0]?.atMillis ?? 0) && atMillis - cameAtMillis < worthMinutes * minuteMillis
    );
  });
  let outMillis = Number.NEGATIVE_INFINITY;
  const harm =
    bought > asked ? [`${bought} instances were bought, where the need asked for ${Math.round(asked)}`] : [];
  if (wasted.length > slackInstances / 2 + passingShare * bought)
    harm.push(`${wasted.length} of ${bought} instances were given up right after they had come`);
  for (const { atMillis, action } of done) {
    if (action.kind === 'setPool' && action.toUnits > action.fromUnits) outMillis = atMillis;
    if (action.kind !== 'beginDrain') continue;
    const since = atMillis - outMillis;
    if (since < (afterOutSeconds - tickSeconds) * 1_000)
      harm.push(
        `${at(atMillis)} ${action.instanceId} is given up ${since / 1_000} s after others were bought`,
      );
  }
  return harm;
};

/** Instances given up that were needed not long before: with those that stay, a minute lately would have been above the threshold. */
export const findHaste = ({ actions, minutes }: PlayedWeek): readonly string[] =>
  actions.flatMap(({ action, result, atMillis }): readonly string[] => {
    if (action.kind !== 'beginDrain' || result !== 'done') return [];
    const next = minutes.findIndex((minute) => minute.atMillis > atMillis);
    const staying = minutes[next]?.active;
    if (staying === undefined) return [];
    const needed = Math.max(...minutes.slice(Math.max(0, next - unneededMinutes), next).map(neededAt));
    return needed > staying
      ? [
          `${at(atMillis)} ${action.instanceId} is given up, ${staying} stay, and ${needed} were needed lately`,
        ]
      : [];
  });

/** A policy's default for scaling in: the most that was recommended for so long. */
const calmSeconds = 300;

/** Services that got fewer tasks right after they had got more. */
export const findFlapping = ({ actions }: PlayedWeek): readonly string[] => {
  const raised = new Map<string, number>();
  return actions.flatMap(({ action, result, atMillis }): readonly string[] => {
    if (action.kind !== 'setService' || result !== 'done') return [];
    const { service, from, to } = action;
    const since = atMillis - (raised.get(service) ?? Number.NEGATIVE_INFINITY);
    if (to > from) raised.set(service, atMillis);
    return to < from && since < (calmSeconds - tickSeconds) * 1_000
      ? [`${at(atMillis)} ${service} falls from ${from} to ${to}, ${since / 1_000} s after it grew`]
      : [];
  });
};
