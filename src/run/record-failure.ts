import * as z from 'zod/mini';
import type { Outcome } from '../stats/decide-verdict.ts';
import { finishRun } from './finish-run.ts';
import type { RunPorts } from './run-ports.ts';

/** What a state machine's Catch hands on. */
export interface CaughtFailure {
  readonly Error: string;
  readonly Cause: string;
}

/** Step Functions gives a Lambda's error as JSON text in `Cause`; the local interpreter gives the message itself. */
const lambdaCause = z.object({ errorMessage: z.string() });

const messageOf = (cause: string): string => {
  if (cause === '')
    return 'Step Functions names no cause. Look at its execution, and at the logs of its functions.';
  try {
    const parsed = lambdaCause.safeParse(JSON.parse(cause));
    return parsed.success ? parsed.data.errorMessage : cause;
  } catch {
    return cause;
  }
};

/** Writes the summary of a run that could not be carried out: outcome `error`, its cause, and what was measured until then. */
export const recordFailure = (
  ports: RunPorts,
  { runId, failure }: { readonly runId: string; readonly failure: CaughtFailure },
): Promise<{ readonly outcome: Outcome }> =>
  finishRun(ports, { runId, failure: { error: failure.Error, cause: messageOf(failure.Cause) } });
