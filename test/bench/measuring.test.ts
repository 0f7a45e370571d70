import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBenchOptions, tableKeys } from '../../bench/bench-options.ts';
import { parseTimes } from '../../bench/counted-process.ts';
import { parseCpuList } from '../../bench/cpu-placement.ts';
import { median, percentileOf, spreadOf } from '../../bench/median.ts';
import { type Contestant, compareEfficiency, runRounds, type Sample } from '../../bench/rounds.ts';
import { ratesBetween } from '../../bench/tables/crowd.ts';
import { threadUnevenness } from '../../bench/tables/threads.ts';
import { nginxConfig, parseNginxStatus } from '../../bench/targets/nginx-config.ts';

const aSample = (overrides: Partial<Sample> = {}): Sample => ({
  requests: 1000,
  errors: 0,
  countedByTarget: undefined,
  loadSeconds: 1,
  cpu: [{ of: '', seconds: 1 }],
  remarks: [],
  ...overrides,
});

describe('parseTimes', () => {
  it.each([
    ['0m0.000000s 0m0.010000s\n1m1.230000s 0m0.450000s\n', 61.68],
    ['0m0.001s 0m0.002s\n0m2.500s 0m0.250s', 2.75],
  ])('adds up user and system time of the children: %j', (text, seconds) => {
    expect(parseTimes(text)).toBeCloseTo(seconds, 6);
  });

  it('knows when there are none', () => {
    expect(parseTimes('')).toBeUndefined();
    expect(parseTimes('0m0.001s 0m0.002s')).toBeUndefined();
  });
});

describe('median and spread', () => {
  const values = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1 });

  it('has as many values on either side, in whatever order they come', () => {
    fc.assert(
      fc.property(values, (sample) => {
        const middle = median(sample);
        expect(sample.filter((value) => value < middle).length).toBeLessThanOrEqual(sample.length / 2);
        expect(sample.filter((value) => value > middle).length).toBeLessThanOrEqual(sample.length / 2);
        expect(median([...sample].reverse())).toBe(middle);
      }),
    );
  });

  it('lies between the least and the greatest', () => {
    expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
    expect(spreadOf([])).toBeUndefined();
    expect(median([1, 2, 3, 10])).toBe(2.5);
  });
});

describe('percentileOf', () => {
  it('is not a rank too high where multiplying rounds up', () => {
    const many = Array.from({ length: 15_000 }, (_, index) => index + 1);
    expect(percentileOf(many, 99.9)).toBe(14_985);
  });

  it('is the smallest value that the share does not exceed', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    expect([0, 50, 95, 99, 99.9, 100].map((percentile) => percentileOf(hundred, percentile))).toEqual([
      1, 50, 95, 99, 100, 100,
    ]);
  });
});

describe('runRounds', () => {
  const contestant = (name: string, log: string[], fail = false): Contestant => ({
    name,
    async measure() {
      log.push(name);
      if (fail) throw new Error('broken');
      return aSample();
    },
  });

  it('takes turns, and leaves out who failed', async () => {
    const log: string[] = [];
    const contests = await runRounds(
      [contestant('a', log), contestant('b', log, true), contestant('c', log)],
      2,
      () => {},
    );
    expect(log).toEqual(['a', 'b', 'c', 'a', 'c']);
    expect(contests.map(({ samples, failure }) => [samples.length, failure])).toEqual([
      [2, undefined],
      [0, 'broken'],
      [2, undefined],
    ]);
  });
});

describe('compareEfficiency', () => {
  it('compares within each round, so that drift of the machine cancels out', () => {
    const contest = (costs: readonly number[]) => ({
      name: 'tool',
      failure: undefined,
      samples: costs.map((seconds) => aSample({ cpu: [{ of: '', seconds }] })),
    });
    const { efficiency, ratio } = compareEfficiency(contest([2, 4, 8]), 0, contest([1, 2, 4]));
    expect(ratio).toEqual({ median: 0.5, min: 0.5, max: 0.5 });
    expect(efficiency).toEqual({ median: 250, min: 125, max: 500 });
  });

  it('has no ratio to what was not measured', () => {
    const contest = { name: 'tool', failure: undefined, samples: [aSample()] };
    expect(compareEfficiency(contest, 0, undefined).ratio).toBeUndefined();
  });
});

describe('parseBenchOptions', () => {
  it('takes tables by name and by group, in their own order', () => {
    expect(parseBenchOptions(['truth', '--only', 'tls, plain']).only).toEqual([
      'plain',
      'tls',
      'record',
      'freeze',
      'lag',
    ]);
    expect(parseBenchOptions([]).only).toEqual(tableKeys);
  });

  it.each([
    [['everything'], 'no table everything'],
    [['--rounds', '0'], '--rounds is a whole number'],
    [['--seconds', 'x'], '--seconds is a whole number'],
  ])('refuses %j', (args, message) => {
    expect(() => parseBenchOptions(args)).toThrow(message);
  });
});

describe('nginx', () => {
  it('counts requests and connections', () => {
    const status =
      'Active connections: 291 \nserver accepts handled requests\n 16630948 16630949 31070465 \nReading: 6 Writing: 179 Waiting: 106 \n';
    expect(parseNginxStatus(status)).toEqual({ requests: 31070465, connections: 291 });
    expect(parseNginxStatus('<html>404</html>')).toBeUndefined();
  });

  it('gets one worker, and a user only if it needs one', () => {
    const base = { folder: '/tmp/x', ports: { http: 1, https: 2, status: 3 }, connections: 100 };
    expect(nginxConfig({ ...base, user: undefined })).not.toMatch(/^user /m);
    const config = nginxConfig({ ...base, user: 'root' });
    expect(config).toMatch(/^user root;/m);
    expect(config).toMatch(/^worker_processes 1;/m);
  });
});

describe('small figures', () => {
  it('reads a list of CPUs', () => {
    expect(parseCpuList('0-2,5')).toEqual([0, 1, 2, 5]);
    expect(parseCpuList('')).toEqual([]);
  });

  it('tells how far threads are apart', () => {
    expect(threadUnevenness([1, 0.9])).toBeCloseTo(0.1, 9);
    expect(threadUnevenness([1])).toBeNaN();
  });

  it('takes rates between looks by the time that passed', () => {
    const looks = [
      { atMillis: 0, requests: 0 },
      { atMillis: 1000, requests: 100 },
      { atMillis: 3000, requests: 400 },
    ];
    expect(ratesBetween(looks)).toEqual([100, 150]);
  });
});
