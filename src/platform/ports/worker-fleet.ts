/**
 * The worker fleet port: starts and stops the workers of a run, and knows which are alive. Throws `FleetUnavailable`
 * when a call fails in a way that may pass.
 */
export interface WorkerFleet {
  /** Starts one worker for each place. A place that was launched before is not launched twice: its worker is returned. */
  launch(runId: string, places: readonly WorkerPlace[]): Promise<readonly LaunchResult[]>;
  /** Every worker of the run this fleet still remembers, stopped ones included. */
  list(runId: string): Promise<readonly FleetWorker[]>;
  /** Asks the workers to end (SIGTERM), and makes them end after `graceSeconds`. Returns when they have. Unknown ids are ignored. */
  stop(runId: string, workerIds: readonly string[], graceSeconds: number): Promise<void>;
}

/** Which part of the run's load a worker drives, and the how-manieth worker for that part it is (0, 1, …). */
export interface WorkerPlace {
  readonly shard: number;
  readonly attempt: number;
}

export type LaunchResult = WorkerPlace &
  (
    | { readonly kind: 'launched'; readonly workerId: string }
    | { readonly kind: 'failed'; readonly reason: string }
  );

export interface FleetWorker extends WorkerPlace {
  readonly workerId: string;
  readonly state: 'running' | 'stopped';
  /** Why it stopped, in words: `exit code 1`, `SIGKILL`. */
  readonly stoppedReason?: string;
}
