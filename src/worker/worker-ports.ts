import type { Engine } from '../engine/engine.ts';
import type { AddressGuard } from '../plan/allowed-targets.ts';
import type { ObjectStore } from '../platform/ports/object-store.ts';
import type { WallClock } from '../platform/ports/wall-clock.ts';
import type { GeneratorProbe } from './generator-probe.ts';

/** What a worker stands on. */
export interface WorkerPorts {
  readonly store: ObjectStore;
  readonly engine: Engine;
  readonly guard: AddressGuard;
  readonly clock: WallClock;
  readonly probe: GeneratorProbe;
  readonly pid: number;
  /** How far this machine's clock may be off, in milliseconds. */
  readonly clockBoundMillis: number;
  /** Aborted when this worker is told to go (SIGTERM: a spot notice, or the fleet's stop). */
  readonly interrupted: AbortSignal;
}
