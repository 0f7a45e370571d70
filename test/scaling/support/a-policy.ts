import type {
  CapacityPolicy,
  PoolPolicy,
  ScalingPolicy,
  ServicePolicy,
} from '../../../src/scaling/policy/scaling-policy.ts';

const direction = { cooldownSeconds: 60, stabilisationSeconds: 0, mostTasks: null, mostPercent: null };

/** Above 30 % CPU one task more, below 15 % one less. */
export const aServicePolicy = (settings: Partial<ServicePolicy> = {}): ServicePolicy => ({
  service: 'web',
  minimum: 1,
  maximum: 20,
  rules: [
    {
      kind: 'steps',
      metric: { kind: 'cpu', per: 'task', periodSeconds: 60 },
      above: [{ threshold: 30, tasks: 1 }],
      below: [{ threshold: 15, tasks: 1 }],
      outPeriods: 1,
      inPeriods: 1,
    },
  ],
  out: direction,
  in: direction,
  staleSeconds: 300,
  floors: [],
  ...settings,
});

export const aPoolPolicy = (settings: Partial<PoolPolicy> = {}): PoolPolicy => ({
  name: 'spot',
  kind: 'autoScalingGroup',
  id: 'shop-spot',
  share: 1,
  minimum: 0,
  maximum: 1_000,
  instanceTypes: [],
  ...settings,
});

export const aCapacityPolicy = (settings: Partial<CapacityPolicy> = {}): CapacityPolicy => ({
  pools: [aPoolPolicy()],
  minimum: 1,
  maximum: 1_000,
  reservation: { cpuPercent: 80, memoryPercent: 80 },
  headroom: [],
  unplacedGraceSeconds: 60,
  requestSeconds: 300,
  bootSeconds: 300,
  floors: [],
  scaleIn: { unneededSeconds: 600, afterOutSeconds: 600, mostAtOnce: 1, marginPercent: 10 },
  ...settings,
});

export const aPolicy = (settings: Partial<ScalingPolicy> = {}): ScalingPolicy => ({
  version: 1,
  cluster: 'shop',
  everySeconds: 60,
  paused: false,
  dryRun: false,
  capacity: null,
  services: [aServicePolicy()],
  ...settings,
});
