import { Command } from 'commander';
import { BadInputError, PlanRefusedError } from '../../errors.ts';
import type { ScheduleApi } from '../../platform/ports/schedule-api.ts';
import { type CliContext, columnsOf, wantsColour } from '../cli-context.ts';
import { decideSchedule, requireScheduleName, type ScheduleFlags } from '../decide-schedule.ts';
import type { Ending } from '../exit-code.ts';
import { sayRefused } from '../perform-run.ts';
import { type PlanFlags, planRequest, withPlan } from '../plan-arguments.ts';
import { renderSchedules } from '../render/render-schedules.ts';
import {
  commandLine,
  requireStack,
  type StackFlags,
  type StackReference,
  withStack,
} from '../stack-reference.ts';

type Flags = PlanFlags & ScheduleFlags & StackFlags;

const schedulesOf = async (context: CliContext, place: StackReference): Promise<ScheduleApi> => {
  const { stack } = await context.openApp(place);
  if (stack === undefined) throw new BadInputError(`the stack ${place.name} keeps no schedules`);
  return stack.schedules;
};

const schedule = async (context: CliContext, file: string, flags: Flags): Promise<Ending> => {
  const stack = requireStack(flags, context.env);
  const { loadPlan } = await import('../load-plan.ts');
  const loaded = await loadPlan(planRequest(file, flags), context.cwd, {
    resolveNames: false,
    targets: 'stack',
  });
  if (loaded.kind === 'refused') {
    context.stderr.write(`${loaded.report.trimEnd()}\n`);
    return { kind: 'refused' };
  }
  const wanted = decideSchedule(flags, loaded.plan.name);
  const schedules = await schedulesOf(context, stack);
  try {
    await schedules.put(wanted, loaded);
  } catch (error) {
    if (error instanceof PlanRefusedError) return sayRefused(context, error, stack);
    throw error;
  }
  const { name, expression, timezone } = wanted;
  const remove = commandLine(context.invocation, `unschedule ${name}`, stack);
  context.stdout.write(
    `The stack ${stack.name} runs ${file} by ${expression}, ${timezone}, as schedule ${name}. Remove it: ${remove}\n`,
  );
  return { kind: 'done' };
};

/** `schedule PLAN`: lets a stack start runs of a plan by the clock. */
export const scheduleCommand = (context: CliContext, end: (ending: Ending) => void): Command =>
  withStack(
    withPlan(new Command('schedule').description('Let a stack run a plan by the clock.'))
      .option('--cron <expression>', 'when, in the six fields of EventBridge: "30 6 ? * MON-FRI *"')
      .option('--rate <interval>', 'how often: "15 minutes", "1 hour", "7 days"')
      .option('--timezone <zone>', 'whose clock, such as Europe/Berlin; UTC when left out')
      .option('--name <name>', "the schedule's name instead of the plan's; one of that name is replaced"),
  ).action(async (file: string, flags: Flags) => end(await schedule(context, file, flags)));

/** `schedules`: lists the schedules of a stack. */
export const schedulesCommand = (context: CliContext, end: (ending: Ending) => void): Command =>
  withStack(
    new Command('schedules')
      .description('List the schedules of a stack.')
      .option('--json', 'print them as one JSON array', false),
  ).action(async (flags: StackFlags & { readonly json: boolean }) => {
    const { stdout, env } = context;
    const stack = requireStack(flags, env);
    const schedules = await (await schedulesOf(context, stack)).list();
    if (flags.json) stdout.write(`${JSON.stringify(schedules, undefined, 2)}\n`);
    else if (schedules.length === 0) stdout.write(`The stack ${stack.name} has no schedules.\n`);
    else {
      const layout = { columns: columnsOf(stdout), colour: wantsColour(stdout, env) };
      stdout.write(`${renderSchedules(schedules, layout)}\n`);
    }
    end({ kind: 'done' });
  });

/** `unschedule NAME`: removes a schedule; runs that it started go on. */
export const unscheduleCommand = (context: CliContext, end: (ending: Ending) => void): Command =>
  withStack(
    new Command('unschedule')
      .description('Remove a schedule of a stack; runs that it started go on.')
      .argument('<name>', "the schedule's name"),
  ).action(async (name: string, flags: StackFlags) => {
    const stack = requireStack(flags, context.env);
    requireScheduleName(name, 'unschedule');
    if (!(await (await schedulesOf(context, stack)).delete(name))) {
      const list = commandLine(context.invocation, 'schedules', stack);
      throw new BadInputError(`the stack ${stack.name} has no schedule "${name}"; see ${list}`);
    }
    context.stdout.write(`Removed the schedule ${name}.\n`);
    end({ kind: 'done' });
  });
