import { describe, expect, it } from 'vitest';
import type { DecisionReason } from '../../../src/scaling/scaling-decision.ts';
import { bucketRows } from '../../../src/scaling/simulate/bucket-rows.ts';
import { compareResults } from '../../../src/scaling/simulate/compare-results.ts';
import { meanSummary } from '../../../src/scaling/simulate/mean-summary.ts';
import { otherWorlds } from '../../../src/scaling/simulate/other-worlds.ts';
import { simulate } from '../../../src/scaling/simulate/simulate.ts';
import { type SimulationSummary, summariseResult } from '../../../src/scaling/simulate/summarise-result.ts';
import { adviseInterval, parseSweep } from '../../../src/scaling/simulate/sweep-intervals.ts';
import { aScript, aServiceSetup, aSetup } from './builders.ts';

const aSummary = (overrides: Partial<SimulationSummary> = {}): SimulationSummary => ({
  scaler: 'one',
  everySeconds: 60,
  requests: 100_000,
  dropped: 1000,
  droppedShare: 0.01,
  droppingSeconds: 60,
  worstDelaySeconds: 0,
  taskHours: 10,
  nodeHours: 0,
  costUsd: 1,
  outs: 3,
  ins: 2,
  interruptions: 0,
  mostTasks: 12,
  mostInstances: 0,
  use: 0.5,
  reasons: {},
  ...overrides,
});

describe('a summary', () => {
  it('has shares, peaks, and how long something was dropped', () => {
    const services = [aServiceSetup({ load: (second) => (second < 10 ? 100 : 250) })];
    const action = { kind: 'setService', service: 'web', from: 4, to: 7 } as const;
    const result = simulate(aSetup({ seconds: 100, services }), aScript({ 20: [action] }));
    expect(summariseResult(result)).toMatchObject({
      scaler: 'script',
      requests: 23_500,
      dropped: 2000,
      droppedShare: 2000 / 23_500,
      droppingSeconds: 40,
      mostTasks: 7,
      outs: 1,
    });
  });
});

describe('a summary of reasons', () => {
  const saying = (reasons: readonly string[]) => {
    const decisions = reasons.map((reason, second) => ({
      second,
      decision: {
        subject: 'service/web',
        outcome: 'hold' as const,
        reason: reason as DecisionReason,
        from: 4,
        to: 4,
        sentence: '',
        figures: {},
      },
    }));
    return summariseResult({ ...simulate(aSetup({ seconds: 1 }), aScript()), decisions }).reasons;
  };

  it('has data that went missing, and not data that could not be there yet', () => {
    expect(saying(['missing-data', 'missing-data', 'steady', 'missing-data'])).toEqual({
      steady: 1,
      'missing-data': 1,
    });
  });

  it('has data that was never there', () => {
    expect(saying(['missing-data', 'missing-data'])).toEqual({ 'missing-data': 2 });
  });
});

describe('the worlds in which something is compared', () => {
  const setup = aSetup({ seconds: 3000, services: [aServiceSetup({ load: (second) => second })] });

  it('begin with the given one; the others have another seed and a later load', () => {
    const worlds = otherWorlds(setup, 300, 8);
    expect(worlds.map(({ seed }) => seed)).toEqual([1, 2, 3, 4, 5]);
    const shifts = worlds.map(({ seconds }) => seconds - 3000);
    expect(shifts).toEqual([0, 185, 71, 256, 142]);
    expect(worlds[1]?.services[0]?.load(185)).toBe(0);
    expect(worlds[1]?.services[0]?.load(3184)).toBe(2999);
  });

  it('are fewer when they are long', () => {
    expect(otherWorlds({ ...setup, seconds: 86_400 }, 300, 10)).toHaveLength(2);
    expect(otherWorlds({ ...setup, seconds: 604_800 }, 300, 10)).toHaveLength(1);
  });

  it('are summed up by their means, and by the highest of peaks', () => {
    const other = aSummary({ dropped: 3000, mostTasks: 20, worstDelaySeconds: 5, reasons: { steady: 4 } });
    expect(meanSummary([aSummary({ reasons: { steady: 2 } }), other])).toEqual(
      aSummary({ dropped: 2000, mostTasks: 20, worstDelaySeconds: 5, reasons: { steady: 3 } }),
    );
  });
});

