import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { highestAhead } from '../../bench/scaling/baselines/highest-ahead.ts';
import { kubernetes } from '../../bench/scaling/baselines/kubernetes.ts';
import { oneAtATime } from '../../bench/scaling/baselines/one-at-a-time.ts';
import { perfectForesight } from '../../bench/scaling/baselines/perfect-foresight.ts';
import { createPodAutoscaler } from '../../bench/scaling/baselines/pod-autoscaler.ts';
import { targetPercent } from '../../bench/scaling/baselines/target-percent.ts';
import { targetTracking } from '../../bench/scaling/baselines/target-tracking.ts';
import { type BenchTrace, benchTraces, playLoads } from '../../bench/scaling/bench-traces.ts';
import { planWorld, readDefaultPolicy } from '../../bench/scaling/bench-world.ts';
import { beatenBy, compareScalers, strictlyBeatenBy } from '../../bench/scaling/compare-scalers.ts';
import { heldOutSeeds, heldOutTraces } from '../../bench/scaling/held-out-traces.ts';
import { type PlayedTrace, playTrace } from '../../bench/scaling/play-trace.ts';
import { parseScalingOptions } from '../../bench/scaling/scaling-options.ts';
import { traceTable, variantTable, verdictTable } from '../../bench/scaling/scaling-tables.ts';
import {
  fastStormdrain,
  requestsStormdrain,
  stormdrainScaler,
} from '../../bench/scaling/stormdrain-scaler.ts';
import type { ServiceSnapshot } from '../../src/scaling/cluster-snapshot.ts';
import type { SimulationTotals } from '../../src/scaling/simulate/simulation.ts';

const defaults = readDefaultPolicy();
const baselines = [oneAtATime, targetTracking, kubernetes, perfectForesight];

/** A rise and a fall within an hour, on spot instances that are taken once. */
const aTrace = (overrides: Partial<BenchTrace> = {}): BenchTrace => ({
  name: 'short',
  about: 'up and down',
  seconds: 3600,
  loads: { web: (second) => (second > 900 && second < 1800 ? 400 : 100), api: () => 100 },
  storms: [{ atSecond: 2400, share: 0.5, noneForSeconds: 120 }],
  ...overrides,
});

describe('the default policy', () => {
  it('says nothing but limits and a target that the other scalers have too', () => {
    for (const { rules, out, in: inward } of defaults.policy.services) {
      expect(rules.map((rule) => rule.kind === 'track' && rule.target)).toEqual([targetPercent]);
      expect([out.mostTasks, out.mostPercent, inward.mostTasks, inward.mostPercent]).toEqual([
        null,
        null,
        null,
        null,
      ]);
    }
    expect(defaults.policy.everySeconds).toBe(60);
  });
});

describe('playLoads', () => {
  it('gives every scaler the same load, and every seed another', () => {
    const trace = aTrace();
    const of = (seed: number) => playLoads(trace, seed).get('web');
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
  });

  it('stays near what the trace says', () => {
    for (const { loads, seconds } of benchTraces) {
      const steady = Object.fromEntries(Object.keys(loads).map((service) => [service, () => 1000]));
      for (const load of playLoads({ loads: steady, seconds }, 1).values()) {
        const mean = load.reduce((sum, rate) => sum + rate, 0) / seconds;
        expect(mean).toBeGreaterThan(900);
        expect(mean).toBeLessThan(1100);
        expect(Math.min(...load.slice(0, 3600))).toBeGreaterThan(600);
      }
    }
  });
});

describe('the traces that are held out', () => {
  it('are as they are described', () => {
    const rates = (name: string, service: string): readonly number[] => {
      const trace = heldOutTraces.find((one) => one.name === name);
      return Array.from(
        { length: trace?.seconds ?? 0 },
        (_, second) => trace?.loads[service]?.(second, 0) ?? 0,
      );
    };
    const range = (values: readonly number[]) => [Math.min(...values), Math.max(...values)].map(Math.round);
    expect(range(rates('climb', 'web'))).toEqual([120, 720]);
    expect([1200, 1320, 2700, 3000].map((second) => rates('climb', 'web')[second])).toEqual([
      120, 720, 720, 120,
    ]);
    expect([12, 13, 14].map((hour) => rates('lunch dip', 'web')[hour * 3600])).toEqual([900, 500, 850]);
    expect(range(rates('sawtooth of 45 minutes', 'web'))).toEqual([150, 800]);
    expect(range(rates('sawtooth of 45 minutes', 'api'))).toEqual([60, 300]);
  });
});

