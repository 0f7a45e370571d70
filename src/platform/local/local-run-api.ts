import { changeRun, stopRun } from '../../run/change-run.ts';
import { listRuns } from '../../run/list-runs.ts';
import { readSummary, reapRun } from '../../run/reap-run.ts';
import { RunFollower } from '../../run/run-follower.ts';
import type { RunPorts } from '../../run/run-ports.ts';
import type { RunProgress } from '../../run/run-progress.ts';
import { submitRun } from '../../run/submit-run.ts';
import type { RunSummary } from '../../run/summary.ts';
import type { RunApi, RunListEntry, StartRequest } from '../ports/run-api.ts';
import type { Workflow } from '../ports/workflow.ts';

/** The run API in this process. Runs of other processes on the same folder are seen, stopped and changed alike. */
export class LocalRunApi implements RunApi {
  readonly #ports: RunPorts;
  readonly #workflow: Workflow;
  readonly #followers = new Map<string, RunFollower>();

  constructor(ports: RunPorts, workflow: Workflow) {
    this.#ports = ports;
    this.#workflow = workflow;
  }

  start(request: StartRequest): Promise<{ readonly runId: string }> {
    return submitRun({ ...this.#ports, workflow: this.#workflow }, request);
  }

  list(limit: number): Promise<readonly RunListEntry[]> {
    return listRuns(this.#ports, limit);
  }

  progress(runId: string): Promise<RunProgress> {
    const follower = this.#followers.get(runId) ?? new RunFollower(this.#ports, runId);
    this.#followers.set(runId, follower);
    return follower.look();
  }

  async summary(runId: string): Promise<RunSummary | undefined> {
    if ((await this.#workflow.status(runId)) === 'unknown') await reapRun(this.#ports, runId);
    return readSummary(this.#ports.store, runId);
  }

  stop(runId: string, reason: string): Promise<void> {
    return stopRun(this.#ports, runId, reason);
  }

  scale(runId: string, change: { readonly workers?: number; readonly rateScale?: number }): Promise<void> {
    return changeRun(this.#ports, runId, change);
  }
}
