import type { ClusterSnapshot } from '../../../src/scaling/cluster-snapshot.ts';
import type { InstanceTypePolicy, MetricReference } from '../../../src/scaling/policy/scaling-policy.ts';
import type { ScalingAction } from '../../../src/scaling/scaling-decision.ts';
import type {
  Scaler,
  SimulatedPoolSetup,
  SimulatedServiceSetup,
  SimulationSetup,
} from '../../../src/scaling/simulate/simulation.ts';

export const startMillis = Date.parse('2026-03-02T00:00:00Z');

export const cpu: MetricReference = { kind: 'cpu', per: 'task', periodSeconds: 60 };

export const aServiceSetup = (overrides: Partial<SimulatedServiceSetup> = {}): SimulatedServiceSetup => ({
  service: 'web',
  load: () => 100,
  requestsPerSecondPerTask: 50,
  overload: 'refuses',
  initialTasks: 4,
  startSeconds: 10,
  imagePullSeconds: 20,
  stopSeconds: 30,
  cpu: 512,
  memoryMib: 1024,
  pricePerTaskHourUsd: 0.02,
  ...overrides,
});

export const aType = (overrides: Partial<InstanceTypePolicy> = {}): InstanceTypePolicy => ({
  type: 'm6i.large',
  cpu: 2048,
  memoryMib: 8192,
  gpus: 0,
  taskEnis: null,
  attributes: {},
  weight: 1,
  pricePerHourUsd: 0.1,
  ...overrides,
});

export const aPoolSetup = (overrides: Partial<SimulatedPoolSetup> = {}): SimulatedPoolSetup => ({
  name: 'main',
  kind: 'autoScalingGroup',
  id: 'main',
  share: 1,
  minimum: 0,
  maximum: 20,
  instanceTypes: [aType()],
  initialInstances: 2,
  interruptionsPerHour: 0,
  ...overrides,
});

export const aSetup = (overrides: Partial<SimulationSetup> = {}): SimulationSetup => ({
  seed: 1,
  seconds: 600,
  startMillis,
  services: [aServiceSetup()],
  capacity: null,
  metricDelaySeconds: 60,
  ...overrides,
});

/** Does what it is told at given seconds, and keeps what it saw. */
export const aScript = (
  script: Readonly<Record<number, readonly ScalingAction[]>> = {},
  overrides: Partial<Scaler> = {},
): Scaler & { readonly seen: Map<number, ClusterSnapshot> } => {
  const seen = new Map<number, ClusterSnapshot>();
  return {
    name: 'script',
    everySeconds: 10,
    metrics: { web: [cpu] },
    seen,
    decide(snapshot) {
      const second = (snapshot.atMillis - startMillis) / 1000;
      seen.set(second, snapshot);
      return { actions: script[second] ?? [], decisions: [] };
    },
    ...overrides,
  };
};
