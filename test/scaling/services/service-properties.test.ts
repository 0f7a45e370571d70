import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { MetricReadings, ServiceSnapshot } from '../../../src/scaling/cluster-snapshot.ts';
import type { MetricReference, ServicePolicy } from '../../../src/scaling/policy/scaling-policy.ts';
import { newServiceMemory, serviceMemory } from '../../../src/scaling/scaling-memory.ts';
import { boundsAt } from '../../../src/scaling/services/decide-service.ts';
import {
  aService,
  aServicePolicy,
  atOnce,
  cpu,
  decideOne,
  jobs,
  noon,
  points,
  readings,
  steps,
  track,
} from './builders.ts';

const seed = Number(process.env.STORMDRAIN_SCALING_SEED ?? 6);
const cases = Number(process.env.STORMDRAIN_SCALING_CASES ?? 150);
const check = <Drawn>(arbitrary: fc.Arbitrary<Drawn>, predicate: (drawn: Drawn) => void, share = 1): void => {
  fc.assert(fc.property(arbitrary, predicate), { seed, numRuns: Math.ceil(cases * share) });
};

const total: MetricReference = { kind: 'prometheus', per: 'total', periodSeconds: 60, query: 'sum(work)' };

const direction = fc.record({
  cooldownSeconds: fc.constantFrom(0, 60, 150, 600),
  stabilisationSeconds: fc.constantFrom(0, 60, 300),
  mostTasks: fc.constantFrom(null, 1, 4),
  mostPercent: fc.constantFrom(null, 10, 100),
});

const trackRules = fc.array(
  fc.record({
    metric: fc.constantFrom(cpu, jobs, total),
    target: fc.integer({ min: 1, max: 100 }),
    tolerance: fc.constantFrom(0, 0.1),
  }),
  { minLength: 1, maxLength: 3 },
);

/* Higher thresholds add no fewer tasks, else more demand would rightly add fewer. */
const stepsRule = fc
  .record({
    metric: fc.constantFrom(cpu, total),
    thresholds: fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 4, maxLength: 4 }),
    tasks: fc.integer({ min: 1, max: 3 }),
    outPeriods: fc.integer({ min: 1, max: 3 }),
    inPeriods: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ metric, thresholds, tasks, outPeriods, inPeriods }) => {
    const [a = 0, b = 0, c = 0, d = 0] = thresholds.toSorted((x, y) => x - y);
    return steps(
      [
        [c, tasks],
        [d, tasks + 2],
      ],
      [
        [b, tasks],
        [a, tasks + 1],
      ],
      { metric, outPeriods, inPeriods },
    );
  });

const policies: fc.Arbitrary<ServicePolicy> = fc
  .record({
    minimum: fc.integer({ min: 0, max: 5 }),
    range: fc.integer({ min: 0, max: 30 }),
    rules: fc.oneof(
      trackRules.map((rules) => rules.map(({ target, ...rule }) => track(target, rule))),
      stepsRule.map((rule) => [rule]),
    ),
    out: direction,
    in: direction,
    floor: fc.constantFrom(0, 4, 99),
  })
  .map(({ range, floor, ...policy }) =>
    aServicePolicy({
      ...policy,
      maximum: policy.minimum + range,
      floors: [{ cron: '*/20 * * * *', timezone: 'UTC', seconds: 600, minimum: floor }],
    }),
  );

const value = fc.double({ min: 0, max: 300, noNaN: true });
const values = fc.array(value, { minLength: 3, maxLength: 3 });

/** One tick's share of a world that does what it likes. */
const tick = fc.record({
  values: fc.array(values, { minLength: 3, maxLength: 3 }),
  work: values,
  ageSeconds: fc.constantFrom(0, 60, 100, 400),
  lost: fc.constantFrom(0, 0, 0, 0, 1, 7),
  running: fc.integer({ min: 0, max: 40 }),
  set: fc.option(fc.integer({ min: 0, max: 50 }), { nil: null, freq: 8 }),
  isDeploying: fc.constantFrom(false, false, false, true),
});
type Tick = typeof tick extends fc.Arbitrary<infer Drawn> ? Drawn : never;

