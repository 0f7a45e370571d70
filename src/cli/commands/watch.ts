import { Command } from 'commander';
import type { CliContext } from '../cli-context.ts';
import type { Ending } from '../exit-code.ts';
import { followRun, localFollowPace, stackFollowPace } from '../follow-run.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { openProgressDisplay } from '../progress-display.ts';
import { reportSummary } from '../report-summary.ts';
import { resolveRunReference } from '../run-reference.ts';
import {
  commandLine,
  decideStack,
  type StackFlags,
  type StackReference,
  withStack,
} from '../stack-reference.ts';

const watch = async (
  context: CliContext,
  reference: string,
  place: StackReference | undefined,
): Promise<Ending> => {
  const { api, stack } = await context.openApp(place);
  const { stderr, invocation } = context;
  const runId = await resolveRunReference(api, reference, stack);
  // Leaving is all that Ctrl-C does here, so there is nothing to be patient for.
  const interrupts = listenForInterrupts(context, 0);
  const hint = 'Ctrl-C leaves; the run goes on';
  const display = await openProgressDisplay(context, { json: false, quiet: false, hint });
  const pace = stack === undefined ? localFollowPace : stackFollowPace;
  try {
    const followed = await followRun({ context, api, runId, display, interrupts, pace }, () =>
      Promise.resolve(),
    );
    display.close();
    if (followed.kind === 'abandoned') {
      stderr.write(`The run goes on. Stop it: ${commandLine(invocation, `stop ${runId}`, stack)}\n`);
      return { kind: 'interrupted' };
    }
    reportSummary(context, followed.summary, 'text', { stack });
    return { kind: 'run', summary: followed.summary };
  } finally {
    display.close();
    interrupts.close();
  }
};

/** `watch [ID]`: follows a run that was started elsewhere, and ends with its outcome's exit code. */
export const watchCommand = (context: CliContext, end: (ending: Ending) => void): Command =>
  withStack(
    new Command('watch')
      .description('Follow a run until it ends; leaving does not stop it.')
      .argument('[run]', 'the run\'s id, its beginning, or "last"', 'last'),
  ).action(async (reference: string, flags: StackFlags) =>
    end(await watch(context, reference, decideStack(flags, context.env))),
  );
