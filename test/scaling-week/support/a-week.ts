import type { SimulatedScalingSetup } from '../../../src/platform/local/simulated-scaling.ts';
import type { CallFault } from '../../../src/platform/local/simulation/call-faults.ts';
import type { PoolSetup } from '../../../src/platform/local/simulation/simulated-pool.ts';
import { serviceSetups, servicesText, weekLoad } from './week-services.ts';

export const weekCluster = 'shop';

/** As an m6i.xlarge registers. */
export const instanceSize = { type: 'm6i.xlarge', cpu: 4_096, memoryMib: 15_600 };

export const poolMaximum = { onDemand: 14, spot: 56 };
export const mostInstances = 66;
export const leastInstances = 5;
/** More than the time for which an instance must have been unneeded, so that it shows. */
export const afterOutSeconds = 900;
export const unneededMinutes = 10;
/** Percent of CPU or memory that tasks may reserve. */
export const threshold = 80;

const pools: readonly PoolSetup[] = [
  {
    kind: 'autoScalingGroup',
    id: 'shop-on-demand',
    instances: 10,
    maximum: poolMaximum.onDemand,
    size: instanceSize,
    bootMillis: [90_000, 150_000],
    // Auto Scaling's own hook: what the scaler terminates goes through it too.
    hookSeconds: 900,
  },
  {
    kind: 'ec2Fleet',
    id: 'fleet-spot',
    instances: 40,
    size: instanceSize,
    bootMillis: [90_000, 150_000],
  },
];

export const weekPolicy = `
version: 1
cluster: ${weekCluster}
pools:
  onDemand: { autoScalingGroup: shop-on-demand, share: 1, minimum: 1, maximum: ${poolMaximum.onDemand} }
  spot: { ec2Fleet: fleet-spot, share: 4, minimum: 0, maximum: ${poolMaximum.spot} }
capacity:
  minimum: ${leastInstances}
  maximum: ${mostInstances}
  reservation: { cpu: ${threshold}%, memory: ${threshold}% }
  headroom: [{ count: 2, cpu: 1024, memory: 2048 }]
  scaleIn: { unneededFor: ${unneededMinutes}m, afterOut: ${afterOutSeconds}s, mostAtOnce: 3 }
services:
${servicesText}
`;

/** Calls that are throttled, fail though they had their effect, and are never answered; and two ticks instead of each. */
const illFaults: readonly CallFault[] = [
  { call: 'any', share: 0.01, does: 'is-throttled' },
  { call: 'any', share: 0.005, does: 'fails', when: 'after' },
  { call: 'any', share: 0.003, does: 'hangs' },
];

export const aWeek = (seed: number, startMillis: number, isIll: boolean): SimulatedScalingSetup => ({
  policy: weekPolicy,
  startMillis,
  ticksAtOnce: isIll ? 2 : 1,
  simulation: {
    seed,
    clusterName: weekCluster,
    instances: 0,
    pools,
    services: serviceSetups(startMillis),
    load: weekLoad,
    metricDelayMillis: 60_000,
    faults: isIll ? illFaults : [],
  },
});
