import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FleetWorker, LaunchResult, WorkerFleet, WorkerPlace } from '../ports/worker-fleet.ts';
import { keepOutput } from './keep-output.ts';
import type { LogShipper } from './log-shipper.ts';

export interface ChildProcessFleetOptions {
  /** The module a worker process runs. */
  readonly workerEntry: string;
  /** Environment of each worker, beside the run and the place. */
  readonly environment: Readonly<Record<string, string>>;
  /** A file for each worker: what it writes, as it is. */
  readonly logFolder: string;
  /** Has the same, as records. */
  readonly logs: Pick<LogShipper, 'follow'>;
}

interface Child extends WorkerPlace {
  readonly workerId: string;
  readonly process: ChildProcess;
  readonly ended: Promise<void>;
  stoppedReason?: string;
}

/** Workers as child processes of this one. Knows those that it has launched itself. */
export class ChildProcessFleet implements WorkerFleet {
  readonly #options: ChildProcessFleetOptions;
  readonly #runs = new Map<string, Map<string, Child>>();

  constructor(options: ChildProcessFleetOptions) {
    this.#options = options;
  }

  async launch(runId: string, places: readonly WorkerPlace[]): Promise<readonly LaunchResult[]> {
    return Promise.all(places.map((place) => this.#launchOne(runId, place)));
  }

  async list(runId: string): Promise<readonly FleetWorker[]> {
    return [...this.#childrenOf(runId).values()].map(({ shard, attempt, workerId, stoppedReason }) => ({
      shard,
      attempt,
      workerId,
      ...(stoppedReason === undefined ? { state: 'running' } : { state: 'stopped', stoppedReason }),
    }));
  }

  async stop(runId: string, workerIds: readonly string[], graceSeconds: number): Promise<void> {
    const wanted = new Set(workerIds);
    const children = [...this.#childrenOf(runId).values()].filter((child) => wanted.has(child.workerId));
    await Promise.all(children.map((child) => stopChild(child, graceSeconds)));
  }

  async runsWithWorkers(): Promise<readonly string[]> {
    return [...this.#runs]
      .filter(([, children]) => [...children.values()].some((child) => child.stoppedReason === undefined))
      .map(([runId]) => runId);
  }

  /** Ends every process this fleet has started, at once. */
  killAll(): void {
    for (const children of this.#runs.values()) {
      for (const child of children.values())
        if (child.stoppedReason === undefined) child.process.kill('SIGKILL');
    }
  }

  async #launchOne(runId: string, place: WorkerPlace): Promise<LaunchResult> {
    const name = `${place.shard}-${place.attempt}`;
    const known = this.#childrenOf(runId).get(name);
    if (known !== undefined)
      return { ...place, kind: 'launched', workerId: known.workerId, capacity: 'on-demand' };
    const folder = join(this.#options.logFolder, runId);
    mkdirSync(folder, { recursive: true });
    const child = spawn(process.execPath, [this.#options.workerEntry], {
      // Ctrl-C in a terminal goes to the foreground group: the run decides when its workers end, not the terminal.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...this.#options.environment,
        STORMDRAIN_RUN_ID: runId,
        STORMDRAIN_SHARD: String(place.shard),
        STORMDRAIN_ATTEMPT: String(place.attempt),
      },
    });
    if (child.pid === undefined) {
      const reason = await new Promise<string>((resolve) =>
        child.once('error', (error) => resolve(String(error))),
      );
      return { ...place, kind: 'failed', reason, cause: 'limit' };
    }
    const { pid, stdout, stderr } = child;
    keepOutput(child, join(folder, `${name}.log`));
    this.#options.logs.follow({ pid, task: `${runId}/${name}`, stdout, stderr });
    // Known from this very turn on: whoever launches, stops or kills next must find it.
    const entry: Child = {
      ...place,
      workerId: `process-${pid}`,
      process: child,
      ended: new Promise((resolve) => {
        child.once('exit', (code, signal) => {
          entry.stoppedReason = signal ?? `exit code ${code}`;
          resolve();
        });
      }),
    };
    this.#childrenOf(runId).set(name, entry);
    return { ...place, kind: 'launched', workerId: entry.workerId, capacity: 'on-demand' };
  }

  #childrenOf(runId: string): Map<string, Child> {
    const known = this.#runs.get(runId);
    if (known !== undefined) return known;
    const made = new Map<string, Child>();
    this.#runs.set(runId, made);
    return made;
  }
}

const stopChild = async (child: Child, graceSeconds: number): Promise<void> => {
  if (child.stoppedReason !== undefined) return;
  child.process.kill('SIGTERM');
  const kill = setTimeout(() => child.process.kill('SIGKILL'), graceSeconds * 1000);
  await child.ended;
  clearTimeout(kill);
};
