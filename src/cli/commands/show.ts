import { Command } from 'commander';
import { type CliContext, columnsOf, wantsColour } from '../cli-context.ts';
import type { Ending } from '../exit-code.ts';
import { renderProgress } from '../render/render-progress.ts';
import { reportSummary } from '../report-summary.ts';
import { resolveRunReference } from '../run-reference.ts';

/** `show ID`: the summary of a run that ended, or how a running one is doing. */
export const showCommand = (context: CliContext, end: (ending: Ending) => void): Command =>
  new Command('show')
    .description('Show the summary of a run, or how it is doing while it runs.')
    .argument('<run>', 'the run\'s id, its beginning, or "last"')
    .option('--json', 'print it as one JSON document', false)
    .action(async (reference: string, flags: { readonly json: boolean }) => {
      const { stdout, env, invocation } = context;
      const { api } = await context.openApp();
      const runId = await resolveRunReference(api, reference);
      const summary = await api.summary(runId);
      if (summary !== undefined) {
        reportSummary(context, summary, flags.json ? 'json' : 'text');
      } else {
        const progress = await api.progress(runId);
        const layout = { columns: columnsOf(stdout), colour: wantsColour(stdout, env) };
        const text = `${renderProgress(progress, layout)}\n\nStill running; follow it: ${invocation} watch ${runId}`;
        stdout.write(`${flags.json ? JSON.stringify(progress, undefined, 2) : text}\n`);
      }
      end({ kind: 'done' });
    });
