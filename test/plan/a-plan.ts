import fc from 'fast-check';
import { appendEpoch } from '../../src/plan/arrival-schedule.ts';
import { type Epoch, firstEpoch } from '../../src/plan/epochs.ts';
import { shapeSeconds } from '../../src/plan/load-shape.ts';
import type { Load, Plan, RequestStep, Scenario, Stage } from '../../src/plan/plan.ts';

export const aRequest = (overrides: Partial<RequestStep> = {}): RequestStep => ({
  kind: 'request',
  name: 'GET /',
  method: 'GET',
  url: '/',
  headers: [],
  redirects: 0,
  timeoutSeconds: 10,
  expect: [],
  capture: [],
  ...overrides,
});

export const aScenario = (overrides: Partial<Scenario> = {}): Scenario => ({
  name: 'browse',
  weight: 1,
  steps: [aRequest()],
  ...overrides,
});

export const aPlan = (overrides: Partial<Plan> = {}): Plan => ({
  version: 1,
  name: 'a plan',
  target: 'http://127.0.0.1:8080',
  load: { model: 'open', arrivals: 'even', stages: [{ seconds: 10, from: 50, to: 50 }] },
  warmupSeconds: 0,
  seed: 1,
  workers: { count: 1, threads: 1, maxInFlight: 10_000, readyTimeoutSeconds: 30 },
  finishSeconds: 30,
  precise: false,
  http: 1,
  connections: { keepAlive: true },
  tls: { verify: true },
  cookies: false,
  variables: {},
  scenarios: [aScenario()],
  thresholds: [],
  abortOn: [],
  validity: {
    sendLagP99Millis: 10,
    missedFraction: 0.005,
    missingSegments: 0,
    clockBoundMillis: 10,
    cpuFraction: 0.85,
    eventLoopLagMillis: 50,
  },
  ...overrides,
});

export const openLoad = (stages: readonly Stage[], arrivals: 'even' | 'poisson' = 'even'): Load => ({
  model: 'open',
  arrivals,
  stages,
});

const rates = fc.oneof(fc.integer({ min: 0, max: 60 }), fc.double({ min: 0, max: 60, noNaN: true }));

export const someStages: fc.Arbitrary<readonly Stage[]> = fc.array(
  fc.record({
    seconds: fc.integer({ min: 1, max: 40 }).map((tenths) => tenths / 10),
    from: rates,
    to: rates,
  }),
  { minLength: 1, maxLength: 5 },
);

export const someOpenPlan: fc.Arbitrary<Plan> = fc
  .record({
    stages: someStages,
    arrivals: fc.constantFrom('even' as const, 'poisson' as const),
    seed: fc.integer({ min: 0, max: 0xffff_ffff }),
    weights: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
  })
  .map(({ stages, arrivals, seed, weights }) =>
    aPlan({
      load: openLoad(stages, arrivals),
      seed,
      scenarios: weights.map((weight, index) => aScenario({ name: `scenario ${index}`, weight })),
    }),
  );

export interface EpochChange {
  /** 0 to 1, of the plan's length. */
  readonly at: number;
  readonly shardCount?: number;
  readonly rateScale?: number;
}

export const someShardChanges: fc.Arbitrary<readonly EpochChange[]> = fc.array(
  fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), shardCount: fc.integer({ min: 1, max: 6 }) }),
  { maxLength: 4 },
);

export const someChanges: fc.Arbitrary<readonly EpochChange[]> = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    shardCount: fc.integer({ min: 1, max: 6 }),
    rateScale: fc.constantFrom(0, 0.1, 0.5, 1, 1.5, 2, 3),
  }),
  { maxLength: 4 },
);

/** The epochs of a run that begins with some shards and is changed on the way. */
export const epochsOf = (plan: Plan, shardCount: number, changes: readonly EpochChange[]): readonly Epoch[] =>
  changes
    .toSorted((a, b) => a.at - b.at)
    .reduce<readonly Epoch[]>(
      (epochs, { at, ...change }) =>
        appendEpoch(plan, epochs, { fromInstant: at * shapeSeconds(plan.load.stages), ...change }),
      [firstEpoch(shardCount)],
    );
