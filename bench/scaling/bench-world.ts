import { readFileSync } from 'node:fs';
import { formatProblems } from '../../src/document/document-problem.ts';
import { parseScalingPolicy } from '../../src/scaling/policy/parse-scaling-policy.ts';
import type { ScalingPolicy } from '../../src/scaling/policy/scaling-policy.ts';
import type { SimulationHints } from '../../src/scaling/policy/simulation-hints.ts';
import { planSimulation } from '../../src/scaling/simulate/plan-simulation.ts';
import type { Scaler, SimulationSetup } from '../../src/scaling/simulate/simulation.ts';
import { type BenchTrace, playLoads } from './bench-traces.ts';

export type BenchVariant = 'instances' | 'fargate';

/** A trace with one seed's chances, and all that a scaler may know of it. */
export interface BenchWorld {
  readonly setup: SimulationSetup;
  /** Its limits hold for every scaler: minimums and maximums of services and pools. */
  readonly policy: ScalingPolicy;
  /** What is to come, second by second; for foresight alone. */
  readonly loads: ReadonlyMap<string, Float64Array>;
}

/** What is tried in each world. */
export interface BenchScaler {
  readonly name: string;
  /** From the end of a period until its reading can be had; the world's own when left out. */
  readonly metricDelaySeconds?: number;
  /** Its snapshots list each task that waits for room: what a scheduler tells its own autoscaler. */
  readonly seesPendingTasks?: boolean;
  create(world: BenchWorld): Scaler;
}

export interface DefaultPolicy {
  readonly policy: ScalingPolicy;
  readonly hints: SimulationHints;
}

export const readDefaultPolicy = (): DefaultPolicy => {
  const file = 'default-policy.yaml';
  const text = readFileSync(new URL(file, import.meta.url), 'utf8');
  const parsed = parseScalingPolicy(text, { file });
  if (parsed.kind === 'problems') throw new Error(formatProblems(parsed.problems));
  return { policy: parsed.policy, hints: parsed.simulation };
};

/** A Monday, in UTC. */
const startMillis = Date.UTC(2026, 2, 2);

const poolsOf = ({ policy }: DefaultPolicy, trace: BenchTrace, variant: BenchVariant): ScalingPolicy => {
  if (variant === 'fargate' || policy.capacity === null) return { ...policy, capacity: null };
  const pools = policy.capacity.pools.filter(({ name }) => name !== 'spot' || trace.storms !== undefined);
  const maximum = pools.reduce((sum, pool) => sum + pool.maximum, 0);
  return { ...policy, capacity: { ...policy.capacity, pools, maximum } };
};

export const planWorld = (
  defaults: DefaultPolicy,
  trace: BenchTrace,
  variant: BenchVariant,
  seed: number,
): BenchWorld => {
  const loads = playLoads(trace, seed);
  const planned = planSimulation(
    poolsOf(defaults, trace, variant),
    defaults.hints,
    {
      name: trace.name,
      seconds: trace.seconds,
      startMillis: null,
      loads: Object.fromEntries([...loads].map(([name, load]) => [name, (second) => load[second] ?? 0])),
    },
    { seed, startMillis },
  );
  if (planned.kind === 'problem') throw new Error(planned.reason);
  const { setup, policy } = planned;
  const { capacity } = setup;
  const { storms = [] } = trace;
  return {
    policy,
    loads,
    setup: {
      ...setup,
      rows: 'none',
      capacity: capacity && {
        ...capacity,
        pools: capacity.pools.map((pool) => (pool.name === 'spot' ? { ...pool, storms } : pool)),
      },
    },
  };
};
