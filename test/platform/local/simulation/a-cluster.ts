import {
  type SimulatedPlatform,
  simulateCluster,
} from '../../../../src/platform/local/simulation/simulate-cluster.ts';
import type { SimulationSetup } from '../../../../src/platform/local/simulation/simulation-setup.ts';
import { VirtualTime } from '../../../../src/platform/local/virtual-time.ts';

export interface SmallCluster extends SimulatedPlatform {
  readonly time: VirtualTime;
  /** Lets time pass. */
  readonly pass: (millis: number) => Promise<void>;
}

/** Two instances, a service with a task on each behind one group; reads are fresh and calls are quick unless given. */
export const aCluster = (overrides: Partial<SimulationSetup> = {}): SmallCluster => {
  const time = new VirtualTime(1_800_000_000_000);
  const setup: SimulationSetup = {
    seed: 11,
    instances: 2,
    consistencyMillis: 0,
    groups: [{ name: 'web', requestsPerSecond: 100, deregistrationDelaySeconds: 20 }],
    services: [{ name: 'web', desiredCount: 2, groups: ['web'] }],
    ...overrides,
  };
  return { ...simulateCluster(setup, time), time, pass: (millis) => time.run(time.sleep(millis)) };
};

export const item = <Item>(items: readonly Item[], index: number): Item => {
  const found = items[index];
  if (found === undefined) throw new RangeError(`nothing at ${index}`);
  return found;
};
