import { Command } from 'commander';
import type { CliContext } from '../cli-context.ts';
import type { Ending } from '../exit-code.ts';
import { resolveRunReference } from '../run-reference.ts';

/** `stop ID`: asks a run to stop, from any terminal. */
export const stopCommand = (context: CliContext, end: (ending: Ending) => void): Command =>
  new Command('stop')
    .description('Stop a run and keep what it measured.')
    .argument('<run>', 'the run\'s id, its beginning, or "last"')
    .action(async (reference: string) => {
      const { api } = await context.openApp();
      const runId = await resolveRunReference(api, reference);
      await api.stop(runId, 'by the stop command');
      context.stdout.write(`Asked run ${runId} to stop. Its summary: ${context.invocation} show ${runId}\n`);
      end({ kind: 'done' });
    });
