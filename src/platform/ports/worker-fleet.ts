/**
 * The worker fleet port: starts and stops the workers of a run, and knows which are alive. Throws `FleetUnavailable`
 * when a call fails in a way that may pass.
 */
export interface WorkerFleet {
  /**
   * Starts one worker for each place. A place that was launched before is not launched twice, not even by two callers
   * at once: its worker is returned. A place that can't be filled is a result, not an error.
   */
  launch(
    runId: string,
    places: readonly WorkerPlace[],
    capacity?: SpotChoice,
  ): Promise<readonly LaunchResult[]>;
  /** Every worker of the run this fleet still remembers, stopped ones included. */
  list(runId: string): Promise<readonly FleetWorker[]>;
  /**
   * Asks the workers to end (SIGTERM), and makes them end after `graceSeconds` or after what the platform gives at
   * least. Returns when they have, or when waiting longer makes no sense. Unknown ids are ignored.
   */
  stop(runId: string, workerIds: readonly string[], graceSeconds: number): Promise<void>;
  /** Ids of runs that have a worker which is running or starting: what a reaper looks at. */
  runsWithWorkers(): Promise<readonly string[]>;
}

/** Which part of the run's load a worker drives, and the how-manieth worker for that part it is (0, 1, …). */
export interface WorkerPlace {
  readonly shard: number;
  readonly attempt: number;
}

/** How much of a run may be carried by capacity that can be taken away, and what to do when there is none of it. */
export interface SpotChoice {
  /** Of the shards, 0 to 1. */
  readonly share: number;
  /** `wait`: tried again until the ready timeout; `on-demand`: taken at once instead; `fail`: the run ends with an error. */
  readonly fallback: 'wait' | 'on-demand' | 'fail';
}

export type Capacity = 'spot' | 'on-demand';

export type LaunchResult = WorkerPlace &
  (
    | { readonly kind: 'launched'; readonly workerId: string; readonly capacity: Capacity }
    | {
        readonly kind: 'failed';
        readonly reason: string;
        /** `capacity`: none to be had now; `limit`: a quota or a rate; `request`: it can never succeed as asked. */
        readonly cause: 'capacity' | 'limit' | 'request';
      }
  );

export interface FleetWorker extends WorkerPlace {
  readonly workerId: string;
  readonly state: 'running' | 'stopped';
  /** Why it stopped, in words: `exit code 1`, `SIGKILL`. */
  readonly stoppedReason?: string;
}
