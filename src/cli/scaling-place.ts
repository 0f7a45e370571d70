import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { BadInputError } from '../errors.ts';
import type { ScalingApi } from '../platform/ports/scaling-api.ts';
import type { CliContext } from './cli-context.ts';
import { describeReadError } from './describe-read-error.ts';
import { decideStack, type StackFlags, type StackReference } from './stack-reference.ts';

/** Policies of a stack, or those kept on this machine. */
export interface ScalingPlace {
  readonly scaling: ScalingApi;
  /** Undefined for this machine, where nothing is scaled. */
  readonly stack: StackReference | undefined;
}

export const openScaling = async (context: CliContext, flags: StackFlags): Promise<ScalingPlace> => {
  const stack = decideStack(flags, context.env);
  const app = await context.openApp(stack);
  const { scaling } = app.stack ?? app.local ?? {};
  if (scaling === undefined)
    throw new BadInputError('there is no place here where scaling policies are kept');
  return { scaling, stack };
};

/** The text of a policy's file. Throws `BadInput` naming it. */
export const readPolicyFile = async ({ cwd }: Pick<CliContext, 'cwd'>, file: string): Promise<string> => {
  try {
    return await readFile(resolve(cwd, file), 'utf8');
  } catch (error) {
    throw new BadInputError(`the policy ${file} can't be read: ${describeReadError(error)}`, {
      cause: error,
    });
  }
};

/** Said wherever somebody might believe that this machine scales a cluster. */
export const nothingIsScaledHere =
  'Kept on this machine, where nothing is scaled: try it with "scaling simulate", or give --stack NAME.';
