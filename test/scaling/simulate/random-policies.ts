import fc from 'fast-check';
import type {
  DirectionPolicy,
  MetricReference,
  ScalingPolicy,
  ServicePolicy,
  ServiceRule,
} from '../../../src/scaling/policy/scaling-policy.ts';
import { policyScaler } from '../../../src/scaling/simulate/policy-scaler.ts';
import { simulate } from '../../../src/scaling/simulate/simulate.ts';
import type { SimulationResult, SimulationSetup } from '../../../src/scaling/simulate/simulation.ts';
import { aServiceSetup, startMillis } from './builders.ts';

/** A policy with one service, in a world with a constant load. */
export interface Trial {
  readonly service: ServicePolicy;
  readonly everySeconds: number;
  readonly metricDelaySeconds: number;
  readonly startSeconds: number;
  readonly stopSeconds: number;
  readonly initialTasks: number;
  /** Requests a second; a task serves 100, so that this is the demand in % of one task's CPU. */
  readonly load: number;
}

export const perTask = 100;

const metric = (kind: 'cpu' | 'memory' | 'custom' | 'total', periodSeconds: number): MetricReference =>
  kind === 'cpu' || kind === 'memory'
    ? { kind, per: 'task', periodSeconds }
    : { kind: 'prometheus', per: kind === 'total' ? 'total' : 'task', periodSeconds, query: 'rate' };

/** `periodSeconds` in the metric; steps of at least 3 % of the maximum, so that each count is reached within the hour. */
const steps = (most: number): fc.Arbitrary<ServiceRule> =>
  fc
    .record({
      kind: fc.constantFrom('cpu', 'memory', 'custom', 'total'),
      periodSeconds: fc.constantFrom(10, 60),
      low: fc.integer({ min: 5, max: 60 }),
      gap: fc.integer({ min: 1, max: 35 }),
      second: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
      out: fc.integer({ min: 1, max: 4 }),
      in: fc.integer({ min: 1, max: 4 }),
      outPeriods: fc.integer({ min: 1, max: 3 }),
      inPeriods: fc.integer({ min: 1, max: 3 }),
    })
    .map(({ kind, periodSeconds, low, gap, second, out, in: inwards, outPeriods, inPeriods }) => {
      const least = Math.ceil(most / 30);
      const above = [{ threshold: low + gap, tasks: Math.max(least, out) }];
      if (second !== undefined)
        above.push({ threshold: low + gap + second, tasks: Math.max(least, out) + 2 });
      return {
        kind: 'steps',
        metric: metric(kind, periodSeconds),
        above,
        below: [{ threshold: low, tasks: Math.max(least, inwards) }],
        outPeriods,
        inPeriods,
      };
    });

const track: fc.Arbitrary<ServiceRule> = fc
  .record({
    kind: fc.constantFrom('cpu', 'memory', 'custom', 'total'),
    periodSeconds: fc.constantFrom(10, 60),
    target: fc.integer({ min: 10, max: 90 }),
    tolerance: fc.constantFrom(0, 0.05, 0.1, 0.3),
  })
  .map(({ kind, periodSeconds, target, tolerance }) => ({
    kind: 'track',
    metric: metric(kind, periodSeconds),
    target,
    tolerance,
  }));

const direction = (
  stabilisations: readonly number[],
  cooldowns: readonly number[],
): fc.Arbitrary<DirectionPolicy> =>
  fc.record({
    cooldownSeconds: fc.constantFrom(...cooldowns),
    stabilisationSeconds: fc.constantFrom(...stabilisations),
    mostTasks: fc.constantFrom(null, null, 2, 5),
    mostPercent: fc.constantFrom(null, null, 50, 100),
  });

/** Whether what it was given is accepted is for the caller to find out. */
export const aTrial: fc.Arbitrary<Trial> = fc
  .record({ minimum: fc.integer({ min: 1, max: 4 }), span: fc.integer({ min: 1, max: 26 }) })
  .chain(({ minimum, span }) => {
    const maximum = minimum + span;
    return fc
      .record({
        rules: fc.oneof(
          steps(maximum).map((rule) => [rule]),
          fc.array(track, { minLength: 1, maxLength: 2 }),
        ),
        out: direction([0, 0, 60, 150], [0, 30, 60, 120]),
        in: direction([0, 0, 150, 300], [0, 60, 180]),
        everySeconds: fc.constantFrom(20, 60, 60, 60, 120, 120),
        metricDelaySeconds: fc.constantFrom(0, 10, 60, 120),
        startSeconds: fc.constantFrom(0, 15, 45, 90),
        stopSeconds: fc.constantFrom(0, 30),
        initialTasks: fc.integer({ min: 1, max: maximum + 3 }),
        load: fc.integer({ min: 1, max: 100 * maximum }),
      })
      .map(({ rules, out, in: inwards, ...world }): Trial => {
        const service = {
          service: 'web',
          minimum,
          maximum,
          rules,
          out,
          in: inwards,
          staleSeconds: 420,
          floors: [],
        };
        return { service, ...world };
      });
  });

export const policyOf = ({
  service,
  everySeconds,
}: Pick<Trial, 'service' | 'everySeconds'>): ScalingPolicy => ({
  version: 1,
  cluster: 'simulated',
  everySeconds,
  paused: false,
  dryRun: false,
  capacity: null,
  services: [service],
});

export const tryOut = (
  trial: Trial,
  seconds: number,
  overrides: Partial<SimulationSetup> = {},
): SimulationResult => {
  const { load, metricDelaySeconds, startSeconds, stopSeconds, initialTasks } = trial;
  const services = [
    aServiceSetup({
      load: () => load,
      requestsPerSecondPerTask: perTask,
      initialTasks,
      startSeconds,
      stopSeconds,
      imagePullSeconds: 0,
    }),
  ];
  const setup: SimulationSetup = {
    seed: 1,
    seconds,
    startMillis,
    services,
    capacity: null,
    metricDelaySeconds,
    rows: 'none',
    ...overrides,
  };
  return simulate(setup, policyScaler(policyOf(trial)));
};

/** Of the actions from a second on: how many go out and how many in. */
export const directionsFrom = (
  { actions }: SimulationResult,
  from: number,
): { outs: number; ins: number } => {
  let outs = 0;
  let ins = 0;
  for (const { second, action } of actions) {
    if (second < from || action.kind !== 'setService') continue;
    if (action.to > action.from) outs++;
    else ins++;
  }
  return { outs, ins };
};
