import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadShapes } from '../../../src/scaling/simulate/load-shapes.ts';
import { parseShape } from '../../../src/scaling/simulate/parse-shape.ts';
import { parseTrace } from '../../../src/scaling/simulate/parse-trace.ts';
import { timelineTrace } from '../../../src/scaling/simulate/timeline-trace.ts';

const shapeOf = (text: string) => {
  const parsed = parseShape(text);
  if (parsed.kind === 'problem') throw new Error(parsed.reason);
  const { trace } = parsed;
  return { seconds: trace.seconds, at: (second: number) => trace.loads['']?.(second) };
};

const reasonOf = (text: string): string => {
  const parsed = parseShape(text);
  return parsed.kind === 'problem' ? parsed.reason : 'fine';
};

describe('shapes', () => {
  it('a spike begins and ends at once', () => {
    const { at, seconds } = shapeOf('spike:from=50,to=500,at=10m,for=20m');
    expect([at(599), at(600), at(1799), at(1800)]).toEqual([50, 500, 500, 50]);
    expect(seconds).toBe(3000);
  });

  it('a ramp is even, and stays where it ends', () => {
    const { at } = shapeOf('ramp:from=0,to=100,at=10s,for=100s');
    expect([at(0), at(10), at(60), at(110), at(999)]).toEqual([0, 0, 50, 100, 100]);
  });

  it('a sawtooth falls back at each tooth', () => {
    const { at } = shapeOf('sawtooth:from=0,to=100,every=100s');
    expect([at(0), at(50), at(99), at(100)]).toEqual([0, 50, 99, 0]);
  });

  it('a day is highest at its peak and lowest half a day away from it', () => {
    const { at, seconds } = shapeOf('daily:from=10,to=110,peak=15h');
    expect([at(15 * 3600), at(3 * 3600), at(21 * 3600)].map((load) => Math.round(load ?? 0))).toEqual([
      110, 10, 60,
    ]);
    expect(seconds).toBe(86_400);
  });

  it('steps go up, or down, until they are there', () => {
    const up = shapeOf('steps:from=10,to=35,by=10,every=1m');
    expect([0, 59, 60, 120, 180, 900].map(up.at)).toEqual([10, 10, 20, 30, 35, 35]);
    const down = shapeOf('steps:from=30,to=10,by=10,every=1m');
    expect([0, 60, 120, 180].map(down.at)).toEqual([30, 20, 10, 10]);
  });

  it.each(Object.keys(loadShapes))('%s needs no parameters, and is never negative', (name) => {
    const { at, seconds } = shapeOf(name);
    for (let second = 0; second < seconds; second += 97) expect(at(second)).toBeGreaterThanOrEqual(0);
  });

  it.each([
    [
      'spkie',
      '"spkie" is no shape: one of constant, spike, ramp, sawtooth, daily, steps (did you mean spike?)',
    ],
    ['spike:too=5', '"too" in spike: expected one of from, to, at, for (did you mean to?)'],
    ['spike:to', '"to" in spike: expected name=value, such as to=500'],
    ['spike:to=-5', '"-5" for to in spike: expected requests a second, such as 50'],
    ['spike:at=10', '"10" for at in spike: expected a duration from 1s to 168h, such as 10m'],
    ['steps:by=0', '"0" for by in steps: expected more than 0, or the shape constant'],
    ['__proto__', expect.stringContaining('is no shape')],
    ['spike:constructor=1', expect.stringContaining('"constructor" in spike')],
  ])('%s is refused with what is expected', (text, reason) => {
    expect(reasonOf(text)).toEqual(reason);
  });
});

const traceOf = (text: string) => {
  const parsed = parseTrace(text, { file: 'load.csv' });
  if (parsed.kind === 'problems') throw new Error(JSON.stringify(parsed.problems));
  return parsed.trace;
};

const problemsOf = (text: string): readonly string[] => {
  const parsed = parseTrace(text, { file: 'load.csv' });
  return parsed.kind === 'trace'
    ? []
    : parsed.problems.map(({ line, column, value, expected }) => `${line}:${column} ${value} ${expected}`);
};

