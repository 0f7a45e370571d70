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

  it('shows each step, with service times where there is room', () => {
    expect(lineOf(render(), 'GET /products/:id').split(/\s{2,}/)).toEqual([
      'GET /products/:id',
      '597',
      '1',
      '4.10',
      '30.11',
      '61.40',
    ]);
    const wide = renderSummary(aSummary(), { columns: 120, colour: false });
    expect(lineOf(wide, 'Steps')).toContain('service p50');
    expect(
      lineOf(wide, 'POST /orders')
        .split(/\s{2,}/)
        .slice(-3),
    ).toEqual(['-', '-', '-']);
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
    expect(text).toContain('0.84 CPU s, 1,664 requests per CPU second');
    expect(text).toContain('sent late by p50 0.50 ms, p99 1.52 ms, max 6.10 ms');
    expect(text).toContain('Timeline    .stormdrain/t.json.gz');
    expect(text).toContain('npx stormdrain show shop-20260131-102030-a1b2 --json');
  });

  it('fits 80 columns, whatever the plan', () => {
    const long = 'GET /a/rather/long/path/that/goes/on/and/on/and/never/stops/:id';
    const summary = aSummary({
      steps: [
        {
          name: long,
          completed: 1_234_567,
          failed: 12_345,
          latencyMillis: { response: aLatency({ max: 61_234.5 }), service: null },
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
    });
    for (const line of renderSummary(summary, { ...plain, timeline: 't' }).split('\n')) {
      expect(line.length, line).toBeLessThanOrEqual(80);
    }
  });

  it('has colour codes only when asked for', () => {
    expect(render()).not.toContain('\u001b');
    expect(renderSummary(aSummary(), { columns: 80, colour: true })).toContain('\u001b[');
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
      'failed: shop (shop-20260131-102030-a1b2), 1,394 completed, 4 failed, 0 dropped, 0 missed, p99 61.4 ms, Threshold "x" was missed.',
    );
  });
});
