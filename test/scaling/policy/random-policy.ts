import fc from 'fast-check';
import type {
  CapacityPolicy,
  DirectionPolicy,
  Floor,
  MetricReference,
  PoolPolicy,
  ScalingPolicy,
  ServicePolicy,
  ServiceRule,
} from '../../../src/scaling/policy/scaling-policy.ts';
import { decideOscillation } from '../../../src/scaling/services/decide-oscillation.ts';

/* Compiled policies that a document can say, and that are accepted. */

const upTo = (max: number, min = 0): fc.Arbitrary<number> => fc.integer({ min, max });
const orNull = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> => fc.option(value);
const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,11}$/).filter((text) => !(text in {}));
const minutes = (max: number): fc.Arbitrary<number> => upTo(max, 1).map((count) => count * 60);

const floors = (maximum: number): fc.Arbitrary<Floor[]> =>
  fc.array(
    fc.record({
      cron: fc.constantFrom('0 8 * * 1-5', '*/30 * * * *', '0 22 1 * *'),
      timezone: fc.constantFrom('UTC', 'Europe/Berlin'),
      seconds: upTo(60, 15).map((count) => count * 60),
      minimum: upTo(maximum, 1),
    }),
    { maxLength: 2 },
  );

const metric: fc.Arbitrary<MetricReference> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('cpu' as const, 'memory' as const),
    per: fc.constant('task' as const),
    periodSeconds: minutes(5),
  }),
  fc.record({
    kind: fc.constant('requestsPerTarget' as const),
    per: fc.constant('task' as const),
    periodSeconds: minutes(5),
    targetGroup: fc.constant('targetgroup/web/0123456789abcdef'),
  }),
  fc.record({
    kind: fc.constant('queueDepth' as const),
    per: fc.constant('total' as const),
    periodSeconds: minutes(5),
    queue: name,
    inWorkPerTask: upTo(20, 1),
  }),
  fc.record({
    kind: fc.constant('cloudWatch' as const),
    per: fc.constantFrom('task' as const, 'total' as const),
    periodSeconds: fc.constantFrom(10, 20, 30, 60, 300),
    namespace: fc.constant('Shop'),
    name,
    dimensions: fc.dictionary(name, name, { maxKeys: 2, noNullPrototype: true }),
    statistic: fc.constantFrom('Average', 'Sum', 'p99', 'p99.9'),
  }),
  fc.record({
    kind: fc.constant('prometheus' as const),
    per: fc.constantFrom('task' as const, 'total' as const),
    periodSeconds: upTo(300, 10),
    query: fc.constant('sum(rate(requests_total[1m]))'),
  }),
);

/** Readings of these end at 100. */
const isShare = (kind: MetricReference['kind']): boolean => kind === 'cpu' || kind === 'memory';

/** A value of the metric that people can write: whole percent, whole requests a second. */
const valueFor = ({ kind, periodSeconds }: MetricReference): fc.Arbitrary<number> =>
  kind === 'requestsPerTarget' ? upTo(100, 1).map((rate) => rate * periodSeconds) : upTo(1000, 1);

const trackRule: fc.Arbitrary<ServiceRule> = metric
  .chain((measured) =>
    fc.record({
      kind: fc.constant('track' as const),
      metric: fc.constant(measured),
      target: valueFor(measured),
      tolerance: upTo(90).map((percent) => percent / 100),
    }),
  )
  .filter(
    ({ metric: { kind }, target, tolerance }) =>
      !isShare(kind) || target > 100 || target * (1 + tolerance) < 99.99,
  );

const stepsRule: fc.Arbitrary<ServiceRule> = metric
  .filter(({ kind }) => kind !== 'queueDepth')
  .chain((measured) => {
    const steps = fc.array(fc.record({ threshold: valueFor(measured), tasks: upTo(5, 1) }), {
      minLength: 1,
      maxLength: 3,
    });
    return fc.record({
      kind: fc.constant('steps' as const),
      metric: fc.constant(measured),
      above: steps.map((list) => list.sort((a, b) => a.threshold - b.threshold)),
      below: steps.map((list) => list.sort((a, b) => b.threshold - a.threshold)),
      outPeriods: upTo(3, 1),
      inPeriods: upTo(3, 1),
    });
  })
  .filter(({ metric, above, below }) => {
    const isRising = [above, below].every((steps) =>
      steps.every((step, index) => {
        const before = steps[index - 1];
        return before === undefined || (step.threshold !== before.threshold && step.tasks >= before.tasks);
      }),
    );
    const isReached = !isShare(metric.kind) || above.every(({ threshold }) => threshold !== 100);
    return isRising && isReached && (below[0]?.threshold ?? 0) < (above[0]?.threshold ?? 0);
  });

