import type { ScalingPolicy } from '../scaling/policy/scaling-policy.ts';
import { bucketRows } from '../scaling/simulate/bucket-rows.ts';
import { meanSummary } from '../scaling/simulate/mean-summary.ts';
import { policyScaler } from '../scaling/simulate/policy-scaler.ts';
import { simulate } from '../scaling/simulate/simulate.ts';
import type { SimulationSetup } from '../scaling/simulate/simulation.ts';
import { summariseResult } from '../scaling/simulate/summarise-result.ts';
import type { SimulationReport } from './simulation-report.ts';

/** A day of seconds is kept as it is; a week of them in each of ten runs is more than memory holds. */
const mostRows = 100_000;

const tryOnce = (
  setup: SimulationSetup,
  policy: ScalingPolicy,
  name: string,
): SimulationReport['runs'][number] => {
  const result = simulate(setup, policyScaler(policy, name));
  return {
    summary: summariseResult(result),
    rows: bucketRows(result.rows, mostRows),
    decisions: result.decisions.filter(({ decision }) => decision.outcome !== 'hold'),
  };
};

/** Tries a policy in a world and in those that are like it: figures are of all of them, rows and decisions of the first. */
export const simulatePolicy = (
  setup: SimulationSetup,
  others: readonly SimulationSetup[],
  policy: ScalingPolicy,
  name: string,
): SimulationReport['runs'][number] => {
  const first = tryOnce(setup, policy, name);
  const summaries = others.map((other) => tryOnce(other, policy, name).summary);
  return { ...first, summary: meanSummary([first.summary, ...summaries]) };
};