/** `lost`: one bit for each rule whose readings are missing. */
const serviceAt = (drawn: Tick, desiredCount: number, atMillis: number): ServiceSnapshot => {
  const lastMillis = atMillis - drawn.ageSeconds * 1000;
  return aService({
    desiredCount,
    runningCount: drawn.running,
    isDeploying: drawn.isDeploying,
    readings: drawn.values.map((series, index): MetricReadings => {
      if ((drawn.lost >> index) % 2 === 1) return { points: [], failure: 'lost' };
      return { ...readings(series, lastMillis), inWork: points(drawn.work, lastMillis) };
    }),
  });
};

const world = fc.record({ policy: policies, ticks: fc.array(tick, { minLength: 1, maxLength: 25 }) });

/** Ticks a minute apart, each decision carried out before the next. */
const play = ({ policy, ticks }: { policy: ServicePolicy; ticks: readonly Tick[] }) => {
  let desired = 6;
  let memory = newServiceMemory();
  return ticks.map((drawn, index) => {
    const atMillis = noon + index * 60_000;
    desired = drawn.set ?? desired;
    const service = serviceAt(drawn, desired, atMillis);
    const before = memory;
    const decided = decideOne({ policy, service, memory, atMillis });
    memory = decided.memory;
    desired = decided.to ?? desired;
    return { atMillis, drawn, service, before, decided };
  });
};

const isForced = (reason: string): boolean => ['below-minimum', 'floor', 'above-maximum'].includes(reason);

it('stays within minimum, floors and maximum', () => {
  check(world, ({ policy, ticks }) => {
    for (const { decided, atMillis } of play({ policy, ticks })) {
      const { minimum, maximum } = boundsAt(policy, atMillis);
      expect(decided.to).toBeGreaterThanOrEqual(minimum);
      expect(decided.to).toBeLessThanOrEqual(maximum);
    }
  });
});

it('takes no step in a cooldown but to come within bounds', () => {
  check(world, ({ policy, ticks }) => {
    let last = Number.NEGATIVE_INFINITY;
    for (const { decided, atMillis } of play({ policy, ticks })) {
      if (decided.outcome === 'hold') continue;
      const { cooldownSeconds } = policy[decided.outcome];
      const slackSeconds = Math.min(5, cooldownSeconds / 10);
      if (!isForced(decided.reason))
        expect(atMillis - last).toBeGreaterThanOrEqual((cooldownSeconds - slackSeconds) * 1000);
      last = atMillis;
    }
  });
});

it('acts exactly when it says so', () => {
  check(world, ({ policy, ticks }) => {
    for (const { decided, service } of play({ policy, ticks })) {
      const { from, to, outcome } = decided;
      expect(from).toBe(service.desiredCount);
      expect(decided.actions).toEqual(
        outcome === 'hold' ? [] : [{ kind: 'setService', service: 'web', from, to }],
      );
      expect(Math.sign((to ?? 0) - (from ?? 0))).toBe({ out: 1, hold: 0, in: -1 }[outcome]);
      expect(decided.sentence).toMatch(/^web: .*(stays?|becomes \d+)\.$/s);
      expect(decided.sentence).not.toMatch(/NaN|Infinity|undefined|null/);
    }
  });
});

it('removes nothing on missing or stale data, and adds nothing on stale data', () => {
  check(world, ({ policy, ticks }) => {
    for (const { decided, drawn } of play({ policy, ticks })) {
      if (isForced(decided.reason)) continue;
      const isStale = drawn.ageSeconds > policy.staleSeconds;
      const isLost = policy.rules.some((_, index) => (drawn.lost >> index) % 2 === 1);
      if (isStale || isLost) expect(decided.outcome).not.toBe('in');
      if (isStale) expect(decided.outcome).not.toBe('out');
    }
  });
});

it('removes nothing and nothing beyond what was set goes up while a deployment rolls', () => {
  check(world, ({ policy, ticks }) => {
    for (const { decided, drawn, before } of play({ policy, ticks })) {
      if (!drawn.isDeploying || isForced(decided.reason)) continue;
      expect(decided.outcome).not.toBe('in');
      if (decided.outcome === 'out') expect(decided.to).toBeLessThanOrEqual(before.lastSet ?? 0);
    }
  });
});

it('never wants fewer tasks for more demand', () => {
  const factors = fc.array(fc.double({ min: 1, max: 4, noNaN: true }), { minLength: 12, maxLength: 12 });
  check(fc.tuple(world, factors), ([{ policy, ticks }, by]) => {
    for (const { service, before, atMillis, decided } of play({ policy, ticks })) {
      const more = service.readings.map((series, rule) => ({
        ...series,
        points: series.points.map((point, index) => ({
          ...point,
          value: point.value * (by[rule * 3 + index] ?? 1),
        })),
        ...(series.inWork && {
          inWork: series.inWork.map((point, index) => ({
            ...point,
            value: point.value * (by[9 + index] ?? 1),
          })),
        }),
      }));
      const raised = decideOne({ policy, service: { ...service, readings: more }, memory: before, atMillis });
      expect(raised.to).toBeGreaterThanOrEqual(decided.to ?? 0);
    }
  });
});

