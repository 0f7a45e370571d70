import type {
  PlanCheck,
  RunApi,
  RunListPage,
  RunListRequest,
  StartedRun,
  StartRequest,
  TimelinePage,
} from '../platform/ports/run-api.ts';
import type { Workflow } from '../platform/ports/workflow.ts';
import { changeRun, stopRun } from './change-run.ts';
import { decidePreflight } from './decide-preflight.ts';
import { listRuns } from './list-runs.ts';
import { readProgress } from './read-progress.ts';
import { readSummary } from './read-summary.ts';
import { readTimeline } from './read-timeline.ts';
import { readPlan } from './run-documents.ts';
import { RunFollower } from './run-follower.ts';
import type { RunPorts } from './run-ports.ts';
import type { RunProgress } from './run-progress.ts';
import { submitRun } from './submit-run.ts';
import type { RunSummary } from './summary.ts';

export interface DirectRunApiOptions {
  /**
   * `segments`: each is read once, as it comes, by an API that lives as long as the run is followed. `rollups`: what the
   * observer saw last, in a handful of reads, for an API that keeps nothing between two calls. Default: segments.
   */
  readonly progressFrom?: 'segments' | 'rollups';
  /** Closes a run that nobody orchestrates any more, when it is looked at; left out where others see to that. */
  readonly reap?: (runId: string) => Promise<unknown>;
}

/** Whoever only answers needs no fleet. */
export type RunApiPorts = Pick<RunPorts, 'store' | 'clock' | 'survey'>;

/**
 * The run API by the use cases themselves, in this process: behind the command line on one machine, and behind the
 * routes of src/api. Runs of other processes on the same store are seen, stopped and changed alike.
 */
export class DirectRunApi implements RunApi {
  readonly #ports: RunApiPorts;
  readonly #workflow: Workflow;
  readonly #options: DirectRunApiOptions;
  readonly #followers = new Map<string, RunFollower>();

  constructor(ports: RunApiPorts, workflow: Workflow, options: DirectRunApiOptions = {}) {
    this.#ports = ports;
    this.#workflow = workflow;
    this.#options = options;
  }

  async check({ plan }: StartRequest): Promise<PlanCheck> {
    return { kind: 'accepted', plan, preflight: decidePreflight(plan, await this.#ports.survey.survey()) };
  }

  start(request: StartRequest, options: { readonly idempotencyKey?: string } = {}): Promise<StartedRun> {
    return submitRun({ ...this.#ports, workflow: this.#workflow }, request, options.idempotencyKey);
  }

  list(page: RunListRequest): Promise<RunListPage> {
    return listRuns(this.#ports.store, page, this.#options.reap);
  }

  progress(runId: string): Promise<RunProgress> {
    if (this.#options.progressFrom === 'rollups') return readProgress(this.#ports, runId);
    const follower = this.#followers.get(runId) ?? new RunFollower(this.#ports, runId);
    this.#followers.set(runId, follower);
    return follower.look();
  }

  async summary(runId: string): Promise<RunSummary | undefined> {
    const { store } = this.#ports;
    await readPlan(store, runId);
    const { reap } = this.#options;
    if (reap !== undefined && (await this.#workflow.status(runId)) === 'unknown') await reap(runId);
    return readSummary(store, runId);
  }

  timeline(runId: string, afterSecond: number): Promise<TimelinePage> {
    return readTimeline(this.#ports, runId, afterSecond);
  }

  stop(runId: string, reason: string): Promise<void> {
    return stopRun(this.#ports, runId, reason);
  }

  scale(runId: string, change: { readonly workers?: number; readonly rateScale?: number }): Promise<void> {
    return changeRun(this.#ports, runId, change);
  }
}
