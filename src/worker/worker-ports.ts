import type { Engine } from '../engine/engine.ts';
import type { ObjectStore } from '../platform/ports/object-store.ts';
import type { WallClock } from '../platform/ports/wall-clock.ts';
import type { LogEvent } from './log-event.ts';

/** What a worker stands on. */
export interface WorkerPorts {
  readonly store: ObjectStore;
  /** The engine of a worker with one; and the module that a thread of a worker with several runs. */
  readonly engine: Engine;
  readonly threadEntry: URL;
  /** How many threads can run at once on this machine. */
  readonly processors: number;
  readonly allowedTargets: readonly string[];
  readonly clock: WallClock;
  readonly pid: number;
  /** How far this machine's clock may be off, in milliseconds. */
  readonly clockBoundMillis: number;
  /** Aborted when this worker is told to go (SIGTERM: a spot notice, or the fleet's stop). */
  readonly interrupted: AbortSignal;
  /** Never called in the hot path: a worker's life is a dozen lines. */
  readonly log: LogEvent;
}
