import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScalingPolicy } from '../../src/scaling/policy/scaling-policy.ts';
import { policyScaler } from '../../src/scaling/simulate/policy-scaler.ts';
import { simulate } from '../../src/scaling/simulate/simulate.ts';
import type { SimulatedPoolSetup, SimulationResult } from '../../src/scaling/simulate/simulation.ts';
import { aPoolSetup, aServiceSetup, aType, startMillis } from './simulate/builders.ts';

/** Fixed, so that no run of the tests fails by luck; another seed and more cases look further. */
const seed = Number(process.env.STORMDRAIN_SCALING_SEED ?? 6);
const cases = Math.ceil(Number(process.env.STORMDRAIN_SCALING_CASES ?? 10_000) / 400);

interface Cluster {
  readonly pools: readonly SimulatedPoolSetup[];
  readonly maximum: number;
  readonly everySeconds: number;
  readonly bootSeconds: readonly [number, number];
  readonly load: number;
  readonly later: number;
  readonly initialTasks: number;
  readonly cpu: number;
  readonly reservation: number;
}

const aCluster: fc.Arbitrary<Cluster> = fc
  .record({
    maximums: fc.array(fc.integer({ min: 2, max: 12 }), { minLength: 1, maxLength: 2 }),
    share: fc.integer({ min: 1, max: 4 }),
    initialInstances: fc.integer({ min: 0, max: 3 }),
    everySeconds: fc.constantFrom(30, 60, 120),
    bootSeconds: fc.constantFrom([30, 30] as const, [60, 180] as const, [240, 280] as const),
    load: fc.integer({ min: 10, max: 1500 }),
    later: fc.integer({ min: 10, max: 1500 }),
    initialTasks: fc.integer({ min: 1, max: 10 }),
    cpu: fc.constantFrom(256, 512, 700, 1024),
    reservation: fc.constantFrom(60, 80, 95),
  })
  .map(({ maximums, share, initialInstances, ...rest }) => ({
    ...rest,
    maximum: maximums.reduce((sum, most) => sum + most, 0),
    pools: maximums.map((maximum, index) =>
      aPoolSetup({
        name: `pool-${index}`,
        share: index === 0 ? 1 : share,
        maximum,
        initialInstances: Math.min(maximum, initialInstances),
        instanceTypes: [aType()],
      }),
    ),
  }));

const policyOf = ({ pools, maximum, everySeconds, reservation }: Cluster): ScalingPolicy => ({
  version: 1,
  cluster: 'simulated',
  everySeconds,
  paused: false,
  dryRun: false,
  capacity: {
    pools,
    minimum: 1,
    maximum,
    reservation: { cpuPercent: reservation, memoryPercent: null },
    headroom: [],
    unplacedGraceSeconds: 60,
    requestSeconds: 300,
    bootSeconds: 300,
    floors: [],
    scaleIn: { unneededSeconds: 300, afterOutSeconds: 300, mostAtOnce: 2, marginPercent: 10 },
  },
  services: [
    {
      service: 'web',
      minimum: 1,
      maximum: 40,
      rules: [
        {
          kind: 'track',
          metric: { kind: 'prometheus', per: 'total', periodSeconds: 60, query: 'rate' },
          target: 50,
          tolerance: 0.1,
        },
      ],
      out: { cooldownSeconds: 60, stabilisationSeconds: 0, mostTasks: null, mostPercent: null },
      in: { cooldownSeconds: 120, stabilisationSeconds: 300, mostTasks: null, mostPercent: null },
      staleSeconds: 420,
      floors: [],
    },
  ],
});

const changesAt = 3600;

const run = (cluster: Cluster, signals: 'one' | 'both' = 'one', seconds = 3 * 3600): SimulationResult => {
  const { pools, bootSeconds, load, later, initialTasks, cpu } = cluster;
  const setup = {
    seed: 1,
    seconds,
    startMillis,
    metricDelaySeconds: 60,
    capacity: { pools, bootSeconds },
    rows: 'none' as const,
    services: [
      aServiceSetup({
        load: (second) => (second < changesAt ? load : later),
        initialTasks,
        cpu,
        memoryMib: 256,
        reportsUnplaced: signals === 'both',
      }),
    ],
  };
  return simulate(setup, policyScaler(policyOf(cluster)));
};

const targets = ({ actions }: SimulationResult) =>
  actions.flatMap(({ second, action }) =>
    action.kind === 'setPool' || action.kind === 'terminate'
      ? [{ second, pool: action.pool, to: action.toUnits, kind: action.kind }]
      : [],
  );

describe('clusters that are scaled by a policy', () => {
  it('never have more instances than the maxima, and do not buy and remove at constant load', () => {
    fc.assert(
      fc.property(aCluster, (cluster) => {
        const now = new Map(cluster.pools.map(({ name, initialInstances }) => [name, initialInstances]));
        const most = new Map(cluster.pools.map(({ name, maximum }) => [name, maximum]));
        const changes = targets(run(cluster));
        for (const { pool, to } of changes) {
          now.set(pool, to);
          expect(to).toBeLessThanOrEqual(most.get(pool) ?? 0);
          expect([...now.values()].reduce((sum, units) => sum + units, 0)).toBeLessThanOrEqual(
            cluster.maximum,
          );
        }
        const settled = changes.filter(({ second }) => second > changesAt + 3600);
        expect(new Set(settled.map(({ kind }) => kind)).size).toBeLessThan(2);
      }),
      { numRuns: cases, seed },
    );
  });

  it('buy once for a demand that two signals tell of', () => {
    fc.assert(
      fc.property(aCluster, (cluster) => {
        const growing = { ...cluster, later: cluster.load };
        const most = (signals: 'one' | 'both') => {
          const now = new Map(growing.pools.map(({ name, initialInstances }) => [name, initialInstances]));
          let highest = 0;
          for (const { pool, to } of targets(run(growing, signals, changesAt))) {
            now.set(pool, to);
            highest = Math.max(
              highest,
              [...now.values()].reduce((sum, units) => sum + units, 0),
            );
          }
          return highest;
        };
        expect(most('both')).toBeLessThanOrEqual(most('one'));
      }),
      { numRuns: cases, seed },
    );
  });
});