const rules: fc.Arbitrary<readonly ServiceRule[]> = fc.oneof(
  fc.uniqueArray(trackRule, { minLength: 1, maxLength: 4, selector: (rule) => rule.metric.kind }),
  fc.tuple(stepsRule),
);

const kindOrder = ['cpu', 'memory', 'requestsPerTarget', 'queueDepth', 'cloudWatch', 'prometheus'];

const direction = (mostPercent: number): fc.Arbitrary<DirectionPolicy> =>
  fc.record({
    cooldownSeconds: upTo(900),
    stabilisationSeconds: upTo(900),
    mostTasks: orNull(upTo(100, 1)),
    mostPercent: orNull(upTo(mostPercent, 1)),
  });

export const someService: fc.Arbitrary<ServicePolicy> = upTo(100, 1)
  .chain((maximum) =>
    fc.record({
      service: name,
      minimum: upTo(maximum, 1),
      maximum: fc.constant(maximum),
      rules: rules.map((list) =>
        [...list].sort((a, b) => kindOrder.indexOf(a.metric.kind) - kindOrder.indexOf(b.metric.kind)),
      ),
      out: direction(1000),
      in: direction(100),
      staleSeconds: upTo(3600, 600),
      floors: floors(maximum),
    }),
  )
  .filter((service) => decideOscillation(service) === null);

const pool = fc.record({
  name,
  kind: fc.constantFrom('autoScalingGroup' as const, 'spotFleet' as const, 'ec2Fleet' as const),
  id: name,
  share: upTo(10, 1),
  minimum: upTo(3),
  maximum: upTo(50, 3),
  instanceTypes: fc.uniqueArray(
    fc.record({
      type: name,
      cpu: upTo(64_000, 8192),
      memoryMib: upTo(256_000, 8192),
      gpus: upTo(4),
      taskEnis: orNull(upTo(50)),
      attributes: fc.dictionary(name, name, { maxKeys: 2, noNullPrototype: true }),
      weight: upTo(8, 1),
      pricePerHourUsd: orNull(upTo(100, 1).map((cents) => cents / 100)),
    }),
    { maxLength: 2, selector: ({ type }) => type },
  ),
});

const prefixes = { autoScalingGroup: '', spotFleet: 'sfr-', ec2Fleet: 'fleet-' };

const pools: fc.Arbitrary<readonly PoolPolicy[]> = fc
  .uniqueArray(pool, { minLength: 1, maxLength: 3, selector: (one) => one.name })
  .map((list) => list.map((one) => ({ ...one, id: `${prefixes[one.kind]}${one.id}-${one.name}` })));

export const someCapacity: fc.Arbitrary<CapacityPolicy> = pools.chain((list) => {
  const least = list.reduce((sum, { minimum }) => sum + minimum, 0);
  const most = list.reduce((sum, { maximum }) => sum + maximum, 0);
  return upTo(most, Math.max(1, least)).chain((maximum) =>
    fc.record({
      pools: fc.constant(list),
      minimum: upTo(maximum),
      maximum: fc.constant(maximum),
      reservation: fc.record({ cpuPercent: orNull(upTo(100, 1)), memoryPercent: orNull(upTo(100, 1)) }),
      headroom: fc.array(fc.record({ count: upTo(5, 1), cpu: upTo(8192, 1), memoryMib: upTo(8192, 1) }), {
        maxLength: 2,
      }),
      unplacedGraceSeconds: upTo(600),
      requestSeconds: upTo(3600, 60),
      bootSeconds: upTo(3600, 10),
      floors: floors(maximum),
      scaleIn: orNull(
        fc.record({
          unneededSeconds: upTo(7200, 60),
          afterOutSeconds: upTo(7200),
          mostAtOnce: upTo(20, 1),
          marginPercent: upTo(90),
        }),
      ),
    }),
  );
});

export const somePolicy: fc.Arbitrary<ScalingPolicy> = fc
  .record({
    version: fc.constant(1 as const),
    cluster: name,
    everySeconds: fc.oneof(upTo(50, 10), minutes(15)),
    paused: fc.boolean(),
    dryRun: fc.boolean(),
    capacity: orNull(someCapacity),
    services: fc.uniqueArray(someService, { maxLength: 3, selector: ({ service }) => service }),
  })
  .filter(({ capacity, services }) => capacity !== null || services.length > 0);
