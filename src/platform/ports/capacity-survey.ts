import type { SpotChoice } from './worker-fleet.ts';

/**
 * The capacity survey port: what a platform can give to a run, looked up before anything starts. Facts that can't be
 * had are null and say why; a survey never stops a run by failing.
 */
export interface CapacitySurvey {
  survey(): Promise<CapacityFacts>;
}

export interface CapacityFacts {
  /** Of one worker. */
  readonly worker: { readonly vcpu: number; readonly memoryGib: number };
  /** What a worker costs, US dollars an hour; null where load costs nothing. */
  readonly price: WorkerPrice | null;
  /** How many vCPUs the account may run at once, and how many run; null when unknown or without a limit. */
  readonly vcpus: {
    readonly onDemand: VcpuQuota | null;
    readonly spot: VcpuQuota | null;
  };
  /** Addresses that are free in the workers' subnets together; null when unknown or of no matter. */
  readonly freeAddresses: number | null;
  readonly image:
    | { readonly kind: 'found'; readonly reference: string }
    | { readonly kind: 'missing'; readonly reference: string }
    /** Not in a registry that can be asked. */
    | { readonly kind: 'unknown'; readonly reference: string; readonly reason: string };
  /** How fast workers start: so many at once, then so many a second; on-demand and spot apart. Null: at once. */
  readonly launch: { readonly burst: number; readonly perSecond: number } | null;
  /** Spot share and fallback when the plan says nothing. */
  readonly spot: SpotChoice;
  /** What could not be looked up, in words. */
  readonly unknowns: readonly string[];
}

export interface VcpuQuota {
  readonly quota: number;
  readonly inUse: number;
  /** What to ask for when it is too small, in words: its name and code. */
  readonly name?: string;
}

/** US dollars for one worker for an hour. */
export interface WorkerPrice {
  readonly onDemandPerHourUsd: number;
  /** Spot prices move, and can't be asked for cheaply: more likely too high than too low. */
  readonly spotPerHourUsd: number;
  /** Its requests to the object store, and those that read what it wrote. */
  readonly requestsPerHourUsd?: number;
  /** The shortest time that is paid for. */
  readonly minimumSeconds: number;
}
