import { BadInputError, QueryInvalidError, SqlUnavailableError } from '../errors.ts';
import type { LogsApi, QueryAnswer, StartedQuery } from '../platform/ports/logs-api.ts';
import type { RunApi } from '../platform/ports/run-api.ts';
import type { CliContext } from './cli-context.ts';
import type { Ending } from './exit-code.ts';
import { listenForInterrupts } from './interrupts.ts';
import { decideStack, type StackFlags, type StackReference } from './stack-reference.ts';

/** Logs of a stack, or of this machine's folder. */
export interface LogsPlace {
  readonly logs: LogsApi;
  readonly runs: RunApi;
  /** Undefined for this machine. */
  readonly stack: StackReference | undefined;
}

export const openLogs = async (context: CliContext, flags: StackFlags): Promise<LogsPlace> => {
  const stack = decideStack(flags, context.env);
  const app = await context.openApp(stack);
  const { logs } = app.stack ?? app.local ?? {};
  if (logs === undefined) throw new BadInputError('there are no logs here that could be asked');
  return { logs, runs: app.api, stack };
};

/** Ending a query takes a request; whoever presses Ctrl-C is kept no longer for it, nor after a second time. */
const leavingMillis = 3000;

/** Carries out what asks logs until it is done, or Ctrl-C ends it. */
export const askUntilInterrupted = async (
  context: CliContext,
  work: (signal: AbortSignal) => Promise<Ending>,
): Promise<Ending> => {
  const interrupts = listenForInterrupts(context, leavingMillis);
  const left = interrupts.overdue.then((): Ending => ({ kind: 'interrupted' }));
  try {
    return await Promise.race([work(interrupts.signal), left]);
  } finally {
    interrupts.close();
  }
};

export type QueryPage = Extract<QueryAnswer, { readonly kind: 'succeeded' }>;

/**
 * The pages of a query that was started, waiting for the first; none when `signal` was aborted before, and the query is ended
 * then. Throws `QueryInvalid` with why it failed, and `SqlUnavailable` when it may succeed later.
 */
export async function* readQuery(
  logs: LogsApi,
  { queryId }: Pick<StartedQuery, 'queryId'>,
  signal: AbortSignal,
): AsyncGenerator<QueryPage> {
  let after: string | undefined;
  for (;;) {
    if (signal.aborted) return void (await cancelQuietly(logs, queryId));
    const answer = await logs.look(queryId, after);
    if (answer.kind === 'cancelled') throw new QueryInvalidError('the query was ended by somebody else');
    if (answer.kind === 'failed') {
      if (answer.isPassing) throw new SqlUnavailableError(answer.message);
      throw new QueryInvalidError(answer.message);
    }
    if (answer.kind === 'running') continue;
    yield answer;
    if (answer.next === undefined) return;
    after = answer.next;
  }
}

/** Whoever leaves is not kept by a query that can't be ended; the limit on what it scans ends it. */
const cancelQuietly = (logs: LogsApi, queryId: string): Promise<void> =>
  logs.cancel(queryId).catch(() => undefined);
