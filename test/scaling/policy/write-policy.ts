import { formatSeconds } from '../../../src/document/format-quantity.ts';
import type {
  CapacityPolicy,
  DirectionPolicy,
  Floor,
  PoolPolicy,
  ScalingPolicy,
  ServicePolicy,
  ServiceRule,
} from '../../../src/scaling/policy/scaling-policy.ts';

/* A compiled policy as a document, with everything said. */

type Written = Readonly<Record<string, unknown>>;

const orAbsent = (name: string, value: unknown): Written => (value === null ? {} : { [name]: value });

const writeFloors = (floors: readonly Floor[]): readonly Written[] =>
  floors.map(({ seconds, ...floor }) => ({ ...floor, for: formatSeconds(seconds) }));

const writeMetric = ({ metric, ...rule }: ServiceRule): Written => {
  const { kind, periodSeconds, ...rest } = metric;
  const { per, ...named } = rest;
  const isRate = kind === 'requestsPerTarget';
  const value = (number: number): unknown => (isRate ? `${number / periodSeconds}/s` : number);
  return {
    ...named,
    ...(kind === 'cloudWatch' || kind === 'prometheus' ? { per } : {}),
    period: formatSeconds(periodSeconds),
    ...(rule.kind === 'track'
      ? { target: value(rule.target), tolerance: Math.round(rule.tolerance * 100) }
      : {
          above: rule.above.map(({ threshold, tasks }) => ({ at: value(threshold), add: tasks })),
          below: rule.below.map(({ threshold, tasks }) => ({ at: value(threshold), remove: tasks })),
        }),
  };
};

const writeDirection = (direction: DirectionPolicy): Written => ({
  cooldown: formatSeconds(direction.cooldownSeconds),
  stabilisation: formatSeconds(direction.stabilisationSeconds),
  ...orAbsent('mostTasks', direction.mostTasks),
  ...orAbsent('mostPercent', direction.mostPercent),
});

const writeService = (service: ServicePolicy): Written => {
  const [rule] = service.rules;
  return {
    minimum: service.minimum,
    maximum: service.maximum,
    ...Object.fromEntries(service.rules.map((each) => [each.metric.kind, writeMetric(each)])),
    ...(rule?.kind === 'steps' ? { periods: { out: rule.outPeriods, in: rule.inPeriods } } : {}),
    out: writeDirection(service.out),
    in: writeDirection(service.in),
    stale: formatSeconds(service.staleSeconds),
    floors: writeFloors(service.floors),
  };
};

const writePool = ({ kind, id, share, minimum, maximum, instanceTypes }: PoolPolicy): Written => ({
  [kind]: id,
  share,
  minimum,
  maximum,
  instanceTypes: instanceTypes.map(({ memoryMib, pricePerHourUsd, taskEnis, ...type }) => ({
    ...type,
    memory: memoryMib,
    ...orAbsent('taskEnis', taskEnis),
    ...orAbsent('price', pricePerHourUsd),
  })),
});

const writeCapacity = (capacity: CapacityPolicy): Written => ({
  minimum: capacity.minimum,
  maximum: capacity.maximum,
  reservation: {
    cpu: capacity.reservation.cpuPercent ?? false,
    memory: capacity.reservation.memoryPercent ?? false,
  },
  headroom: capacity.headroom.map(({ memoryMib, ...task }) => ({ ...task, memory: memoryMib })),
  unplacedGrace: formatSeconds(capacity.unplacedGraceSeconds),
  requestExpiry: formatSeconds(capacity.requestSeconds),
  bootTime: formatSeconds(capacity.bootSeconds),
  floors: writeFloors(capacity.floors),
  scaleIn:
    capacity.scaleIn === null
      ? false
      : {
          unneededFor: formatSeconds(capacity.scaleIn.unneededSeconds),
          afterOut: formatSeconds(capacity.scaleIn.afterOutSeconds),
          mostAtOnce: capacity.scaleIn.mostAtOnce,
          margin: capacity.scaleIn.marginPercent,
        },
});

export const writePolicy = (policy: ScalingPolicy): Written => ({
  version: policy.version,
  cluster: policy.cluster,
  every: formatSeconds(policy.everySeconds),
  paused: policy.paused,
  dryRun: policy.dryRun,
  ...(policy.capacity === null
    ? {}
    : {
        pools: Object.fromEntries(policy.capacity.pools.map((pool) => [pool.name, writePool(pool)])),
        capacity: writeCapacity(policy.capacity),
      }),
  services: Object.fromEntries(policy.services.map((service) => [service.service, writeService(service)])),
});
