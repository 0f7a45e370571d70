import { PlanRefusedError } from '../errors.ts';
import type { RunApi, StartRequest } from '../platform/ports/run-api.ts';
import type { RunSummary } from '../run/summary.ts';
import type { CliContext, CliStack } from './cli-context.ts';
import type { Ending } from './exit-code.ts';
import { followRun, localFollowPace, stackFollowPace } from './follow-run.ts';
import { listenForInterrupts } from './interrupts.ts';
import type { PlanRequest } from './load-plan.ts';
import { openProgressDisplay } from './progress-display.ts';
import { reportSummary, type SummaryForm } from './report-summary.ts';
import { commandLine, type StackReference } from './stack-reference.ts';
import { localStopPersistence, stackStopPersistence, stopRun } from './stop-run.ts';

/** Together with the closing of the app below this stays under five seconds after the first Ctrl-C. */
const patienceMillis = 4300;
const abandonedCloseMillis = 400;
/** A stack takes a change, an observation and a merge to stop a run; nothing is lost by waiting or by leaving. */
const stackPatienceMillis = 180_000;

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
  stack?: StackReference,
): Promise<Ending> => {
  const { loadPlan } = await import('./load-plan.ts');
  const place = stack === undefined ? 'project' : 'stack';
  const loaded = await loadPlan(request, context.cwd, { resolveNames: stack === undefined, targets: place });
  if (loaded.kind === 'refused') {
    context.stderr.write(`${loaded.report.trimEnd()}\n`);
    return { kind: 'refused' };
  }
  const app = await context.openApp(stack);
  try {
    return await runToEnd(context, app.api, loaded, options, app.stack);
  } catch (error) {
    if (!(error instanceof PlanRefusedError)) throw error;
    return sayRefused(context, error, stack);
  }
};

/** A stack refuses a plan by its problems, which are printed as those of this machine are, or by what stands in the way. */
export const sayRefused = async (
  context: CliContext,
  { problems, message }: PlanRefusedError,
  stack: StackReference | undefined,
): Promise<Ending> => {
  const { refusalReport } = await import('./report-refusal.ts');
  const report = problems.length === 0 ? message : refusalReport(problems, stack);
  context.stderr.write(`${report.trimEnd()}\n`);
  return { kind: 'refused' };
};

/** Starts a run of a loaded plan and stays with it. */
export const runToEnd = async (
  context: CliContext,
  api: RunApi,
  start: StartRequest,
  options: RunOptions,
  stack?: CliStack,
): Promise<Ending> => {
  const interrupts = listenForInterrupts(context, stack === undefined ? patienceMillis : stackPatienceMillis);
  const display = await openProgressDisplay(context, {
    ...options,
    hint: 'Ctrl-C stops the run and keeps what was measured',
  });
  let runId: string | undefined;
  try {
    const started = await Promise.race([api.start(start), interrupts.overdue]);
    if (started === undefined) return leaveUnstarted(context, stack);
    runId = started.runId;
    const followed = await followInForeground({ context, api, runId, display, interrupts, stack });
    display.close();
    if (followed.kind === 'abandoned') return await abandon(context, runId, followed.stopAsked, stack);
    const { summary } = followed;
    reportSummary(context, summary, summaryForm(options), { stack, next: options.next?.(summary) });
    return followed.interrupted ? { kind: 'interrupted' } : { kind: 'run', summary };
  } catch (error) {
    display.close();
    if (stack !== undefined && runId !== undefined) sayHowToComeBack(context, runId, stack);
    throw error;
  } finally {
    display.close();
    interrupts.close();
  }
};

interface Foreground extends Omit<Parameters<typeof followRun>[0], 'pace'> {
  readonly stack: CliStack | undefined;
}

const followInForeground = async ({ stack, ...poll }: Foreground) => {
  const { context, api, runId, display } = poll;
  let stopAsked = false;
  const pace = stack === undefined ? localFollowPace : stackFollowPace;
  const followed = await followRun({ ...poll, pace }, async () => {
    display.note(
      stack === undefined
        ? 'Stopping the run; Ctrl-C again to leave at once.'
        : 'Stopping the run on the stack; Ctrl-C again leaves without waiting for it.',
    );
    await stopRun(context, api, runId, stack === undefined ? localStopPersistence : stackStopPersistence);
    stopAsked = true;
  });
  return { ...followed, stopAsked };
};

/** On this machine a run ends with the command; on a stack it goes its own way. */
const abandon = async (
  context: CliContext,
  runId: string,
  stopAsked: boolean,
  stack: CliStack | undefined,
): Promise<Ending> => {
  const { stderr, invocation } = context;
  if (stack === undefined)
    stderr.write(`Left run ${runId} before its summary was ready; what it measured is in ${context.home}.\n`);
  else if (stopAsked)
    stderr.write(
      `Left run ${runId}, which is stopping on the stack. Its summary: ${commandLine(invocation, `show ${runId}`, stack)}\n`,
    );
  else
    stderr.write(
      `Left run ${runId} before the stack knew that it should stop. Stop it: ${commandLine(invocation, `stop ${runId}`, stack)}\n`,
    );
  await context.closeApp(abandonedCloseMillis);
  return { kind: 'interrupted' };
};

const leaveUnstarted = (context: CliContext, stack: CliStack | undefined): Ending => {
  context.stderr.write(
    `Left before the run had an id; it may have been started all the same: ${commandLine(context.invocation, 'runs', stack)}\n`,
  );
  return { kind: 'interrupted' };
};

const sayHowToComeBack = ({ stderr, invocation }: CliContext, runId: string, stack: StackReference): void => {
  stderr.write(
    `Run ${runId} does not depend on this command. Come back to it: ${commandLine(invocation, `watch ${runId}`, stack)}\n`,
  );
};
