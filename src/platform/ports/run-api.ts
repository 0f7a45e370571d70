import type { DocumentProblem } from '../../document/document-problem.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Preflight } from '../../run/decide-preflight.ts';
import type { RunProgress } from '../../run/run-progress.ts';
import type { RunSummary } from '../../run/summary.ts';
import type { TimelineRow } from '../../stats/timeline.ts';

/**
 * What the command line and the page talk to: runs on this machine (in process) or of a stack (signed HTTP). Throws
 * `RunNotFound` for an id that no run has, `ServiceUnavailable` when a stack does not answer.
 */
export interface RunApi {
  /** What would happen: workers, time to launch, cost, and what stands in the way. Starts nothing. */
  check(request: StartRequest): Promise<PlanCheck>;
  /**
   * Stores the plan and its data and starts the state machine. The run goes on by itself after this returns. The same
   * key with the same request is the same run; with another request, `IdempotencyConflict`. Throws `PlanRefused`.
   */
  start(request: StartRequest, options?: { readonly idempotencyKey?: string }): Promise<StartedRun>;
  /** Newest first. */
  list(page: RunListRequest): Promise<RunListPage>;
  progress(runId: string): Promise<RunProgress>;
  /** Undefined while the run is going on. */
  summary(runId: string): Promise<RunSummary | undefined>;
  /** Rows from that second of the run on, as far as they are known. */
  timeline(runId: string, afterSecond: number): Promise<TimelinePage>;
  /** Asks the run to stop; it ends as `stopped`, keeping what was measured. Throws `RunAlreadyEnded`. */
  stop(runId: string, reason: string): Promise<void>;
  /** Changes workers or rate (absolute: 2 is twice the plan's rate). Throws `RunAlreadyEnded`, `BadInput`. */
  scale(runId: string, change: { readonly workers?: number; readonly rateScale?: number }): Promise<void>;
}

export interface StartRequest {
  readonly plan: Plan;
  /** Contents of `uploads/…` keys that the plan names. */
  readonly uploads: ReadonlyMap<string, Uint8Array>;
  /** What the plan was compiled from: a stack compiles it again, with its own allowed targets. */
  readonly source: PlanSubmission;
}

/** A plan document and what it was compiled with: what is posted to a stack. */
export interface PlanSubmission {
  /** YAML or JSON. */
  readonly text: string;
  /** How messages name the document. */
  readonly name: string;
  /** By name as written in the plan: data files, bodies, PEM files, hooks (already one module; `exports` set). */
  readonly files: Readonly<Record<string, SubmittedFile>>;
  readonly set: Readonly<Record<string, string>>;
  readonly workers?: number;
}

export interface SubmittedFile {
  /** `uploads/<sha256 hex>` of the content. */
  readonly upload: string;
  readonly bytes: number;
  /** Of a hook module: the names of the functions it exports. */
  readonly exports?: readonly string[];
}

export type PlanCheck =
  | { readonly kind: 'accepted'; readonly plan: Plan; readonly preflight: Preflight }
  | { readonly kind: 'refused'; readonly problems: readonly DocumentProblem[] };

export interface StartedRun {
  readonly runId: string;
  /** False when the idempotency key was seen before: the run was started then. */
  readonly created: boolean;
}

export interface RunListRequest {
  readonly limit: number;
  /** From the page before. */
  readonly after?: string;
}

export interface RunListPage {
  readonly runs: readonly RunListEntry[];
  /** Absent on the last page. */
  readonly next?: string;
}

export interface RunListEntry {
  readonly runId: string;
  readonly name: string;
  readonly target: string;
  readonly createdAt: string;
  /** The outcome, `running`, or `unknown` when the run's objects are gone or unreadable. */
  readonly status: RunSummary['outcome'] | 'running' | 'unknown';
}

export interface TimelinePage {
  readonly rows: readonly TimelineRow[];
  /** The first second that is not in `rows`: what to ask for next. */
  readonly nextSecond: number;
  /** No more will come. */
  readonly complete: boolean;
}
