import type { SimulatedDrains } from '../../src/platform/local/simulated-drains.ts';
import type { Interruption } from '../../src/platform/local/simulation/simulated-capacity.ts';

/** Instances that were warned, in a cluster that a policy may act on through its ports. */
export interface StormWorld {
  readonly drains: SimulatedDrains;
  readonly warned: readonly Interruption[];
  readonly random: () => number;
}

/** A way to see to a storm. */
export interface DrainPolicy {
  readonly name: string;
  /** When every target was confirmed as deregistered and had settled, in milliseconds; null when it doesn't look, or never was. */
  drain(world: StormWorld): Promise<number | null>;
}
