import type { Plan } from '../../plan/plan.ts';
import type { RunProgress } from '../../run/run-progress.ts';
import type { RunSummary } from '../../run/summary.ts';

/**
 * What the command line and the page talk to: runs on this machine (in-process), later runs of a stack (signed HTTP).
 * Throws `RunNotFound` for an id that no run has.
 */
export interface RunApi {
  /** Stores the plan and its data and starts the state machine. The run goes on by itself after this returns. */
  start(request: StartRequest): Promise<{ readonly runId: string }>;
  /** Newest first. */
  list(limit: number): Promise<readonly RunListEntry[]>;
  progress(runId: string): Promise<RunProgress>;
  /** Undefined while the run is going on. */
  summary(runId: string): Promise<RunSummary | undefined>;
  /** Asks the run to stop; it ends as `stopped`, keeping what was measured. Throws `RunAlreadyEnded`. */
  stop(runId: string, reason: string): Promise<void>;
  /** Changes workers or rate (absolute: 2 is twice the plan's rate). Throws `RunAlreadyEnded`, `BadInput`. */
  scale(runId: string, change: { readonly workers?: number; readonly rateScale?: number }): Promise<void>;
}

export interface StartRequest {
  readonly plan: Plan;
  /** Contents of `uploads/…` keys that the plan names. */
  readonly uploads: ReadonlyMap<string, Uint8Array>;
}

export interface RunListEntry {
  readonly runId: string;
  readonly name: string;
  readonly target: string;
  readonly createdAt: string;
  /** The outcome, `running`, or `unknown` when the run's objects are gone or unreadable. */
  readonly status: RunSummary['outcome'] | 'running' | 'unknown';
}
