import { simulate } from '../../src/scaling/simulate/simulate.ts';
import type { SimulationSetup, SimulationTotals } from '../../src/scaling/simulate/simulation.ts';
import { median } from '../median.ts';
import type { BenchTrace } from './bench-traces.ts';
import {
  type BenchScaler,
  type BenchVariant,
  type BenchWorld,
  type DefaultPolicy,
  planWorld,
} from './bench-world.ts';

/** A scaler in a world, once for each seed. */
export interface PlayedScaler {
  readonly scaler: string;
  readonly totals: readonly SimulationTotals[];
}

export interface PlayedTrace {
  readonly name: string;
  readonly about: string;
  readonly variant: BenchVariant;
  readonly played: readonly PlayedScaler[];
}

const setupFor = (scaler: BenchScaler, { setup }: BenchWorld): SimulationSetup => ({
  ...setup,
  metricDelaySeconds: scaler.metricDelaySeconds ?? setup.metricDelaySeconds,
  services: setup.services.map((service) => ({
    ...service,
    reportsUnplaced: scaler.seesPendingTasks === true,
  })),
});

export const playScaler = (
  defaults: DefaultPolicy,
  trace: BenchTrace,
  variant: BenchVariant,
  scaler: BenchScaler,
  seeds: readonly number[],
): PlayedScaler => ({
  scaler: scaler.name,
  totals: seeds.map((seed) => {
    const world = planWorld(defaults, trace, variant, seed);
    return simulate(setupFor(scaler, world), scaler.create(world)).totals;
  }),
});

export const playTrace = (
  defaults: DefaultPolicy,
  trace: BenchTrace,
  variant: BenchVariant,
  scalers: readonly BenchScaler[],
  seeds: readonly number[],
): PlayedTrace => ({
  name: variant === 'fargate' ? `${trace.name}, Fargate` : trace.name,
  about: trace.about,
  variant,
  played: scalers.map((scaler) => playScaler(defaults, trace, variant, scaler, seeds)),
});

/** The middle one of each figure by itself. */
export const medianOf = ({ totals }: PlayedScaler, of: (totals: SimulationTotals) => number): number =>
  median(totals.map(of));
