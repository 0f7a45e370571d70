import { BadInputError } from '../errors.ts';
import type { NewSchedule } from '../platform/ports/schedule-api.ts';

export interface ScheduleFlags {
  readonly cron?: string;
  readonly rate?: string;
  readonly timezone?: string;
  readonly name?: string;
}

const cronExample = '--cron "30 6 ? * MON-FRI *" is half past six on workdays';
const schedulableName = /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}$/;

/** The plan's name in the letters that a schedule's may have. */
const nameOfPlan = (planName: string): string =>
  planName
    .replace(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/^[.-]+|-+$/g, '')
    .slice(0, 64);

const requireCron = (text: string): string => {
  const fields = text.trim().split(/\s+/);
  if (fields.length === 5)
    throw new BadInputError(
      `--cron: "${text}" has five fields, and EventBridge has six: minutes, hours, day of month, month, day of week, year, with ? for one of the days; ${cronExample}`,
    );
  if (fields.length !== 6 || !/^[A-Za-z0-9*?,/#-]+$/.test(fields.join('')))
    throw new BadInputError(`--cron: "${text}" is no expression of six fields; ${cronExample}`);
  if (fields[2] !== '?' && fields[4] !== '?')
    throw new BadInputError(
      `--cron: "${text}" says both the day of the month and the day of the week: one of them has to be ?; ${cronExample}`,
    );
  return `cron(${fields.join(' ')})`;
};

const requireRate = (text: string): string => {
  const match = /^([1-9]\d*) (minute|hour|day)s?$/.exec(text.trim());
  if (match === null)
    throw new BadInputError(`--rate: "${text}" is no interval such as "15 minutes", "1 hour" or "7 days"`);
  const count = Number(match[1]);
  // EventBridge has "1 day" and "2 days", and nothing else.
  return `rate(${count} ${match[2]}${count === 1 ? '' : 's'})`;
};

const requireTimezone = (timezone: string): string => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
    return timezone;
  } catch (cause) {
    throw new BadInputError(`--timezone: "${timezone}" is no time zone such as Europe/Berlin`, { cause });
  }
};

/** Throws `BadInput` for what can't be the name of a schedule; `place` is where it was written. */
export const requireScheduleName = (name: string, place: string): string => {
  if (schedulableName.test(name)) return name;
  throw new BadInputError(
    `${place}: "${name}" can't be the name of a schedule: up to 64 letters, digits, -, _ and ., not beginning with a dot`,
  );
};

/** The schedule that is meant. Throws `BadInput`. The scheduler knows in the end whether its expression can ever hold. */
export const decideSchedule = (flags: ScheduleFlags, planName: string): NewSchedule => {
  const { cron, rate, timezone = 'UTC' } = flags;
  if ((cron === undefined) === (rate === undefined))
    throw new BadInputError(
      `a schedule needs --cron or --rate, one of them: ${cronExample}, --rate "1 day" is every 24 hours`,
    );
  const name = nameOfPlan(planName);
  if (flags.name === undefined && !schedulableName.test(name))
    throw new BadInputError(`no schedule can be named after the plan "${planName}": give --name`);
  return {
    name: flags.name === undefined ? name : requireScheduleName(flags.name, '--name'),
    expression: cron === undefined ? requireRate(rate ?? '') : requireCron(cron),
    timezone: requireTimezone(timezone),
  };
};
