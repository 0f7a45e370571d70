import type { RunApi } from '../platform/ports/run-api.ts';
import type { RunSummary } from '../run/summary.ts';
import type { CliContext } from './cli-context.ts';
import type { Interrupts } from './interrupts.ts';
import type { ProgressDisplay } from './progress-display.ts';

/** How a run is followed: milliseconds. */
export interface FollowPace {
  readonly pollMillis: number;
  /** While the user waits for the end. */
  readonly impatientPollMillis: number;
  /** A store or a stack that can't be reached for so long is no reason to let go of a run. */
  readonly awayMillis: number;
}

export const localFollowPace: FollowPace = { pollMillis: 500, impatientPollMillis: 100, awayMillis: 10_000 };
/** What a stack shows changes every five seconds at most, and each look is a call that is paid for. */
export const stackFollowPace: FollowPace = {
  pollMillis: 2000,
  impatientPollMillis: 1000,
  awayMillis: 300_000,
};

const passingErrors = new Set(['StoreUnavailable', 'ServiceUnavailable']);
const isPassing = (error: unknown): boolean => error instanceof Error && passingErrors.has(error.name);

interface Poll {
  readonly context: CliContext;
  readonly api: RunApi;
  readonly runId: string;
  readonly display: ProgressDisplay;
  readonly interrupts: Interrupts;
  readonly pace: FollowPace;
}

/** Shows progress until the run's summary is there. Undefined when `ended` was aborted before. */
const pollUntilSummary = async (
  { context, api, runId, display, interrupts, pace }: Poll,
  ended: AbortSignal,
): Promise<RunSummary | undefined> => {
  let awaySince: number | undefined;
  while (!ended.aborted) {
    try {
      const summary = await api.summary(runId);
      if (summary !== undefined) return summary;
      const progress = await api.progress(runId);
      if (awaySince !== undefined) display.note('Connected again.');
      awaySince = undefined;
      if (!ended.aborted) display.show(progress);
    } catch (error) {
      if (!isPassing(error) || ended.aborted) throw error;
      if (awaySince === undefined) display.note(`${(error as Error).message}; trying again.`);
      awaySince ??= context.now();
      if (context.now() - awaySince >= pace.awayMillis) throw error;
    }
    if (interrupts.signal.aborted) await context.sleep(pace.impatientPollMillis, ended);
    else await context.sleep(pace.pollMillis, interrupts.signal);
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
export const followRun = async (poll: Poll, onInterrupted: () => Promise<void>): Promise<Followed> => {
  const { interrupts } = poll;
  const ended = new AbortController();
  const failed = new Promise<never>((_, reject) => {
    void interrupts.asked.then(() => (ended.signal.aborted ? undefined : onInterrupted().catch(reject)));
  });
  try {
    const summary = await Promise.race([
      pollUntilSummary(poll, ended.signal),
      interrupts.overdue.then(() => undefined),
      failed,
    ]);
    if (summary === undefined) return { kind: 'abandoned' };
    return { kind: 'ended', summary, interrupted: interrupts.signal.aborted };
  } finally {
    ended.abort();
  }
};
