/**
 * What a policy document says about the world in which the policy is tried (its `simulation` block), with defaults filled
 * in: each service and each pool of the policy is there. Ticks know nothing of it.
 */
export interface SimulationHints {
  /** From an instance being ordered until ECS can place on it; from the first to below the second. */
  readonly bootSeconds: readonly [number, number];
  /** From the end of a period until its reading can be had. */
  readonly metricDelaySeconds: number;
  /** By pool: of each of its instances, in an hour, on average. */
  readonly interruptionsPerHour: Readonly<Record<string, number>>;
  /** By service. */
  readonly services: Readonly<Record<string, ServiceHints>>;
}

export interface ServiceHints {
  /** What one task can serve; its CPU is full then. */
  readonly requestsPerSecondPerTask: number;
  /** From being placed until it serves, without the image's pull. */
  readonly startSeconds: number;
  readonly imagePullSeconds: number;
  readonly stopSeconds: number;
  /** In ECS's units, 1,024 a vCPU. */
  readonly cpu: number;
  readonly memoryMib: number;
  /** `refuses`: what can't be served at once is dropped; `queues`: it waits. */
  readonly overload: 'refuses' | 'queues';
}
