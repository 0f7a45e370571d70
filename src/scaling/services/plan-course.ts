import { hasPassed } from '../has-passed.ts';
import type { ServicePolicy } from '../policy/scaling-policy.ts';
import type { DecisionReason } from '../scaling-decision.ts';
import type { ServiceMemory } from '../scaling-memory.ts';
import { type Bounds, limitStep, withinBounds } from './limit-step.ts';
import { formatSeconds, formatTasks, isOrAre } from './metric-words.ts';
import { stabilise } from './stabilise.ts';
import type { WantedTasks } from './wanted-tasks.ts';

export interface CourseQuestion {
  readonly atMillis: number;
  readonly policy: ServicePolicy;
  readonly bounds: Bounds;
  readonly desired: number;
  readonly isDeploying: boolean;
  readonly wanted: WantedTasks;
  /** With the present recommendation. */
  readonly memory: ServiceMemory;
}

/** Where to, before minimum and maximum bring it back, and why. */
export interface Course {
  readonly to: number;
  readonly reason: DecisionReason;
  readonly words: string;
}

const lastStepMillis = ({ lastOutMillis, lastInMillis }: ServiceMemory): number | null =>
  lastOutMillis === null || lastInMillis === null
    ? (lastOutMillis ?? lastInMillis)
    : Math.max(lastOutMillis, lastInMillis);

/** A deployment that rolls for longer may never end, and load doesn't wait for it. */
const longestFreezeSeconds = 3600;

interface Freeze {
  /** What a deployment set back may be restored while it rolls, and nothing beyond it; unless it rolls for too long. */
  readonly ceiling: number;
  readonly isLong: boolean;
  /** For how long it has rolled. */
  readonly minutes: number;
}

const freezeOf = ({ isDeploying, atMillis, desired, memory }: CourseQuestion): Freeze | null => {
  if (!isDeploying) return null;
  const seconds = (atMillis - (memory.deployingSinceMillis ?? atMillis)) / 1000;
  const isLong = seconds >= longestFreezeSeconds;
  const ceiling = isLong ? Number.POSITIVE_INFINITY : Math.max(desired, memory.lastSet ?? desired);
  return { ceiling, isLong, minutes: Math.floor(seconds / 60) };
};

const frozenWords = ({ isLong, minutes }: Freeze): string =>
  isLong
    ? `none are removed while a deployment rolls, for ${minutes} min by now`
    : 'nothing changes while a deployment rolls';

/** What the rules lead to: nothing while something forbids it, else a limited step. */
export const planCourse = (question: CourseQuestion): Course => {
  const { atMillis, policy, bounds, desired, wanted, memory } = question;
  const stay = (reason: DecisionReason, words: string): Course => ({ to: desired, reason, words });
  if (wanted.tasks === null || wanted.tasks === desired) return stay(wanted.finding.hold, '');
  const tasks = wanted.tasks;
  const wants = `${tasks} ${isOrAre(tasks)} wanted`;
  if (withinBounds(bounds, tasks) === desired)
    return tasks > desired
      ? stay('at-maximum', `${tasks} would be needed and ${bounds.maximum} is the maximum`)
      : stay('at-minimum', `${tasks} would do and ${bounds.minimum} is the minimum`);

  const freeze = freezeOf(question);
  if (freeze !== null && (tasks < desired || freeze.ceiling === desired))
    return stay('deploying', `${wants}, and ${frozenWords(freeze)}`);

  const isOut = tasks > desired;
  const direction = isOut ? policy.out : policy.in;
  const stabilised = stabilise(memory.recommendations, { atMillis, desired, wanted: tasks }, policy);
  if (stabilised === desired)
    return stay(
      'stabilising',
      `${wants}, and ${isOut ? 'no more than' : 'no fewer than'} ${desired} were within the last ${formatSeconds(direction.stabilisationSeconds)}`,
    );

  const { cooldownSeconds } = direction;
  const lastMillis = lastStepMillis(memory);
  if (!hasPassed(lastMillis, cooldownSeconds, atMillis))
    return stay(
      'cooldown',
      `${wants}, and the last step was ${formatSeconds((atMillis - (lastMillis ?? atMillis)) / 1000)} ago (cooldown ${formatSeconds(cooldownSeconds)})`,
    );

  const to = Math.min(freeze?.ceiling ?? Number.POSITIVE_INFINITY, limitStep(policy, desired, stabilised));
  const beyond = withinBounds(bounds, to) === tasks ? [] : [`${formatTasks(tasks)} would be needed`];
  const although = freeze?.isLong
    ? [`the deployment has rolled for ${freeze.minutes} min, so tasks are added again and none removed`]
    : [];
  return {
    to,
    reason: isOut ? `above-${wanted.finding.toward}` : `below-${wanted.finding.toward}`,
    words: [...beyond, ...although].join('; '),
  };
};