describe('planWorld', () => {
  it('has spot instances where there are storms, and no instances on Fargate', () => {
    const pools = (trace: BenchTrace, variant: 'instances' | 'fargate') =>
      planWorld(defaults, trace, variant, 1).setup.capacity?.pools.map(({ name }) => name);
    const { storms: _, ...calm } = aTrace();
    expect(pools(aTrace(), 'instances')).toEqual(['on-demand', 'spot']);
    expect(pools(calm, 'instances')).toEqual(['on-demand']);
    expect(pools(calm, 'fargate')).toBeUndefined();
  });
});

describe('highestAhead', () => {
  it('is the highest of each window', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(20), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        (values, ahead) => {
          const expected = values.map((_, index) => Math.max(...values.slice(index, index + ahead)));
          expect([...highestAhead(Float64Array.from(values), ahead)]).toEqual(expected);
        },
      ),
      { seed: 20_261_121 },
    );
  });
});

describe('the HPA', () => {
  const service = (overrides: Partial<ServiceSnapshot> & { readonly percent: number }): ServiceSnapshot => ({
    service: 'web',
    desiredCount: 10,
    runningCount: overrides.desiredCount ?? 10,
    pendingCount: 0,
    isDaemon: false,
    isDeploying: false,
    readings: [{ points: [{ atMillis: 0, value: overrides.percent }] }],
    ...overrides,
  });
  const once = (snapshot: ServiceSnapshot): number => createPodAutoscaler()(snapshot, 60_000);

  it('is in proportion, beyond a tolerance of 0.1', () => {
    expect(once(service({ percent: 91 }))).toBe(14);
    expect(once(service({ percent: 71 }))).toBe(10);
  });

  it('at most doubles, or adds four, in one step', () => {
    expect(once(service({ percent: 650 }))).toBe(20);
    expect(once(service({ percent: 650, desiredCount: 2 }))).toBe(6);
  });

  it('counts pods that are not ready as idle, and does not turn round for that', () => {
    expect(once(service({ percent: 91, desiredCount: 14, runningCount: 10 }))).toBe(14);
    expect(once(service({ percent: 91, desiredCount: 20, runningCount: 10 }))).toBe(20);
  });

  it('takes the highest of five minutes before it scales down', () => {
    const decide = createPodAutoscaler();
    decide(service({ percent: 65 }), 0);
    expect(decide(service({ percent: 13 }), 15_000)).toBe(10);
    expect(decide(service({ percent: 13 }), 300_000)).toBe(10);
    expect(decide(service({ percent: 13 }), 315_000)).toBe(2);
  });
});

const total = (overrides: Partial<SimulationTotals>): SimulationTotals => ({
  requests: 1_000_000,
  dropped: 1000,
  worstDelaySeconds: 0,
  taskHours: 10,
  nodeHours: 10,
  costUsd: 10,
  outs: 0,
  ins: 0,
  interruptions: 0,
  ...overrides,
});

const figures = (scalers: Readonly<Record<string, Partial<SimulationTotals>>>): PlayedTrace => ({
  name: 'daily',
  about: 'a day',
  variant: 'instances',
  played: Object.entries(scalers).map(([scaler, totals]) => ({ scaler, totals: [total(totals)] })),
});

describe('compareScalers', () => {
  const beaten = (other: Partial<SimulationTotals>, name = 'HPA'): readonly string[] =>
    beatenBy(compareScalers(figures({ stormdrain: {}, [name]: other }))).map(({ scaler }) => scaler);

  it('is beaten by one that is better on both', () => {
    expect(beaten({ dropped: 800, costUsd: 9.99 })).toEqual(['HPA']);
  });

  it('is not by one that is better on one, nor by less than a ten-thousandth of the requests', () => {
    expect(beaten({ dropped: 800 })).toEqual([]);
    expect(beaten({ costUsd: 1 })).toEqual([]);
    expect(beaten({ dropped: 901, costUsd: 1 })).toEqual([]);
    expect(beaten({ dropped: 899, costUsd: 1 })).toEqual(['HPA']);
  });

  it('is beaten strictly by one request and one cent', () => {
    const strictly = (other: Partial<SimulationTotals>): number =>
      strictlyBeatenBy(compareScalers(figures({ stormdrain: {}, HPA: other }))).length;
    expect(strictly({ dropped: 999, costUsd: 9.99 })).toBe(1);
    expect(strictly({ costUsd: 9.99 })).toBe(0);
    expect(strictly({ dropped: 999 })).toBe(0);
  });

  it('is not by foresight, nor by itself under another policy', () => {
    expect(beaten({ dropped: 0, costUsd: 1 }, 'foresight')).toEqual([]);
    expect(beaten({ dropped: 0, costUsd: 1 }, 'stormdrain, every 15 s')).toEqual([]);
  });
});

