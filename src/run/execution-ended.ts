import * as z from 'zod/mini';
import { DocumentInvalidError } from '../errors.ts';
import { type ClosedRun, closeRun, orchestratorLost } from './close-run.ts';
import type { CaughtFailure } from './record-failure.ts';
import type { RunPorts } from './run-ports.ts';

/**
 * EventBridge, source `aws.states`, `Step Functions Execution Status Change`:
 * `{ "detail": { "executionArn": "…", "name": "20261121-093000-k7fq", "status": "ABORTED", "error": null, "cause": null, … } }`
 */
const executionEvent = z.object({
  detail: z.object({
    name: z.string(),
    status: z.string(),
    error: z.nullish(z.string()),
    cause: z.nullish(z.string()),
  }),
});

export interface EndedExecution {
  /** The execution is named after its run. */
  readonly runId: string;
  readonly status: string;
  /** What Step Functions says of a failure. */
  readonly because?: string;
}

export type ExecutionEnding =
  | ({ readonly kind: 'closed' } & ClosedRun)
  | { readonly kind: 'ignored'; readonly reason: string };

/** Throws `DocumentInvalid`. */
export const parseExecutionEvent = (event: unknown): EndedExecution => {
  const parsed = executionEvent.safeParse(event);
  if (!parsed.success)
    throw new DocumentInvalidError(`This is no execution status change: ${z.prettifyError(parsed.error)}`);
  const { name, status, error, cause } = parsed.data.detail;
  const because = [error, cause].filter((text) => typeof text === 'string' && text !== '').join(': ');
  return { runId: name, status, ...(because === '' ? {} : { because }) };
};

/** An execution that succeeded or failed by its own states leaves neither workers nor a run without a summary. */
const failureOf = ({ status, because }: EndedExecution): CaughtFailure => {
  const told = because === undefined ? '' : ` Step Functions says: ${because}.`;
  switch (status) {
    case 'ABORTED':
      return {
        Error: 'ExecutionAborted',
        Cause: `The run's execution was aborted from outside.${told} Its workers were stopped; what they measured until then is kept.`,
      };
    case 'TIMED_OUT':
      return {
        Error: 'ExecutionTimedOut',
        Cause: `The run's execution took longer than it may.${told} Its workers were stopped; what they measured until then is kept.`,
      };
    default:
      return { ...orchestratorLost, Cause: `${orchestratorLost.Cause}${told}` };
  }
};

/** The second net under a run: its execution has ended, however it did, so no worker may be left and a summary has to be there. */
export const executionEnded = async (ports: RunPorts, ended: EndedExecution): Promise<ExecutionEnding> => {
  if (ended.status === 'RUNNING' || ended.status === 'PENDING_REDRIVE')
    return { kind: 'ignored', reason: `${ended.status} is not an end` };
  return { kind: 'closed', ...(await closeRun(ports, ended.runId, failureOf(ended))) };
};
