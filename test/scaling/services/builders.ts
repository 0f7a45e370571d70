import type {
  ClusterSnapshot,
  MetricPoint,
  MetricReadings,
  ServiceSnapshot,
} from '../../../src/scaling/cluster-snapshot.ts';
import type {
  DirectionPolicy,
  MetricReference,
  ScalingPolicy,
  ServicePolicy,
  StepsRule,
  TrackRule,
} from '../../../src/scaling/policy/scaling-policy.ts';
import { newServiceMemory, type ServiceMemory } from '../../../src/scaling/scaling-memory.ts';
import { decideServices } from '../../../src/scaling/services/decide-services.ts';

/** A Wednesday, noon. */
export const noon = Date.UTC(2026, 10, 18, 12);

export const cpu: MetricReference = { kind: 'cpu', per: 'task', periodSeconds: 60 };

export const jobs: MetricReference = {
  kind: 'queueDepth',
  per: 'total',
  periodSeconds: 60,
  queue: 'jobs',
  inWorkPerTask: 1,
};

export const atOnce: DirectionPolicy = {
  cooldownSeconds: 0,
  stabilisationSeconds: 0,
  mostTasks: null,
  mostPercent: null,
};

export const track = (target: number, overrides: Partial<TrackRule> = {}): TrackRule => ({
  kind: 'track',
  metric: cpu,
  target,
  tolerance: 0.1,
  ...overrides,
});

type Step = readonly [threshold: number, tasks: number];

export const steps = (
  above: readonly Step[],
  below: readonly Step[],
  overrides: Partial<StepsRule> = {},
): StepsRule => ({
  kind: 'steps',
  metric: cpu,
  above: above.map(([threshold, tasks]) => ({ threshold, tasks })),
  below: below.map(([threshold, tasks]) => ({ threshold, tasks })),
  outPeriods: 1,
  inPeriods: 1,
  ...overrides,
});

export const aServicePolicy = (overrides: Partial<ServicePolicy> = {}): ServicePolicy => ({
  service: 'web',
  minimum: 1,
  maximum: 20,
  rules: [track(70)],
  out: atOnce,
  in: atOnce,
  staleSeconds: 300,
  floors: [],
  ...overrides,
});

export const aPolicy = (
  services: readonly ServicePolicy[],
  overrides: Partial<ScalingPolicy> = {},
): ScalingPolicy => ({
  version: 1,
  cluster: 'shop',
  everySeconds: 60,
  paused: false,
  dryRun: false,
  capacity: null,
  services,
  ...overrides,
});

/** The last of them ended at noon, a minute apart. */
export const points = (values: readonly number[], lastMillis = noon): readonly MetricPoint[] =>
  values.map((value, index) => ({ atMillis: lastMillis - (values.length - 1 - index) * 60_000, value }));

export const readings = (values: readonly number[], lastMillis = noon): MetricReadings => ({
  points: points(values, lastMillis),
});

export const aService = (overrides: Partial<ServiceSnapshot> = {}): ServiceSnapshot => {
  const desiredCount = overrides.desiredCount ?? 6;
  return {
    service: 'web',
    desiredCount,
    runningCount: desiredCount,
    pendingCount: 0,
    isDaemon: false,
    isDeploying: false,
    readings: [readings([70])],
    ...overrides,
  };
};

export const aSnapshot = (
  services: readonly ServiceSnapshot[],
  overrides: Partial<ClusterSnapshot> = {},
): ClusterSnapshot => ({
  atMillis: noon,
  cluster: 'shop',
  instances: [],
  pools: [],
  services,
  requests: [],
  leaving: [],
  ...overrides,
});

export const aMemory = (overrides: Partial<ServiceMemory> = {}): ServiceMemory => ({
  ...newServiceMemory(),
  ...overrides,
});

export interface OneService {
  readonly policy?: Partial<ServicePolicy>;
  readonly service?: Partial<ServiceSnapshot>;
  readonly memory?: Partial<ServiceMemory>;
  readonly atMillis?: number;
  readonly dryRun?: boolean;
}

/** Decides about one service, `web`. */
export const decideOne = ({ policy, service, memory, atMillis = noon, dryRun = false }: OneService) => {
  const decided = decideServices(
    aSnapshot([aService(service)], { atMillis }),
    aPolicy([aServicePolicy(policy)], { dryRun }),
    { web: aMemory(memory) },
  );
  const [decision] = decided.decisions;
  const kept = decided.memory.web;
  if (decision === undefined || kept === undefined) throw new Error('nothing was decided about web');
  return { ...decision, actions: decided.actions, memory: kept };
};
