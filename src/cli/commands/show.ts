import { Command } from 'commander';
import { type CliContext, columnsOf, wantsColour } from '../cli-context.ts';
import type { Ending } from '../exit-code.ts';
import { renderProgress } from '../render/render-progress.ts';
import { reportSummary } from '../report-summary.ts';
import { resolveRunReference } from '../run-reference.ts';
import { commandLine, decideStack, type StackFlags, withStack } from '../stack-reference.ts';

interface ShowFlags extends StackFlags {
  readonly json: boolean;
}

/** `show ID`: the summary of a run that ended, or how a running one is doing. */
export const showCommand = (context: CliContext, end: (ending: Ending) => void): Command =>
  withStack(
    new Command('show')
      .description('Show the summary of a run, or how it is doing while it runs.')
      .argument('<run>', 'the run\'s id, its beginning, or "last"')
      .option('--json', 'print it as one JSON document', false),
  ).action(async (reference: string, flags: ShowFlags) => {
    const { stdout, env, invocation } = context;
    const { api, stack } = await context.openApp(decideStack(flags, env));
    const runId = await resolveRunReference(api, reference, stack);
    const summary = await api.summary(runId);
    if (summary !== undefined) {
      reportSummary(context, summary, flags.json ? 'json' : 'text', { stack });
    } else {
      const progress = await api.progress(runId);
      const layout = { columns: columnsOf(stdout), colour: wantsColour(stdout, env) };
      const follow = commandLine(invocation, `watch ${runId}`, stack);
      const text = `${renderProgress(progress, layout)}\n\nStill running; follow it: ${follow}`;
      stdout.write(`${flags.json ? JSON.stringify(progress, undefined, 2) : text}\n`);
    }
    end({ kind: 'done' });
  });
