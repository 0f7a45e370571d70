import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ServicePolicy, StepsRule } from '../../../src/scaling/policy/scaling-policy.ts';
import { decideOscillation } from '../../../src/scaling/services/decide-oscillation.ts';
import { nextTasks } from '../../../src/scaling/services/step-tasks.ts';
import { aServicePolicy, atOnce, decideOne, jobs, readings, steps, track } from './builders.ts';

const stepped = (rule: StepsRule, overrides: Partial<ServicePolicy> = {}): ServicePolicy =>
  aServicePolicy({ rules: [rule], ...overrides });

describe('above 30 add one', () => {
  it('and below 15 remove one is accepted', () => {
    expect(decideOscillation(stepped(steps([[30, 1]], [[15, 1]])))).toBeNull();
    expect(decideOscillation(stepped(steps([[30, 1]], [[15, 1]]), { maximum: 10_000 }))).toBeNull();
  });

  it('and below 16 remove one is refused, with the numbers', () => {
    expect(decideOscillation(stepped(steps([[30, 1]], [[16, 1]])))).toEqual({
      demand: 31,
      minimum: 1,
      cycle: [
        { tasks: 1, value: 31, direction: 'out', threshold: 30, next: 2 },
        { tasks: 2, value: 15.5, direction: 'in', threshold: 16, next: 1 },
      ],
    });
  });

  it('and below 16 remove one is accepted from 2 tasks up: 2 at 30 are 3 at 20', () => {
    expect(decideOscillation(stepped(steps([[30, 1]], [[16, 1]]), { minimum: 2 }))).toBeNull();
    expect(decideOscillation(stepped(steps([[30, 1]], [[21, 1]]), { minimum: 2 }))).not.toBeNull();
  });

  it('add four and below 14 remove four leaps over what lies between', () => {
    expect(decideOscillation(stepped(steps([[30, 4]], [[14, 4]])))).toMatchObject({
      demand: 40,
      cycle: [
        { tasks: 1, value: 40, direction: 'out', next: 5 },
        { tasks: 5, value: 8, direction: 'in', next: 1 },
      ],
    });
  });
});

it('a step that the maximum or a limit shortens no longer leaps', () => {
  const leaping = steps([[30, 4]], [[14, 4]]);
  expect(decideOscillation(stepped(leaping))).not.toBeNull();
  expect(decideOscillation(stepped(leaping, { maximum: 2 }))).toBeNull();
  const limit = { ...atOnce, mostTasks: 1 };
  expect(decideOscillation(stepped(leaping, { out: limit, in: limit }))).toBeNull();
});

it('a floor can make steps oscillate that do not without it', () => {
  /* Without it 3 tasks less 3 are none, and with none there are no readings. */
  const service = stepped(steps([[30, 2]], [[14, 3]]), { minimum: 0 });
  expect(decideOscillation(service)).toBeNull();
  const floor = { cron: '0 8 * * *', timezone: 'UTC', seconds: 3600, minimum: 1 };
  expect(decideOscillation({ ...service, floors: [floor] })).toMatchObject({
    minimum: 1,
    cycle: [
      { tasks: 1, next: 3 },
      { tasks: 3, next: 1 },
    ],
  });
});

it('targets and totals cannot oscillate', () => {
  expect(decideOscillation(aServicePolicy({ rules: [track(70)] }))).toBeNull();
  expect(decideOscillation(stepped(steps([[30, 5]], [[29, 5]], { metric: jobs })))).toBeNull();
  expect(decideOscillation(stepped(steps([[30, 1]], [])))).toBeNull();
  expect(decideOscillation(stepped(steps([], [[30, 1]])))).toBeNull();
});

it('finds what only a demand that is exactly on two thresholds makes', () => {
  /* At 51 one task becomes 3, and at 49 five do; between, it is 5 and 1 in turn. */
  const rule = steps(
    [
      [45, 4],
      [50, 2],
    ],
    [
      [15, 5],
      [10, 2],
    ],
  );
  expect(decideOscillation(stepped(rule))).toMatchObject({ demand: 50, cycle: [{ tasks: 1 }, { tasks: 5 }] });
});

/** Small numbers, so that thresholds times counts coincide and cycles of several steps come about. */
const limits = fc.record({
  mostTasks: fc.option(fc.integer({ min: 1, max: 4 }), { nil: null }),
  mostPercent: fc.option(fc.integer({ min: 1, max: 200 }), { nil: null }),
});

