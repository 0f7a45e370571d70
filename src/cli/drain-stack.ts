import { BadInputError } from '../errors.ts';
import type { DrainApi } from '../platform/ports/drain-api.ts';
import type { CliContext } from './cli-context.ts';
import { requireStack, type StackFlags, type StackReference } from './stack-reference.ts';

/** The stack whose clusters are meant. Throws `BadInput` when none is named. */
export const requireDrainStack = (flags: StackFlags, env: CliContext['env']): StackReference =>
  requireStack(
    flags,
    env,
    'clusters are looked after by a stack: give --stack NAME (on this machine there is "drain simulate")',
  );

export const drainsOfStack = async (context: CliContext, place: StackReference): Promise<DrainApi> => {
  const { stack } = await context.openApp(place);
  if (stack === undefined) throw new BadInputError(`the stack ${place.name} looks after no clusters`);
  return stack.drains;
};