it('decides the same again, and nothing new with the memory that it gave', () => {
  check(world, ({ policy, ticks }) => {
    for (const { service, before, atMillis, decided } of play({ policy, ticks })) {
      expect(decideOne({ policy, service, memory: before, atMillis })).toEqual(decided);
      const again = decideOne({ policy, service, memory: decided.memory, atMillis });
      /* A cooldown began, so where bounds alone forced a part of the step it is that part. */
      const [least, most] = [decided.from ?? 0, decided.to ?? 0].toSorted((x, y) => x - y);
      expect(again.to).toBeGreaterThanOrEqual(least ?? 0);
      expect(again.to).toBeLessThanOrEqual(most ?? 0);
    }
  });
});

it('remembers no more than a window of counts and recommendations, as JSON', () => {
  check(
    fc.tuple(policies, tick, fc.array(fc.nat({ max: 30 }), { minLength: 400, maxLength: 400 })),
    ([policy, drawn, counts]) => {
      let memory = newServiceMemory();
      counts.forEach((running, index) => {
        const atMillis = noon + index * 10_000;
        const service = serviceAt({ ...drawn, running }, 6, atMillis);
        memory = decideOne({ policy, service, memory, atMillis }).memory;
      });
      expect(memory.counts.length).toBeLessThanOrEqual(200);
      expect(memory.recommendations.length).toBeLessThanOrEqual(200);
      const now = noon + 399 * 10_000;
      expect(memory.counts.filter(({ atMillis }) => atMillis < now - 30 * 60_000).length).toBeLessThanOrEqual(
        1,
      );
      expect(serviceMemory.parse(JSON.parse(JSON.stringify(memory)))).toEqual(memory);
    },
    0.05,
  );
});

it('comes to rest at constant demand, where a target wants it', () => {
  const drawn = fc.record({
    demand: fc.double({ min: 0, max: 2000, noNaN: true }),
    start: fc.integer({ min: 1, max: 30 }),
    target: fc.integer({ min: 5, max: 100 }),
    bootTicks: fc.integer({ min: 0, max: 4 }),
    delayTicks: fc.integer({ min: 0, max: 4 }),
  });
  check(drawn, ({ demand, start, target, bootTicks, delayTicks }) => {
    const policy = aServicePolicy({
      rules: [track(target)],
      maximum: 500,
      in: { ...atOnce, stabilisationSeconds: 300 },
    });
    const ordered: number[] = [start];
    const loads: number[] = [];
    let memory = newServiceMemory();
    for (let index = 0; index < 40; index += 1) {
      const atMillis = noon + index * 60_000;
      const desiredCount = ordered.at(-1) ?? start;
      const soFar = ordered.slice(-1 - bootTicks);
      const runningCount = Math.min(...soFar);
      loads.push(demand / runningCount);
      const seen = loads.slice(0, Math.max(0, loads.length - delayTicks)).slice(-3);
      const service = aService({
        desiredCount,
        runningCount,
        readings: [readings(seen, atMillis - delayTicks * 60_000)],
      });
      const decided = decideOne({ policy, service, memory, atMillis });
      memory = decided.memory;
      ordered.push(decided.to ?? desiredCount);
    }
    const moves = ordered.slice(1).map((tasks, index) => Math.sign(tasks - (ordered[index] ?? tasks)));
    /* Never out after in, for however long tasks and readings take; in after out only when a full CPU was taken for too much. */
    const steps = moves.filter((move) => move !== 0);
    const isFull = loads.some((load) => load >= 95);
    if (isFull) expect([...steps].sort((a, b) => b - a)).toEqual(steps);
    else expect(new Set(steps).size).toBeLessThanOrEqual(1);
    expect(moves.slice(-20).every((move) => move === 0)).toBe(true);
    const wanted = Math.max(1, demand / target);
    expect(Math.abs((ordered.at(-1) ?? 0) / wanted - 1)).toBeLessThan(0.1 + 1 / wanted + 1e-6);
  });
});
