import { describe, expect, it } from 'vitest';
import { formatBytes, parseBytes } from '../../../src/document/bytes-quantity.ts';
import { athenaUsdPerTerabyte, queryUsd } from '../../../src/logs/asking/query-price.ts';

const megabyte = 1024 ** 2;
const usd = (bytes: number): number => queryUsd(bytes, athenaUsdPerTerabyte);

describe('the price of a query', () => {
  it('is five dollars a terabyte, by the megabyte begun, ten at least', () => {
    expect(usd(1024 ** 4)).toBe(5);
    expect(usd(0)).toBe(usd(10 * megabyte));
    expect(usd(10 * megabyte + 1)).toBe(usd(11 * megabyte));
    expect(usd(11 * megabyte)).toBeCloseTo((5 * 11) / 1024 ** 2, 12);
  });

  it('is nothing where nothing is paid', () => {
    expect(queryUsd(1024 ** 4, 0)).toBe(0);
  });
});

describe('bytes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.00 KB'],
    [10 * 1024 ** 3, '10.0 GB'],
    [1023 * 1024, '1023 KB'],
  ])('%i are written %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([
    ['10GB', 10 * 1024 ** 3],
    ['500 mb', 500 * megabyte],
    ['1.5TB', 1.5 * 1024 ** 4],
    ['1000', 1000],
  ])('are read from %s', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });

  it.each(['', '10GiB', '-1', 'GB', '1e3', '9999999PB'])('are not read from %j', (text) => {
    expect(parseBytes(text)).toBeUndefined();
  });
});
