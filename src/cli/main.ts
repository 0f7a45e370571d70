import { CommanderError } from 'commander';
import type { CliContext } from './cli-context.ts';
import { describeError } from './describe-error.ts';
import { type Ending, exitCodeOf } from './exit-code.ts';
import { processContext } from './process-context.ts';
import { buildProgram } from './program.ts';

const closeLimitMillis = 5000;

/** Runs one command line, without the program's own name, and returns its exit code. Never rejects. */
export const main = async (
  args: readonly string[] = process.argv.slice(2),
  context: CliContext = processContext(),
): Promise<number> => {
  const ending = await perform(args, context);
  // Commander has printed its own errors.
  if (ending.kind === 'error' && !(ending.error instanceof CommanderError)) {
    context.stderr.write(describeError(ending.error, context.env));
  }
  return exitCodeOf(ending);
};

const perform = async (args: readonly string[], context: CliContext): Promise<Ending> => {
  let ending: Ending = { kind: 'done' };
  try {
    const program = buildProgram(context, (reported) => {
      ending = reported;
    });
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    ending = { kind: 'error', error };
  }
  try {
    await context.closeApp(closeLimitMillis);
  } catch (error) {
    if (ending.kind !== 'error') ending = { kind: 'error', error };
  }
  return ending;
};
