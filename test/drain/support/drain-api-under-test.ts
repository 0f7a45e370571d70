import { DirectDrainApi } from '../../../src/drain/operator/direct-drain-api.ts';
import { type SimulatedDrains, simulateDrains } from '../../../src/platform/local/simulated-drains.ts';
import type { SimulationSetup } from '../../../src/platform/local/simulation/simulation-setup.ts';
import type { DrainApi } from '../../../src/platform/ports/drain-api.ts';

/** Four instances with six tasks each behind two groups, and a task of its own behind one of them on the first. */
export const aSmallCluster: SimulationSetup = {
  seed: 7,
  instances: 4,
  slotsPerInstance: 12,
  groups: ['web', 'shop'].map((name) => ({
    name,
    requestsPerSecond: 10,
    deregistrationDelaySeconds: 30,
  })),
  services: ['web', 'shop'].map((name) => ({ name, desiredCount: 12, groups: [name] })),
  batchTasks: [{ count: 1, onInstances: [0], group: 'web' }],
};

/** The use cases on a simulated cluster, whose time passes while one of them is carried out. */
export interface DirectUnderTest {
  readonly api: DrainApi;
  readonly drains: SimulatedDrains;
}

export const aDirectDrainApi = (simulation: SimulationSetup = aSmallCluster): DirectUnderTest => {
  const drains = simulateDrains({ simulation });
  const direct = new DirectDrainApi(drains.ports);
  const { play } = drains;
  return {
    drains,
    api: {
      request: (request) => play(() => direct.request(request)),
      cancel: (drainId, by) => play(() => direct.cancel(drainId, by)),
      list: (page) => play(() => direct.list(page)),
      show: (id) => play(() => direct.show(id)),
      check: (cluster) => play(() => direct.check(cluster)),
      stopTask: (request) => play(() => direct.stopTask(request)),
    },
  };
};
