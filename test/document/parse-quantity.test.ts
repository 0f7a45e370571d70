import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseDuration,
  parseDurationMillis,
  parseDurationRange,
  parseFraction,
  parseRamp,
} from '../../src/document/parse-quantity.ts';

describe('a duration', () => {
  it.each([
    ['500ms', 0.5],
    ['10s', 10],
    ['1.5s', 1.5],
    ['5m', 300],
    ['1h', 3600],
    ['1h30m', 5400],
    [' 10s ', 10],
    ['0s', 0],
  ])('%j is %d seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(['', '10', '10 s', '10S', '-1s', 's', '1d', '1e3s', '10s later', '1,5s', '.5s'])(
    '%j is none',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  it('keeps whole milliseconds whole', () => {
    fc.assert(
      fc.property(fc.nat(1e9), (millis) => {
        expect(parseDurationMillis(`${millis}ms`)).toBe(millis);
        expect(parseDuration(`${millis}ms`)).toBe(millis / 1000);
      }),
    );
  });
});

describe('a range of durations', () => {
  it('is one duration or two in order', () => {
    expect(parseDurationRange('1s')).toEqual({ minSeconds: 1, maxSeconds: 1 });
    expect(parseDurationRange('100ms to 300ms')).toEqual({ minSeconds: 0.1, maxSeconds: 0.3 });
  });

  it.each(['3s to 1s', '1s to', 'to 1s', '1s to 2s to 3s', '1s-2s', '100 to 300'])('is not %j', (text) => {
    expect(parseDurationRange(text)).toBeUndefined();
  });
});

describe('a ramp', () => {
  it.each<[string | number, number, number]>([
    [50, 50, 50],
    [0.5, 0.5, 0.5],
    ['50', 50, 50],
    ['50 to 200', 50, 200],
    ['200 to 0', 200, 0],
    ['0.25 to 1.75', 0.25, 1.75],
  ])('%j goes from %d to %d', (value, from, to) => {
    expect(parseRamp(value)).toEqual({ from, to });
  });

  it.each<string | number>([
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    '',
    '-50',
    '50 to',
    '1 to 2 to 3',
    '1e3',
    '50/s',
    '5..6',
    'ten',
  ])('%j is none', (value) => {
    expect(parseRamp(value)).toBeUndefined();
  });
});

describe('a fraction', () => {
  it.each<[string | number, number]>([
    ['0.5%', 0.005],
    ['85%', 0.85],
    ['100 %', 1],
    ['0%', 0],
    [0.25, 0.25],
    ['0.25', 0.25],
  ])('%j is %d', (value, fraction) => {
    expect(parseFraction(value)).toBe(fraction);
  });

  it.each<string | number>(['101%', '-1%', 1.5, -0.1, '', '%', 'half', Number.NaN])('%j is none', (value) => {
    expect(parseFraction(value)).toBeUndefined();
  });
});
