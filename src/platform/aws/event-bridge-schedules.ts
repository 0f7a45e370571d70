import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  DeleteScheduleCommand,
  GetScheduleCommand,
  paginateListSchedules,
  type SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { BadInputError, PlatformRefusedError, ServiceUnavailableError } from '../../errors.ts';
import type { RunSchedule, RunSchedules } from '../ports/run-schedules.ts';
import { classifyAwsFailure } from './aws-failure.ts';
import { planOfScheduleInput, writeScheduleInput } from './schedule-input.ts';

export interface ScheduleTarget {
  /** Schedules of one deployment are a group. */
  readonly group: string;
  /** The function that starts a scheduled run, and the role that may invoke it. */
  readonly functionArn: string;
  readonly roleArn: string;
  /** Where invocations go that came to nothing. */
  readonly queueArn: string;
}

/** A run that starts late by more than this is not the run that was scheduled: better missed, and in the queue. */
const mostSecondsLate = 3600;

/** GetSchedule calls at once; the account's quota is 1,000 a second. */
const mostAtOnce = 8;

/** Runs by the clock of EventBridge Scheduler: to the minute, at least once. */
export class EventBridgeSchedules implements RunSchedules {
  readonly #client: SchedulerClient;
  readonly #target: ScheduleTarget;

  constructor(client: SchedulerClient, target: ScheduleTarget) {
    this.#client = client;
    this.#target = target;
  }

  async put(schedule: RunSchedule): Promise<void> {
    const input = this.#inputOf(schedule);
    try {
      // Two callers at once: the one that creates too late updates.
      if (await this.#updated(input)) return;
      if (await this.#created(input)) return;
      if (await this.#updated(input)) return;
    } catch (cause) {
      if (classifyAwsFailure(cause).name === 'ValidationException') throw notUnderstood(schedule, cause);
      throw describeFailure(`store schedule ${schedule.name}`, cause);
    }
    throw new ServiceUnavailableError(
      `Schedule ${schedule.name} is being deleted while it is stored. Try again in a moment.`,
    );
  }

  async list(): Promise<readonly RunSchedule[]> {
    try {
      const names = await this.#names();
      const found: (RunSchedule | undefined)[] = [];
      for (let i = 0; i < names.length; i += mostAtOnce) {
        found.push(...(await Promise.all(names.slice(i, i + mostAtOnce).map((name) => this.#find(name)))));
      }
      return found
        .filter((schedule) => schedule !== undefined)
        .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
    } catch (cause) {
      throw describeFailure('list the schedules', cause);
    }
  }

  async delete(name: string): Promise<boolean> {
    try {
      return await isThere(() =>
        this.#client.send(new DeleteScheduleCommand({ Name: name, GroupName: this.#target.group })),
      );
    } catch (cause) {
      throw describeFailure(`delete schedule ${name}`, cause);
    }
  }

  #inputOf(schedule: RunSchedule): CreateScheduleCommandInput {
    return {
      Name: schedule.name,
      GroupName: this.#target.group,
      ScheduleExpression: schedule.expression,
      ScheduleExpressionTimezone: schedule.timezone,
      FlexibleTimeWindow: { Mode: 'OFF' },
      State: schedule.enabled ? 'ENABLED' : 'DISABLED',
      Target: {
        Arn: this.#target.functionArn,
        RoleArn: this.#target.roleArn,
        Input: writeScheduleInput(schedule.name, schedule.plan),
        RetryPolicy: { MaximumEventAgeInSeconds: mostSecondsLate, MaximumRetryAttempts: 10 },
        DeadLetterConfig: { Arn: this.#target.queueArn },
      },
    };
  }

  #updated(input: CreateScheduleCommandInput): Promise<boolean> {
    return isThere(() => this.#client.send(new UpdateScheduleCommand(input)));
  }

  /** False when there is one of that name by now. */
  async #created(input: CreateScheduleCommandInput): Promise<boolean> {
    try {
      await this.#client.send(new CreateScheduleCommand(input));
      return true;
    } catch (error) {
      if (classifyAwsFailure(error).name === 'ConflictException') return false;
      throw error;
    }
  }

  async #names(): Promise<readonly string[]> {
    const pages = paginateListSchedules(
      { client: this.#client, pageSize: 100 },
      { GroupName: this.#target.group },
    );
    const names: string[] = [];
    for await (const page of pages) {
      for (const { Name } of page.Schedules ?? []) if (Name !== undefined) names.push(Name);
    }
    return names;
  }

  /** Undefined when it was deleted since it was listed, or starts something else. */
  async #find(name: string): Promise<RunSchedule | undefined> {
    try {
      const found = await this.#client.send(
        new GetScheduleCommand({ Name: name, GroupName: this.#target.group }),
      );
      const plan = planOfScheduleInput(found.Target?.Input);
      if (plan === undefined) return undefined;
      return {
        name,
        expression: found.ScheduleExpression ?? '',
        timezone: found.ScheduleExpressionTimezone ?? 'UTC',
        enabled: found.State !== 'DISABLED',
        plan,
      };
    } catch (error) {
      if (classifyAwsFailure(error).name === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  }
}

const isThere = async (call: () => Promise<unknown>): Promise<boolean> => {
  try {
    await call();
    return true;
  } catch (error) {
    if (classifyAwsFailure(error).name === 'ResourceNotFoundException') return false;
    throw error;
  }
};

const notUnderstood = (schedule: RunSchedule, cause: unknown): BadInputError =>
  new BadInputError(
    `Schedule ${schedule.name}: EventBridge Scheduler does not take "${schedule.expression}" in time zone "${schedule.timezone}" (${classifyAwsFailure(cause).text}). Write cron(0 6 ? * MON-FRI *), rate(1 hour) or at(2027-01-31T06:00:00), and a time zone such as Europe/Berlin.`,
    { cause },
  );

const describeFailure = (action: string, cause: unknown): ServiceUnavailableError | PlatformRefusedError => {
  const failure = classifyAwsFailure(cause);
  return failure.kind === 'passing'
    ? new ServiceUnavailableError(`Could not ${action}: ${failure.text}. Try again in a moment.`, { cause })
    : new PlatformRefusedError(
        `Could not ${action}: EventBridge Scheduler refuses it (${failure.text}). Check the schedule group, and that the role may use it.`,
        { cause },
      );
};
