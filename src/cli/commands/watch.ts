import { Command } from 'commander';
import type { CliContext } from '../cli-context.ts';
import type { Ending } from '../exit-code.ts';
import { followRun } from '../follow-run.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { openProgressDisplay } from '../progress-display.ts';
import { reportSummary } from '../report-summary.ts';
import { resolveRunReference } from '../run-reference.ts';

const watch = async (context: CliContext, reference: string): Promise<Ending> => {
  const { api } = await context.openApp();
  const runId = await resolveRunReference(api, reference);
  // Leaving is all that Ctrl-C does here, so there is nothing to be patient for.
  const interrupts = listenForInterrupts(context, 0);
  const display = await openProgressDisplay(context, {
    json: false,
    quiet: false,
    hint: 'Ctrl-C leaves; the run goes on',
  });
  try {
    const followed = await followRun(context, api, runId, display, interrupts, () => Promise.resolve());
    display.close();
    if (followed.kind === 'abandoned') {
      context.stderr.write(`The run goes on. Stop it: ${context.invocation} stop ${runId}\n`);
      return { kind: 'interrupted' };
    }
    reportSummary(context, followed.summary, 'text');
    return { kind: 'run', summary: followed.summary };
  } finally {
    display.close();
    interrupts.close();
  }
};

/** `watch [ID]`: follows a run that was started elsewhere, and ends with its outcome's exit code. */
export const watchCommand = (context: CliContext, end: (ending: Ending) => void): Command =>
  new Command('watch')
    .description('Follow a run until it ends; leaving does not stop it.')
    .argument('[run]', 'the run\'s id, its beginning, or "last"', 'last')
    .action(async (reference: string) => end(await watch(context, reference)));