describe('the tables', () => {
  it('say each loss, and miss the aim where both are lost', () => {
    const { aims, notes, rows } = verdictTable([
      figures({ stormdrain: {}, HPA: { dropped: 0, costUsd: 9 }, foresight: { dropped: 0, costUsd: 5 } }),
      figures({ stormdrain: {}, HPA: { costUsd: 9 } }),
    ]);
    expect(aims.map(({ met }) => met)).toEqual([false, true]);
    expect(notes).toEqual([
      'counted strictly: beaten on both on: daily by HPA (1,000 dropped against 0, $10.00 against $9.00).',
      'daily: HPA drops fewer: 0 against 1,000, for 0.90 x the cost.',
      'daily: HPA costs less: $9.00 against $10.00, and drops 1,000 against 1,000.',
    ]);
    expect(rows).toEqual([
      ['daily', '0.100 %', '2.00'],
      ['daily', 'n/a', 'n/a'],
    ]);
  });

  it('say a loss of few requests too, which misses no aim', () => {
    const { aims, notes } = verdictTable([figures({ stormdrain: {}, HPA: { dropped: 950, costUsd: 9 } })]);
    expect(aims.map(({ met }) => met)).toEqual([true]);
    expect(notes).toEqual([
      'counted strictly: beaten on both on: daily by HPA (1,000 dropped against 950, $10.00 against $9.00).',
      'daily: HPA drops fewer: 950 against 1,000, for 0.90 x the cost.',
    ]);
    expect(verdictTable([figures({ stormdrain: {}, HPA: {} })]).notes).toEqual([
      'counted strictly: beaten on both on no trace.',
    ]);
  });
});

describe('a short trace', () => {
  const scalers = [stormdrainScaler, ...baselines, fastStormdrain, requestsStormdrain];
  const played = playTrace(defaults, aTrace(), 'instances', scalers, [1, 2]);

  it('is the same for the same seed', () => {
    const again = playTrace(defaults, aTrace(), 'instances', [stormdrainScaler, kubernetes], [2]);
    for (const { scaler, totals } of again.played)
      expect(totals[0]).toEqual(played.played.find((one) => one.scaler === scaler)?.totals[1]);
  });

  it('brings every scaler the same requests, and makes each of them act', () => {
    for (const { totals } of played.played)
      for (const [index, { requests, outs, ins }] of totals.entries()) {
        expect(requests).toBe(played.played[0]?.totals[index]?.requests);
        expect(outs).toBeGreaterThan(0);
        expect(ins).toBeGreaterThan(0);
      }
  });

  it('is served in full by foresight alone', () => {
    const { foresight, ours } = compareScalers(played);
    expect(foresight?.dropped).toBe(0);
    expect(ours.dropped).toBeGreaterThan(0);
    expect(foresight?.costUsd).toBeLessThan(ours.costUsd);
  });

  it('has a row for each, and those of other policies apart', () => {
    expect(traceTable([played], [1, 2]).rows.map(([name]) => name)).toEqual([
      'short: stormdrain',
      'short: one at a time',
      'short: target tracking',
      'short: HPA',
      'short: foresight',
    ]);
    expect(variantTable([played]).rows.map(([name]) => name)).toEqual([
      'short: stormdrain, every 15 s',
      'short: stormdrain, CPU and requests',
    ]);
  });
});

describe('parseScalingOptions', () => {
  it('takes all traces and five seeds unless told', () => {
    expect(parseScalingOptions([])).toMatchObject({ traces: benchTraces, seeds: [1, 2, 3, 4, 5] });
    const { traces, seeds } = parseScalingOptions(['spike', '--seeds', '2']);
    expect(traces.map(({ name }) => name)).toEqual(['spike']);
    expect(seeds).toEqual([1, 2]);
  });

  it('takes other traces and other seeds that are held out', () => {
    const { traces, seeds } = parseScalingOptions(['--held-out']);
    expect([traces, seeds]).toEqual([heldOutTraces, heldOutSeeds]);
    const usual = parseScalingOptions([]);
    expect(traces.filter(({ name }) => usual.traces.some((one) => one.name === name))).toEqual([]);
    expect(seeds.filter((seed) => usual.seeds.includes(seed))).toEqual([]);
  });

  it('says what it does not know', () => {
    expect(() => parseScalingOptions(['flood'])).toThrow('there is no trace "flood"');
    expect(() => parseScalingOptions(['--held-out', 'spike'])).toThrow('there is no trace "spike"');
    expect(() => parseScalingOptions(['--seeds', 'many'])).toThrow('not many');
  });
});
