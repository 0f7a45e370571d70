import type { AddressGuard } from '../plan/allowed-targets.ts';
import type { DrainApi, DrainHistory } from '../platform/ports/drain-api.ts';
import type { LogsApi } from '../platform/ports/logs-api.ts';
import type { ObjectStore } from '../platform/ports/object-store.ts';
import type { RunApi } from '../platform/ports/run-api.ts';
import type { RunSchedules } from '../platform/ports/run-schedules.ts';
import type { ScalingApi } from '../platform/ports/scaling-api.ts';
import type { UploadTickets } from '../platform/ports/upload-tickets.ts';

/** What the routes that look at runs and command them stand on. */
export interface ReadPorts {
  readonly runs: RunApi;
}

/** What the routes that take plans stand on. */
export interface SubmitPorts extends ReadPorts {
  readonly store: ObjectStore;
  readonly uploads: UploadTickets;
  /** Left out where nothing can be scheduled. */
  readonly schedules?: RunSchedules;
  /** Where load may go from here; plans are compiled against it. */
  readonly guard: AddressGuard;
  /** How long workers may take here to get ready, when a plan doesn't say. */
  readonly readyTimeoutSeconds?: number;
}

/** What the routes of drains stand on. */
export interface DrainRoutePorts {
  /** Where there are no clusters, drains can only be looked at; left out where there are none. */
  readonly drains?: DrainHistory & Partial<DrainApi>;
}

/** What the routes of scaling stand on. */
export interface ScalingRoutePorts {
  /** Left out where no policies are kept. */
  readonly scaling?: ScalingApi;
}

/** What the routes of logs stand on. */
export interface LogsRoutePorts {
  /** Left out where there are none. */
  readonly logs?: LogsApi;
}

/** What all routes stand on. */
export type ApiPorts = SubmitPorts & DrainRoutePorts & ScalingRoutePorts & LogsRoutePorts;
