import type { AddressGuard } from '../plan/allowed-targets.ts';
import type { CapacitySurvey } from '../platform/ports/capacity-survey.ts';
import type { EventSink } from '../platform/ports/event-sink.ts';
import type { ObjectStore } from '../platform/ports/object-store.ts';
import type { WallClock } from '../platform/ports/wall-clock.ts';
import type { WorkerFleet } from '../platform/ports/worker-fleet.ts';
import type { PlatformPace } from './run-timing.ts';

/** What the use cases of a run stand on. */
export interface RunPorts {
  readonly store: ObjectStore;
  readonly fleet: WorkerFleet;
  readonly events: EventSink;
  readonly clock: WallClock;
  readonly guard: AddressGuard;
  readonly pace: PlatformPace;
  readonly survey: CapacitySurvey;
}
