import type { RunApi, StartRequest } from '../platform/ports/run-api.ts';
import type { RunSummary } from '../run/summary.ts';
import type { CliContext } from './cli-context.ts';
import type { Ending } from './exit-code.ts';
import { followRun } from './follow-run.ts';
import { listenForInterrupts } from './interrupts.ts';
import type { PlanRequest } from './load-plan.ts';
import { openProgressDisplay } from './progress-display.ts';
import { reportSummary, type SummaryForm } from './report-summary.ts';

/** Together with the closing of the app below this stays under five seconds after the first Ctrl-C. */
const patienceMillis = 4300;
const abandonedCloseMillis = 400;

export interface RunOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  /** What to say after the summary instead of the usual. */
  readonly next?: (summary: RunSummary) => readonly string[];
}

const summaryForm = (options: { readonly json: boolean; readonly quiet: boolean }): SummaryForm => {
  if (options.json) return 'json';
  return options.quiet ? 'line' : 'text';
};

/** Loads the plan, runs it, shows it while it runs, and reports what came of it. Ctrl-C stops the run. */
export const performRun = async (
  context: CliContext,
  request: PlanRequest,
  options: RunOptions,
): Promise<Ending> => {
  const { loadPlan } = await import('./load-plan.ts');
  const loaded = await loadPlan(request, context.cwd, { resolveNames: true });
  if (loaded.kind === 'refused') {
    context.stderr.write(`${loaded.report.trimEnd()}\n`);
    return { kind: 'refused' };
  }
  const { api } = await context.openApp();
  return runToEnd(context, api, { plan: loaded.plan, uploads: loaded.uploads }, options);
};

/** Starts a run of a loaded plan and stays with it. */
export const runToEnd = async (
  context: CliContext,
  api: RunApi,
  start: StartRequest,
  options: RunOptions,
): Promise<Ending> => {
  const interrupts = listenForInterrupts(context, patienceMillis);
  const display = await openProgressDisplay(context, {
    ...options,
    hint: 'Ctrl-C stops the run and keeps what was measured',
  });
  try {
    const { runId } = await api.start(start);
    const followed = await followRun(context, api, runId, display, interrupts, async () => {
      display.note('Stopping the run; Ctrl-C again to leave at once.');
      await stopRun(context, api, runId);
    });
    display.close();
    if (followed.kind === 'abandoned') {
      context.stderr.write(
        `Left run ${runId} before its summary was ready; what it measured is in ${context.home}.\n`,
      );
      await context.closeApp(abandonedCloseMillis);
      return { kind: 'interrupted' };
    }
    const { summary } = followed;
    reportSummary(context, summary, summaryForm(options), options.next?.(summary));
    return followed.interrupted ? { kind: 'interrupted' } : { kind: 'run', summary };
  } finally {
    display.close();
    interrupts.close();
  }
};

const stopAttempts = 20;
const stopRetryMillis = 200;

/** Right after its start a run isn't planned yet and can't be stopped; it may also end by itself meanwhile. */
const stopRun = async (context: CliContext, api: RunApi, runId: string): Promise<void> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await api.stop(runId, 'interrupted');
    } catch (error) {
      const name = error instanceof Error ? error.name : '';
      if (name === 'RunAlreadyEnded') return;
      const passing = name === 'RunNotPlanned' || name === 'StoreUnavailable';
      if (!passing || attempt === stopAttempts) throw error;
      await context.sleep(stopRetryMillis);
    }
  }
};
