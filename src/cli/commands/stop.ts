import { Command } from 'commander';
import type { CliContext } from '../cli-context.ts';
import type { Ending } from '../exit-code.ts';
import { resolveRunReference } from '../run-reference.ts';
import { commandLine, decideStack, type StackFlags, withStack } from '../stack-reference.ts';

/** `stop ID`: asks a run to stop, from any terminal. */
export const stopCommand = (context: CliContext, end: (ending: Ending) => void): Command =>
  withStack(
    new Command('stop')
      .description('Stop a run and keep what it measured.')
      .argument('<run>', 'the run\'s id, its beginning, or "last"'),
  ).action(async (reference: string, flags: StackFlags) => {
    const { api, stack } = await context.openApp(decideStack(flags, context.env));
    const runId = await resolveRunReference(api, reference, stack);
    await api.stop(runId, 'by the stop command');
    const look = commandLine(context.invocation, `show ${runId}`, stack);
    context.stdout.write(`Asked run ${runId} to stop. Its summary: ${look}\n`);
    end({ kind: 'done' });
  });
