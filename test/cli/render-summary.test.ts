import { describe, expect, it } from 'vitest';
import { planNextSteps } from '../../src/cli/render/next-steps.ts';
import { renderOutcomeLine, renderSummary } from '../../src/cli/render/render-summary.ts';
import type { RunSummary } from '../../src/run/summary.ts';
import { aLatency, aSummary } from './builders.ts';

const plain = { columns: 80, colour: false };
const render = (overrides: Partial<RunSummary> = {}): string => renderSummary(aSummary(overrides), plain);
const lineOf = (text: string, part: string): string =>
  text.split('\n').find((line) => line.includes(part)) ?? '';

const worker = aSummary().workers[0] as RunSummary['workers'][number];

describe('the summary', () => {
  it('begins with the outcome, the plan and the target', () => {
    expect(render().split('\n')[0]).toBe('PASSED  shop against http://127.0.0.1:8080');
  });

  it('gives every reason and warning under the outcome', () => {
    const verdict = {
      ...aSummary().verdict,
      reasons: ['The first.', 'The second.'],
      warnings: ['A warning.'],
    };
    const lines = render({ outcome: 'failed', verdict }).split('\n');
    expect(lines.slice(0, 4)).toEqual([
      'FAILED  shop against http://127.0.0.1:8080',
      '- The first.',
      '- The second.',
      '- Note: A warning.',
    ]);
  });

  it('shows how the counts add up', () => {
    const text = render({
      requests: {
        scheduled: 1000,
        started: 1500,
        completed: 1490,
        failed: 10,
        dropped: 20,
        missed: 30,
        unfinished: 0,
      },
    });
    expect(text).toContain('1,000 scheduled = 950 begun + 20 dropped + 30 missed');
    expect(text).toContain('1,500 started = 1,490 completed + 10 failed (0.67%)');
    expect(text).toContain('53.3 arrivals/s offered, 91.7 requests/s completed, over 15.2 s');
  });

  it('sets response and service time side by side, in columns that line up', () => {
    const text = render();
    const heading = lineOf(text, 'p99.9');
    const ends = (line: string): readonly number[] =>
      [...line.matchAll(/\S+/g)].slice(1).map((match) => match.index + match[0].length);
    expect(lineOf(text, 'response  ').split(/\s+/)).toEqual([
      'response',
      '12.3',
      '21.9',
      '30.1',
      '61.4',
      '180.2',
      '204.8',
    ]);
    expect(lineOf(text, 'service  ').split(/\s+/)).toEqual([
      'service',
      '11.9',
      '21.1',
      '30.1',
      '61.4',
      '180.2',
      '199.5',
    ]);
    expect(ends(lineOf(text, 'response  '))).toEqual(ends(heading));
    expect(ends(lineOf(text, 'service  '))).toEqual(ends(heading));
  });

  it('says what response time counts from', () => {
    expect(render()).toContain('Response time counts from when a request should have been sent');
  });

  it('labels the response times of virtual users as not corrected', () => {
    const text = render({ corrected: false });
    expect(text).toContain('response*');
    expect(text.replaceAll('\n', ' ')).toContain('not corrected');
    expect(text).toContain('Iterations  800 scheduled');
  });

  it('says so when nothing succeeded', () => {
    expect(render({ latencyMillis: { response: null, service: null, connect: null } })).toContain(
      'No request succeeded',
    );
  });

  const cellsBelow = (text: string, name: string, lines: number): readonly (readonly string[])[] => {
    const all = text.split('\n');
    const first = all.findIndex((line) => line.startsWith(name));
    return all.slice(first, first + lines).map((line) => line.trim().split(/\s{2,}/));
  };

  it('shows each step, response and service time one above the other', () => {
    expect(cellsBelow(render(), 'GET /products/:id', 2)).toEqual([
      ['GET /products/:id', '597', '1', 'response', '4.10', '30.11', '61.40'],
      ['service', '4.00', '30.11', '61.40'],
    ]);
    const wide = renderSummary(aSummary(), { columns: 120, colour: false });
    expect(cellsBelow(wide, 'Steps', 1)[0]).toEqual([
      'Steps',
      'completed',
      'failed',
      'ms',
      'p50',
      'p90',
      'p95',
      'p99',
      'p99.9',
      'max',
    ]);
    expect(cellsBelow(wide, 'POST /orders', 2)[1]).toEqual(['service', '-', '-', '-', '-', '-', '-']);
  });

  it('shows nothing but the times of failures for a step that never succeeded', () => {
    const step = aSummary().steps[0] as RunSummary['steps'][number];
    const latencyMillis = { response: null, service: null, failed: aLatency({ p50: 1, p95: 2, p99: 3 }) };
    const text = render({ steps: [{ ...step, completed: 0, failed: 7, latencyMillis }] });
    expect(lineOf(text, 'GET /products').split(/ {2,}/)).toEqual([
      'GET /products',
      '0',
      '7',
      'failed',
      '1.00',
      '2.00',
      '3.00',
    ]);
    expect(text).not.toMatch(/ - +- /);
  });

  it('shows how long failed requests took apart from the others, where there are any', () => {
    expect(render()).not.toMatch(/^ +failed /m);
    const [step] = aSummary().steps;
    if (step === undefined) throw new Error('a summary has a step');
    const failed = aLatency({ p50: 10_000, p95: 10_001, p99: 10_002 });
    const text = render({ steps: [{ ...step, latencyMillis: { ...step.latencyMillis, failed } }] });
    expect(cellsBelow(text, 'GET /products', 3)[2]).toEqual(['failed', '10,000.0', '10,001.0', '10,002.0']);
  });

  it('tells the warm-up apart, and says what holds it', () => {
    expect(render()).not.toContain('Warm-up');
    const text = render({
      warmup: { seconds: 5, scheduled: 250, completed: 240, failed: 10, dropped: 0 },
    });
    expect(text).toContain('Warm-up     5.0 s in these counts, not in the figures below: 250 scheduled,');
    expect(text).toContain('240 completed, 10 failed, 0 dropped');
    expect(text).toContain('requests/s completed, over 10.2 s');
    expect(text).toContain('Errors  of the whole run, warm-up included');
  });

  it('shows errors with an example, and why arrivals were dropped', () => {
    const text = render({ drops: [{ reason: 'in-flight limit', count: 1234 }] });
    expect(text).toContain('    4  unexpected status');
    expect(text).toContain('e.g. GET /products: expected status 200, got 503');
    expect(text).toContain('1,234  dropped: in-flight limit');
  });

  it('keeps control characters of a target away from the terminal', () => {
    const example = 'GET /: body \u001b[31mred\u001b[0m\r\nForged: line\u0007';
    const text = render({ errors: [{ kind: 'failed expectation', step: 'GET /', count: 1, example }] });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: looking for them is the test
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    expect(text).toContain('e.g. GET /: body [31mred [0m Forged: line');
  });

  it('shows each threshold with its value in its own unit, its population and count', () => {
    const thresholds = [
      {
        text: 'p99(response) < 50ms',
        value: 61.4,
        met: false,
        population: 'successful requests',
        count: 1394,
      },
      { text: 'failures < 1%', value: 0.005, met: true, population: 'scheduled arrivals', count: 800 },
      { text: 'rate > 90', value: 91.66, met: true, population: 'successful requests', count: 1394 },
      {
        text: 'p50(service, GET /x) < 1s',
        value: null,
        met: false,
        population: 'successful requests of GET /x',
        count: 0,
      },
    ];
    const text = render({ thresholds });
    expect(lineOf(text, 'p99(response)')).toMatch(/^MISSED .* 61\.4 ms {2}1,394 successful requests$/);
    expect(lineOf(text, 'failures <')).toMatch(/^met .* 0\.50% {2}800 scheduled arrivals$/);
    expect(lineOf(text, 'rate > 90')).toMatch(/^met .* 91\.7\/s {2}1,394 successful requests$/);
    expect(lineOf(text, 'GET /x')).toMatch(/^MISSED .* nothing {2}0 successful requests$/);
  });

  it('keeps the limit of a threshold and what it was judged on when its step has a long name', () => {
    const about = 'an order with everything that can be ordered on a single day';
    const thresholds = [
      {
        text: `failures(${about}) < 12.5%`,
        value: 0.0021,
        met: true,
        population: `requests of ${about}`,
        count: 1_234_567,
      },
      { text: 'failures < 1%', value: 0, met: true, population: 'scheduled arrivals', count: 1_234_567 },
    ];
    const text = render({ thresholds });
    expect(lineOf(text, 'failures(an order')).toMatch(/^met {2}failures\(an order .*…\) < 12\.5% {2}/);
    expect(text).toMatch(/1,234,567 scheduled arrivals$/m);
    for (const [line] of text.matchAll(/^met .*$/gm)) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it('shows what was checked before the numbers were trusted', () => {
    const checks = [
      { name: 'send lag p99', limit: 10, value: 14.2, unit: 'ms', met: false },
      { name: 'missed or unfinished', limit: 0.005, value: 0.001, unit: 'fraction', met: true },
    ];
    const text = render({ verdict: { ...aSummary().verdict, checks } });
    expect(lineOf(text, 'send lag')).toMatch(/^BROKEN .* 14\.2 ms {2}limit 10\.0 ms$/);
    expect(lineOf(text, 'missed or unfinished')).toMatch(/^ok .* 0\.10% {2}limit 0\.50%$/);
  });

  it('names a lost worker, when it was lost and who took over', () => {
    const lost = {
      ...worker,
      state: 'lost' as const,
      endedAt: '2026-01-31T10:20:34.500Z',
      reason: 'SIGKILL',
      replacedBy: 1,
    };
    const text = render({ workers: [lost, { ...worker, attempt: 1 }] });
    expect(text).toContain('1 lost, 1 finished');
    expect(text).toContain(
      'shard 0 attempt 0 (pid 4001) lost 4.5 s into the run: SIGKILL; replaced by attempt 1',
    );
  });

  it('lists the changes made while it ran, a stop among them', () => {
    const changes = [
      { atSeconds: 5, shardCount: 4, rateScale: 2 },
      { atSeconds: 9, shardCount: 4, rateScale: 0 },
    ];
    const text = render({ changes });
    expect(text).toContain('at 5.0 s: 4 workers, rate 2x');
    expect(text).toContain('at 9.0 s: 4 workers, no more load');
  });

  it('shows generator health, the timeline and what to do next', () => {
    const text = renderSummary(aSummary(), {
      ...plain,
      timeline: '.stormdrain/t.json.gz',
      next: planNextSteps(aSummary(), 'npx stormdrain'),
    });
    expect(text).toContain('0.84 CPU s, 1,664 requests per CPU second, busiest at 21.0%');
    expect(text).toContain('event loop held up 6.20 ms at most, by garbage collection 3.10 ms');
    expect(text).toContain('96 MB and 20 sockets at most');
    expect(text).not.toContain('threads');
    expect(text).not.toContain('spun');
    expect(text).toContain('sent late by p50 0.50 ms, p99 1.52 ms, max 6.10 ms');
    expect(text).toContain('Timeline    .stormdrain/t.json.gz');
    expect(text).toContain('npx stormdrain show shop-20260131-102030-a1b2 --json');
  });

  it('shows how evenly the threads of a worker shared the work', () => {
    const thread = { worker: '0/0', thread: 0, cpuSeconds: 0.4, measuredBy: 'cpu' } as const;
    const threads = [thread, { ...thread, thread: 1, cpuSeconds: 0.44 }];
    const { generator } = aSummary();
    expect(render({ generator: { ...generator, threads } })).toContain(
      '2 threads used 0.40 to 0.44 CPU s each',
    );
    const coarse = threads.map((each) => ({ ...each, measuredBy: 'event loop' as const }));
    expect(render({ generator: { ...generator, threads: coarse } })).toContain('0.44 s of event loop each');
  });

  it('shows what it cost to be precise', () => {
    const text = render({ generator: { ...aSummary().generator, spinCpuSeconds: 0.21 } });
    expect(text).toContain('to be precise it spun for 0.21 of the CPU s (25.0%)');
  });

  it('fits 80 columns, whatever the plan', () => {
    const long = 'GET /a/rather/long/path/that/goes/on/and/on/and/never/stops/:id';
    const summary = aSummary({
      steps: [
        {
          name: long,
          completed: 1_234_567,
          failed: 12_345,
          latencyMillis: { response: aLatency({ max: 61_234.5 }), service: null, failed: null },
        },
      ],
      thresholds: [
        {
          text: `p95(service, ${long}) < 100ms`,
          value: 12_345.6,
          met: false,
          population: `successful requests of ${long}`,
          count: 1_234_567,
        },
      ],
      latencyMillis: { response: aLatency({ p50: 0.4, max: 3_600_000 }), service: aLatency(), connect: null },
      errors: [
        {
          kind: 'unexpected status',
          step: long,
          count: 12_345,
          example: `${long}: expected status 200, got 503 and a few more words`,
        },
      ],
      generator: {
        cpuSeconds: 12_345.67,
        requestsPerCpuSecond: 123_456,
        peakCpuFraction: 1,
        eventLoopLagMaxMillis: 12_345.6,
        gc: { totalMillis: 1_234_567, longestMillis: 1_234.5 },
        peakMemoryBytes: 12_345_678_901,
        peakSockets: 12_345,
        spinCpuSeconds: 12_345.67,
        threads: [0, 1].map((thread) => ({
          worker: '0/0',
          thread,
          cpuSeconds: 12_345.67,
          measuredBy: 'event loop',
        })),
        sendLagMillis: { p50: 0.5, p99: 1_234.5, max: 12_345.6 },
      },
    });
    for (const line of renderSummary(summary, { ...plain, timeline: 't' }).split('\n')) {
      expect(line.length, line).toBeLessThanOrEqual(80);
    }
  });

  it('has colour codes only when asked for', () => {
    expect(render()).not.toContain('\u001b');
    expect(renderSummary(aSummary(), { columns: 80, colour: true })).toContain('\u001b[');
  });

  it('advises to lower the rate only when something succeeded', () => {
    const next = (completed: number): string =>
      planNextSteps(
        aSummary({ outcome: 'failed', requests: { ...aSummary().requests, completed } }),
        'sd',
      ).join('\n');
    expect(next(1)).toContain('Lower the rate');
    expect(next(0)).not.toContain('Lower the rate');
    expect(next(0)).toContain('Errors');
  });

  it('leaves it to the reasons what to change after an invalid run', () => {
    const next = planNextSteps(aSummary({ outcome: 'invalid' }), 'sd').join('\n');
    expect(next).toContain('Do not use these numbers');
    expect(next).not.toContain('more workers');
  });

  it('gives something to do next for every outcome', () => {
    for (const outcome of ['passed', 'failed', 'invalid', 'stopped', 'error'] as const) {
      expect(planNextSteps(aSummary({ outcome }), 'sd').join('\n')).toContain('sd show shop-2026');
    }
  });
});

describe('the outcome line', () => {
  it('holds outcome, run, counts, p99 and the first reason, in one line', () => {
    const verdict = { ...aSummary().verdict, reasons: ['Threshold "x" was missed.'] };
    const line = renderOutcomeLine(aSummary({ outcome: 'failed', verdict }));
    expect(line).toBe(
      'failed: shop (shop-20260131-102030-a1b2), 1,394 completed, 4 failed, 0 dropped, 0 missed, response p99 61.4 ms, service p99 61.4 ms, Threshold "x" was missed.',
    );
  });
});
