import { policyScaler } from '../../src/scaling/simulate/policy-scaler.ts';
import { simulate } from '../../src/scaling/simulate/simulate.ts';
import { summariseResult } from '../../src/scaling/simulate/summarise-result.ts';
import { adviseInterval, formatInterval, parseSweep } from '../../src/scaling/simulate/sweep-intervals.ts';
import { median } from '../median.ts';
import type { ResultTable } from '../result-table.ts';
import type { BenchTrace } from './bench-traces.ts';
import { type BenchVariant, type DefaultPolicy, planWorld } from './bench-world.ts';
import { fastPolicy } from './stormdrain-scaler.ts';

type Metrics = 'one minute' | '15 s';

const intervals = parseSweep('interval=10s..5m') ?? [];

const playInterval = (
  defaults: DefaultPolicy,
  trace: BenchTrace,
  [variant, metrics]: readonly [BenchVariant, Metrics],
  everySeconds: number,
  seeds: readonly number[],
) => {
  const summaries = seeds.map((seed) => {
    const { setup, policy } = planWorld(defaults, trace, variant, seed);
    const [tried, metricDelaySeconds] =
      metrics === '15 s'
        ? [fastPolicy(policy, everySeconds), 15]
        : [{ ...policy, everySeconds }, setup.metricDelaySeconds];
    return summariseResult(simulate({ ...setup, metricDelaySeconds }, policyScaler(tried)));
  });
  const middle = (of: (summary: (typeof summaries)[number]) => number): number => median(summaries.map(of));
  const [first] = summaries;
  if (first === undefined) throw new Error('there is no seed');
  return {
    ...first,
    dropped: middle(({ dropped }) => dropped),
    requests: middle(({ requests }) => requests),
    costUsd: middle(({ costUsd }) => costUsd),
  };
};

/** The default policy at each interval that a deployment can do, on CloudWatch's metrics and on those of an HPA. */
export const sweepSpike = (
  defaults: DefaultPolicy,
  trace: BenchTrace,
  seeds: readonly number[],
): ResultTable => {
  const sweeps = (['instances', 'fargate'] as const).flatMap((variant) =>
    (['one minute', '15 s'] as const).map((metrics) => {
      const runs = intervals.map((every) => playInterval(defaults, trace, [variant, metrics], every, seeds));
      return {
        name: `${variant === 'fargate' ? 'Fargate' : variant}, metrics of ${metrics}`,
        runs,
        advice: adviseInterval(runs),
      };
    }),
  );
  return {
    title: 'Scaling: which tick for a 10x spike',
    about: `Dropped requests, and cost, by interval; the trace "${trace.name}" with stormdrain's default policy.`,
    columns: ['', ...intervals.map(formatInterval)],
    rows: sweeps.flatMap(({ name, runs }) => [
      [name, ...runs.map(({ dropped, requests }) => `${((100 * dropped) / requests).toFixed(1)} %`)],
      [`${name}: cost`, ...runs.map(({ costUsd }) => `$${costUsd.toFixed(2)}`)],
    ]),
    aims: [],
    notes: sweeps.map(({ name, advice }) => `${name}: ${advice.sentence}`),
  };
};
