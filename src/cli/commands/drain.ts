import { Command } from 'commander';
import { BadInputError } from '../../errors.ts';
import type { DrainApi } from '../../platform/ports/drain-api.ts';
import { type CliContext, columnsOf, wantsColour } from '../cli-context.ts';
import { openDrainDisplay } from '../drain-display.ts';
import { drainsOfStack, requireDrainStack } from '../drain-stack.ts';
import type { Ending } from '../exit-code.ts';
import { endingOf, followDrain } from '../follow-drain.ts';
import { parseDeadline } from '../parse-arguments.ts';
import { formatSeconds } from '../render/format-figures.ts';
import { renderDrainRecord } from '../render/render-drain-record.ts';
import { requesterOf } from '../requester-of.ts';
import { commandLine, type StackFlags, type StackReference, withStack } from '../stack-reference.ts';
import { drainCheckCommand } from './drain-check.ts';
import { drainSimulateCommand } from './drain-simulate.ts';

interface DrainFlags extends StackFlags {
  readonly deadline?: number;
  readonly cancel: boolean;
  readonly follow: boolean;
}

const instanceId = /^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/;
const drainId = /^i-[0-9a-f]{8,17}-[0-9a-z]+$/;

const decideInstance = (text: string, { cancel }: DrainFlags): string => {
  if (instanceId.test(text) || (cancel && drainId.test(text))) return text;
  throw new BadInputError(
    `drain: "${text}" is no id of an EC2 instance: "i-" and 8 or 17 hexadecimal digits (or "check", or "simulate")`,
  );
};

interface Begun {
  readonly drainId: string;
  readonly pace: 'hurried' | 'unhurried';
}

const begin = async (
  { stdout, env }: CliContext,
  api: DrainApi,
  instance: string,
  deadlineSeconds: number | null,
): Promise<Begun> => {
  const begun = await api.request({ instanceId: instance, deadlineSeconds, requestedBy: requesterOf(env) });
  const where = `${instance} of cluster ${begun.cluster}`;
  const within = deadlineSeconds === null ? 'without hurry' : `within ${formatSeconds(deadlineSeconds)}`;
  stdout.write(
    begun.created
      ? `Drains ${where} ${within}: drain ${begun.drainId}\n`
      : `A drain of ${where} is under way already${deadlineSeconds === null ? '' : '; the earlier deadline counts'}: drain ${begun.drainId}\n`,
  );
  return begun;
};

const takeBack = async (context: CliContext, api: DrainApi, reference: string): Promise<Begun> => {
  const record = await api.show(reference);
  await api.cancel(record.drainId, requesterOf(context.env));
  context.stdout.write(
    `Takes back drain ${record.drainId}: ${record.instanceId} becomes ACTIVE again. Tasks that were told to stop do stop.\n`,
  );
  return { drainId: record.drainId, pace: 'hurried' };
};

const follow = async (
  context: CliContext,
  api: DrainApi,
  begun: Begun,
  wanted: 'empty' | 'taken-back',
  stack: StackReference,
): Promise<Ending> => {
  const { stdout, stderr, env, invocation } = context;
  const display = await openDrainDisplay(context, 'Ctrl-C leaves; the drain goes on');
  const record = await followDrain(context, api, begun, display);
  if (record === undefined) {
    const look = commandLine(invocation, `drains ${begun.drainId}`, stack);
    stderr.write(`The drain goes on. See how it goes: ${look}\n`);
    return { kind: 'interrupted' };
  }
  const layout = { columns: columnsOf(stdout), colour: wantsColour(stdout, env) };
  stdout.write(`\n${renderDrainRecord(record, layout)}\n`);
  return endingOf(record, wanted);
};

const drain = async (context: CliContext, reference: string, flags: DrainFlags): Promise<Ending> => {
  const stack = requireDrainStack(flags, context.env);
  const instance = decideInstance(reference, flags);
  if (flags.cancel && flags.deadline !== undefined)
    throw new BadInputError('drain: --cancel takes a drain back and --deadline hurries it: give one of them');
  const api = await drainsOfStack(context, stack);
  const begun = await (flags.cancel
    ? takeBack(context, api, instance)
    : begin(context, api, instance, flags.deadline ?? null));
  if (flags.follow) return follow(context, api, begun, flags.cancel ? 'taken-back' : 'empty', stack);
  const look = commandLine(context.invocation, `drains ${begun.drainId}`, stack);
  context.stdout.write(`See how it goes: ${look}\n`);
  return { kind: 'done' };
};

/** `drain INSTANCE`: has an instance of a stack's clusters drained, or takes that back. */
export const drainCommand = (context: CliContext, end: (ending: Ending) => void): Command =>
  withStack(
    new Command('drain')
      .description('Empty an instance of a cluster: nothing is sent to its tasks any more, then they stop.')
      .enablePositionalOptions()
      .argument('<instance>', "the EC2 instance's id")
      .option(
        '--deadline <duration>',
        'when it is to be empty: 10m, 90s; without it there is no hurry',
        parseDeadline,
      )
      .option('--cancel', 'take a drain back: the instance gets tasks again', false)
      .option('--follow', 'show how it goes until it has ended', false),
    'clusters',
  )
    .action(async (reference: string, flags: DrainFlags) => end(await drain(context, reference, flags)))
    .addCommand(drainCheckCommand(context, end))
    .addCommand(drainSimulateCommand(context, end));