describe('a trace as CSV', () => {
  it('holds each value until the next row', () => {
    const { loads, seconds, startMillis } = traceOf('second,rps\n0,10\n5,20.5\n');
    expect([0, 4, 5, 99].map((second) => loads['']?.(second))).toEqual([10, 10, 20.5, 20.5]);
    expect({ seconds, startMillis }).toEqual({ seconds: 6, startMillis: null });
  });

  it('reads times, which say when it was', () => {
    const { loads, startMillis } = traceOf('time,rps\n2026-01-31T10:00:00Z,1\n2026-01-31T11:01:00+01:00,2\n');
    expect(startMillis).toBe(Date.parse('2026-01-31T10:00:00Z'));
    expect([59, 60].map((second) => loads['']?.(second))).toEqual([1, 2]);
  });

  it('has a column for each service, or one for all; comments, quotes, empty lines, CRLF and a BOM do no harm', () => {
    const { loads } = traceOf('\uFEFF# made by hand\r\n"second","web","api"\r\n\r\n0,"1",2\r\n');
    expect([loads.web?.(0), loads.api?.(0)]).toEqual([1, 2]);
  });

  it.each([
    ['', ['1:1  a header: "second,rps" or "time,rps"; instead of rps, the names of services, one a column']],
    ['rps\n1', [expect.stringMatching(/^1:1 "rps" a header/)]],
    ['second\n1', [expect.stringMatching(/^1:7 {2}a header/)]],
    ['second,rps\n', ['1:11  rows with load after the header']],
    ['second,a,a\n0,1,1', ['1:10 "a" each column once']],
    ['second,rps,a\n0,1,1', ['1:8 "rps" either rps alone, or services by their names']],
    [
      'second,rps\n0,1\n1,x\n2,-3',
      ['3:3 "x" requests a second, from 0 to 1000000000', '4:3 "-3" requests a second, from 0 to 1000000000'],
    ],
    ['second,rps\n5,1\n5,2', ['3:1 "5" a later time than in the row before']],
    ['second,rps\n1.5,1', ['2:1 "1.5" a whole number of seconds from the start']],
    ['second,rps\n0', ['2:2  2 columns, as the header has']],
    ['second,rps\n0,1,7', ['2:5 "7" 2 columns, as the header has']],
    ['second,rps\n0,1\n700000,7', ['3:1 "700000" a week (604800 seconds) from the start at the longest']],
    ['time,rps\n2026-01-31 10:00,1', [expect.stringContaining('a time in ISO 8601 with its zone')]],
  ])('%j: each mistake has its place', (text, expected) => {
    expect(problemsOf(text)).toEqual(expected);
  });

  it('never throws', () => {
    const line = fc.array(fc.oneof(fc.string(), fc.constantFrom('0', '1', 'second', 'rps', 'time', '"')), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
        parseTrace(lines.map((cells) => cells.join(',')).join('\n'), { file: 'x' });
        parseShape(lines.map((cells) => cells.join('=')).join(','));
      }),
      { numRuns: 500, seed: 1 },
    );
  });
});

describe("a run's timeline", () => {
  const row = (second: number, scheduled: number | null, step: string | null = null) => ({
    second,
    scheduled,
    step,
    time: new Date(Date.parse('2026-01-31T10:00:00Z') + second * 1000).toISOString(),
  });

  it('gives what was due in each second, all steps together', () => {
    const trace = timelineTrace([row(2, 30), row(2, null, 'GET /'), row(0, 10)], 'run x');
    expect(trace).toMatchObject({ seconds: 3, startMillis: Date.parse('2026-01-31T10:00:00Z') });
    expect([0, 1, 2, 3].map((second) => trace?.loads['']?.(second))).toEqual([10, 0, 30, 0]);
  });

  it('is no load without rows', () => {
    expect(timelineTrace([], 'run x')).toBeUndefined();
  });
});