describe('a comparison', () => {
  const one = aSummary();

  it('prefers what serves better and costs less', () => {
    const other = aSummary({ scaler: 'other', dropped: 500, costUsd: 0.8 });
    expect(compareResults(one, other)).toEqual({ serves: 'other', costsLess: 'other', better: 'other' });
  });

  it('prefers nobody when each is better in one', () => {
    const other = aSummary({ scaler: 'other', dropped: 500, costUsd: 1.2 });
    expect(compareResults(one, other)).toEqual({ serves: 'other', costsLess: 'one', better: undefined });
  });

  it('finds what hardly differs alike', () => {
    const other = aSummary({ scaler: 'other', dropped: 1005, costUsd: 1.005, taskHours: 10.05 });
    expect(compareResults(one, other)).toEqual({
      serves: undefined,
      costsLess: undefined,
      better: undefined,
    });
  });

  it('looks at the longest wait where nothing is dropped, and at hours where nothing has a price', () => {
    const waiting = aSummary({ dropped: 0, costUsd: 0, worstDelaySeconds: 100 });
    const other = aSummary({ scaler: 'other', dropped: 0, costUsd: 0, worstDelaySeconds: 10, taskHours: 12 });
    expect(compareResults(waiting, other)).toEqual({ serves: 'other', costsLess: 'one', better: undefined });
  });
});

describe('a sweep', () => {
  it.each([
    ['interval=10s..5m', [10, 15, 20, 30, 60, 120, 180, 300]],
    ['interval=1m..2m', [60, 120]],
    ['interval=1s..5s', undefined],
    ['interval=5m..10s', undefined],
    ['interval=10..20', undefined],
    ['10s..5m', undefined],
  ])('%s are the intervals within it that a deployment can do', (text, expected) => {
    expect(parseSweep(text)).toEqual(expected);
  });

  const run = (everySeconds: number, overrides: Partial<SimulationSummary>) =>
    aSummary({ everySeconds, ...overrides });

  it('advises the slowest that drops hardly more than the best', () => {
    const runs = [run(10, { dropped: 1000 }), run(30, { dropped: 1040 }), run(60, { dropped: 1100 })];
    expect(adviseInterval(runs)).toMatchObject({ everySeconds: 30, bestSeconds: 10, by: 'dropped' });
    expect(adviseInterval(runs).sentence).toBe(
      'Take every: 30s, which takes the fast tick (statemachines/fast-tick.asl.yml): 1,040 dropped requests, and the best, every 10s, has 1,000 dropped requests. Every 1m it is 1,100 dropped requests.',
    );
  });

  it('takes the slowest when none drops anything', () => {
    const runs = [run(10, { dropped: 0 }), run(300, { dropped: 3 })];
    expect(adviseInterval(runs)).toMatchObject({ everySeconds: 300, by: 'nothing' });
  });

  it('looks at the wait where requests queue', () => {
    const runs = [10, 60, 300].map((every) =>
      run(every, { dropped: 0, worstDelaySeconds: every > 60 ? 400 : 100 }),
    );
    expect(adviseInterval(runs)).toMatchObject({ everySeconds: 60, by: 'delay' });
  });
});

describe('rows for a chart', () => {
  it('are means, and as many as there is room for', () => {
    const { rows } = simulate(
      aSetup({ seconds: 100, services: [aServiceSetup({ load: (second) => second })] }),
      aScript(),
    );
    const few = bucketRows(rows, 10);
    expect(few.map(({ second }) => second)).toEqual([0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
    expect(few[1]).toMatchObject({ load: 14.5, running: 4 });
    expect(bucketRows(rows, 1000)).toBe(rows);
  });
});
