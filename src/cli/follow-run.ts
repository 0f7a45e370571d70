import type { RunApi } from '../platform/ports/run-api.ts';
import type { RunSummary } from '../run/summary.ts';
import type { CliContext } from './cli-context.ts';
import type { Interrupts } from './interrupts.ts';
import type { ProgressDisplay } from './progress-display.ts';

const pollMillis = 500;
/** While the user waits for the end. */
const impatientPollMillis = 100;
/** A store that can't be read for a moment is no reason to let go of a run. */
const failuresTolerated = 20;

const isPassing = (error: unknown): boolean => error instanceof Error && error.name === 'StoreUnavailable';

/** Shows progress until the run's summary is there. Undefined when `ended` was aborted before. */
const pollUntilSummary = async (
  context: CliContext,
  api: RunApi,
  runId: string,
  display: ProgressDisplay,
  interrupts: Interrupts,
  ended: AbortSignal,
): Promise<RunSummary | undefined> => {
  let failures = 0;
  while (!ended.aborted) {
    try {
      const summary = await api.summary(runId);
      if (summary !== undefined) return summary;
      const progress = await api.progress(runId);
      if (!ended.aborted) display.show(progress);
      failures = 0;
    } catch (error) {
      failures += 1;
      if (!isPassing(error) || failures > failuresTolerated) throw error;
    }
    if (interrupts.signal.aborted) await context.sleep(impatientPollMillis, ended);
    else await context.sleep(pollMillis, interrupts.signal);
  }
  return undefined;
};

/** How following a run came to its end. */
export type Followed =
  | { readonly kind: 'ended'; readonly summary: RunSummary; readonly interrupted: boolean }
  /** The user was not willing to wait for the summary. */
  | { readonly kind: 'abandoned' };

/**
 * Follows a run to its summary. At an interrupt, `onInterrupted` is called (it may stop the run), and following goes
 * on until the interrupt is overdue.
 */
export const followRun = async (
  context: CliContext,
  api: RunApi,
  runId: string,
  display: ProgressDisplay,
  interrupts: Interrupts,
  onInterrupted: () => Promise<void>,
): Promise<Followed> => {
  const ended = new AbortController();
  const failed = new Promise<never>((_, reject) => {
    void interrupts.asked.then(() => (ended.signal.aborted ? undefined : onInterrupted().catch(reject)));
  });
  try {
    const summary = await Promise.race([
      pollUntilSummary(context, api, runId, display, interrupts, ended.signal),
      interrupts.overdue.then(() => undefined),
      failed,
    ]);
    if (summary === undefined) return { kind: 'abandoned' };
    return { kind: 'ended', summary, interrupted: interrupts.signal.aborted };
  } finally {
    ended.abort();
  }
};