const smallPolicies = fc
  .record({
    thresholds: fc.uniqueArray(fc.integer({ min: 1, max: 24 }), { minLength: 2, maxLength: 6 }),
    scale: fc.constantFrom(1, 5, 0.1, 1 / 3),
    highest: fc.nat(),
    tasks: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 6, maxLength: 6 }),
    minimum: fc.integer({ min: 0, max: 4 }),
    range: fc.integer({ min: 0, max: 12 }),
    floor: fc.option(fc.integer({ min: 0, max: 9 }), { nil: null }),
    out: limits,
    in: limits,
  })
  .map((drawn): ServicePolicy => {
    const ascending = drawn.thresholds
      .toSorted((a, b) => a - b)
      .map((threshold, index): readonly [number, number] => [
        threshold * drawn.scale,
        drawn.tasks[index] ?? 1,
      ]);
    const split = 1 + (drawn.highest % (ascending.length - 1));
    return stepped(steps(ascending.slice(split), ascending.slice(0, split).reverse()), {
      minimum: drawn.minimum,
      maximum: drawn.minimum + drawn.range,
      out: { ...atOnce, ...drawn.out },
      in: { ...atOnce, ...drawn.in },
      floors:
        drawn.floor === null
          ? []
          : [{ cron: '0 8 * * *', timezone: 'UTC', seconds: 3600, minimum: drawn.floor }],
    });
  });

const ruleOf = (service: ServicePolicy): StepsRule => {
  const [rule] = service.rules;
  if (rule?.kind !== 'steps') throw new Error('not steps');
  return rule;
};

/** Whether going on from each count for long enough ends in one that moves. */
const movesForEver = (service: ServicePolicy, minimum: number, demand: number): boolean => {
  const counts = Array.from({ length: service.maximum - minimum + 1 }, (_, index) => minimum + index);
  return counts.some((start) => {
    let tasks = start;
    for (const _ of counts) tasks = nextTasks(service, ruleOf(service), minimum, tasks, demand);
    return nextTasks(service, ruleOf(service), minimum, tasks, demand) !== tasks;
  });
};

/** Every critical demand, and one between each two. */
const allDemands = (service: ServicePolicy): readonly number[] => {
  const rule = ruleOf(service);
  const criticals = new Set([0]);
  for (let tasks = 1; tasks <= service.maximum; tasks += 1)
    for (const { threshold } of [...rule.above, ...rule.below]) criticals.add(threshold * tasks);
  const ascending = [...criticals].sort((a, b) => a - b);
  return ascending.flatMap((demand, index) => [
    demand,
    (demand + (ascending[index + 1] ?? 2 * demand + 1)) / 2,
  ]);
};

const minimaOf = (service: ServicePolicy): readonly number[] => [
  service.minimum,
  ...service.floors.map(({ minimum }) => Math.min(service.maximum, Math.max(service.minimum, minimum))),
];

const seed = Number(process.env.STORMDRAIN_SCALING_SEED ?? 61);
const numRuns = Number(process.env.STORMDRAIN_SCALING_CASES ?? 400);

it('agrees with trying every demand and every count', () => {
  let refused = 0;
  fc.assert(
    fc.property(smallPolicies, (service) => {
      const found = decideOscillation(service);
      const tried = minimaOf(service).some((minimum) =>
        allDemands(service).some((demand) => movesForEver(service, minimum, demand)),
      );
      expect(found !== null).toBe(tried);
      refused += found === null ? 0 : 1;
    }),
    { numRuns, seed },
  );
  /* Both answers come up often enough to mean something. */
  expect(refused).toBeGreaterThan(numRuns / 10);
  expect(refused).toBeLessThan((numRuns * 9) / 10);
});

it('names a cycle that is one, by the same steps that decisions take', () => {
  fc.assert(
    fc.property(smallPolicies, (policy) => {
      const found = decideOscillation(policy);
      if (found === null) return;
      const { cycle, demand, minimum } = found;
      expect(cycle.length).toBeGreaterThan(1);
      expect(new Set(cycle.map(({ direction }) => direction)).size).toBe(2);
      for (const [index, step] of cycle.entries()) {
        expect(step.next).toBe(cycle[(index + 1) % cycle.length]?.tasks);
        /* Where the product that the decision makes isn't the demand, it may lie on the other side of a threshold. */
        if (step.value * step.tasks !== demand) continue;
        const decided = decideOne({
          policy: { ...policy, minimum, floors: [] },
          service: { desiredCount: step.tasks, readings: [readings([step.value])] },
        });
        expect(decided.to).toBe(step.next);
      }
    }),
    { numRuns: Math.min(numRuns, 500), seed },
  );
});

it('knows ten thousand tasks and ten steps each way', () => {
  const ten = (make: (index: number) => readonly [number, number]) =>
    Array.from({ length: 10 }, (_, index) => make(index));
  const harmless = steps(
    ten((index) => (index === 9 ? [3e9, 5000] : [30 + index * 10, 1])),
    ten((index) => (index === 9 ? [1e-7, 5000] : [15 - index, 1])),
  );
  expect(decideOscillation(stepped(harmless, { maximum: 10_000 }))).toBeNull();
  const close = steps(
    ten((index) => [30 + 3 * index, 1 + 3 * index]),
    ten((index) => [29.99 - 2 * index, 1 + index]),
  );
  expect(decideOscillation(stepped(close, { minimum: 400, maximum: 10_000 }))).toMatchObject({
    minimum: 400,
  });
});
