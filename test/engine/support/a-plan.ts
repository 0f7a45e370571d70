import type { EngineShard, RunClock } from '../../../src/engine/engine.ts';
import { ArrivalScope } from '../../../src/engine/script/arrival-scope.ts';
import { addressGuard } from '../../../src/plan/allowed-targets.ts';
import { firstEpoch } from '../../../src/plan/epochs.ts';
import type { Plan, RequestStep, Scenario, Step } from '../../../src/plan/plan.ts';
import { aPlan as anyPlan } from '../../plan/a-plan.ts';

export const aRequest = (overrides: Partial<RequestStep> = {}): RequestStep => ({
  kind: 'request',
  name: 'GET /',
  method: 'GET',
  url: '/',
  headers: [],
  timeoutSeconds: 5,
  expect: [],
  redirects: 0,
  capture: [],
  ...overrides,
});

export const aScenario = (
  steps: readonly Step[] = [aRequest()],
  overrides: Partial<Scenario> = {},
): Scenario => ({ name: 'browse', weight: 1, steps, ...overrides });

/** An open plan of 20 arrivals in 0.2 s, unless told otherwise. */
export const aPlan = (overrides: Partial<Plan> = {}): Plan =>
  anyPlan({
    name: 'test',
    target: 'http://127.0.0.1:1',
    load: { model: 'open', arrivals: 'even', stages: [{ seconds: 0.2, from: 100, to: 100 }] },
    seed: 42,
    workers: { count: 1, threads: 1, maxInFlight: 1000, readyTimeoutSeconds: 10 },
    finishSeconds: 2,
    scenarios: [aScenario()],
    ...overrides,
  });

export const aShard = (plan: Plan, overrides: Partial<EngineShard> = {}): EngineShard => ({
  plan,
  shard: 0,
  lane: { index: 0, of: 1 },
  epochs: [firstEpoch(1)],
  fromMicros: 0,
  data: new Map(),
  files: new Map(),
  hooks: new Map(),
  guard: addressGuard([]),
  claimRows: async () => undefined,
  ...overrides,
});

/** A clock that reads 0 in `delayMillis`. */
export const startedClock = (delayMillis = 0): RunClock => {
  const start = performance.now() + delayMillis;
  return { nowMicros: () => (performance.now() - start) * 1000 };
};

export const aScope = ({
  variables = {},
  row,
  arrival = 0,
}: {
  readonly variables?: Readonly<Record<string, string>>;
  readonly row?: Readonly<Record<string, string>>;
  readonly arrival?: number;
} = {}): ArrivalScope => {
  const scope = new ArrivalScope(new Map(Object.entries(variables)), 1);
  scope.begin(row, 2, arrival, 0);
  return scope;
};
