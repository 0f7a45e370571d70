import type { Command } from 'commander';
import { BadInputError } from '../errors.ts';
import type { CliContext } from './cli-context.ts';

/** A deployed stack, as the user names it. */
export interface StackReference {
  readonly name: string;
  /** As AWS clients find it when left out. */
  readonly region?: string;
}

export interface StackFlags {
  readonly stack?: string;
  readonly region?: string;
}

/** Lets a command work on the runs of a stack, or on what else of it is meant. */
export const withStack = (command: Command, meant = 'runs'): Command =>
  command
    .option('--stack <name>', `a deployed stack, whose ${meant} are meant (or set STORMDRAIN_STACK)`)
    .option('--region <region>', "the stack's AWS region, if not the one of your AWS settings");

/** CloudFormation's rule; also an ARN. */
const stackName = /^([A-Za-z][A-Za-z0-9-]{0,127}|arn:[\w:/-]+)$/;
const regionName = /^[a-z]{2,}(-[a-z]+)+-\d+$/;

/** The stack that is meant; undefined for this machine. Throws `BadInput`. */
export const decideStack = (flags: StackFlags, env: CliContext['env']): StackReference | undefined => {
  const [name, source] =
    flags.stack === undefined ? [env.STORMDRAIN_STACK ?? '', 'STORMDRAIN_STACK'] : [flags.stack, '--stack'];
  if (name === '') {
    if (flags.stack !== undefined) throw new BadInputError('--stack needs the name of a deployed stack');
    if (flags.region !== undefined)
      throw new BadInputError('--region is where a stack is: give --stack NAME too');
    return undefined;
  }
  if (!stackName.test(name))
    throw new BadInputError(
      `${source}: "${name}" can't be the name of a stack: it begins with a letter, and has letters, digits and -`,
    );
  const { region } = flags;
  if (region === undefined) return { name };
  if (!regionName.test(region))
    throw new BadInputError(`--region: "${region}" is no AWS region, such as eu-central-1`);
  return { name, region };
};

/** Throws `BadInput` with `otherwise` when no stack is named. */
export const requireStack = (
  flags: StackFlags,
  env: CliContext['env'],
  otherwise = 'schedules are kept by a stack: give --stack NAME (this machine starts runs only when told to)',
): StackReference => {
  const stack = decideStack(flags, env);
  if (stack !== undefined) return stack;
  throw new BadInputError(otherwise);
};

/** What a command that is shown to be typed needs at its end, with a space before it. */
export const stackArguments = (stack: StackReference | undefined): string => {
  if (stack === undefined) return '';
  const region = stack.region === undefined ? '' : ` --region ${stack.region}`;
  return ` --stack ${stack.name}${region}`;
};

/** A command to be typed by the user: `npx stormdrain show last --stack load`. */
export const commandLine = (invocation: string, words: string, stack: StackReference | undefined): string =>
  `${invocation} ${words}${stackArguments(stack)}`;
