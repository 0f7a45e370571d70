import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logsPrefix, parseContainerFolder } from '../../../src/logs/layout/container-name.ts';
import { parseDayFolders, parsePartFolder } from '../../../src/logs/layout/day-folder.ts';
import { logKey, parseLogKey } from '../../../src/logs/layout/log-key.ts';
import { dayFolders, dayOf } from '../../../src/logs/layout/utc-day.ts';

const instant = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2099, 11, 31) });
const ecsName = fc.stringMatching(/^[A-Za-z0-9_-]{1,255}$/);

describe('folders of containers', () => {
  it('are read back for all names that ECS takes', () => {
    fc.assert(
      fc.property(ecsName, ecsName, (family, container) => {
        expect(parseContainerFolder(logsPrefix({ family, container }))).toEqual({ family, container });
      }),
    );
  });

  it.each([
    'logs/a";drop table x/app/',
    "logs/it's/app/",
    'logs/a b/app/',
    'logs/größe/app/',
    'logs/a/app',
    'logs/a/',
    'logs//app/',
    'logs/a/b/c/',
    'runs/a/app/',
    `logs/${'a'.repeat(256)}/app/`,
    'logs/a\n/app/',
  ])('are no containers with other names: %j', (prefix) => {
    expect(parseContainerFolder(prefix)).toBeUndefined();
  });
});

describe('folders of days', () => {
  it('are read back, padded', () => {
    expect(parseDayFolders('year=2018/month=11/day=28/')).toEqual({ year: 2018, month: 11, day: 28 });
    fc.assert(
      fc.property(instant, (millis) => {
        expect(parseDayFolders(dayFolders(dayOf(millis)))).toEqual(dayOf(millis));
      }),
    );
  });

  it.each([
    'year=2018/month=1/day=28/',
    'year=2026/month=02/day=29/',
    'year=2026/month=13/day=01/',
    'year=2026/month=00/day=00/',
    'year=2026/month=01/day=01',
    'year=26/month=01/day=01/',
    'year=2026/month=01/',
    'year=2026/month=01/day=01/hour=00/',
  ])('are no days when they are not of the calendar, or written otherwise: %s', (text) => {
    expect(parseDayFolders(text)).toBeUndefined();
  });

  it('are read part by part', () => {
    expect(parsePartFolder('year=2026/', 'year')).toBe(2026);
    expect(parsePartFolder('month=02/', 'month')).toBe(2);
    expect(parsePartFolder('month=2/', 'month')).toBeUndefined();
    expect(parsePartFolder('day=02/', 'month')).toBeUndefined();
    expect(parsePartFolder('year=026/', 'year')).toBeUndefined();
  });
});

describe('keys of logs', () => {
  const shop = { family: 'shop', container: 'app' };

  it('have the day and the time of the first record, in UTC', () => {
    const at = Date.parse('2026-11-21T23:59:59.999Z');
    expect(logKey(shop, at, 'k7fq2m9x')).toBe('logs/shop/app/year=2026/month=11/day=21/235959-k7fq2m9x.gz');
  });

  it('are read back', () => {
    fc.assert(
      fc.property(ecsName, ecsName, instant, (family, container, at) => {
        expect(parseLogKey(logKey({ family, container }, at, 'abc'))).toEqual({
          family,
          container,
          day: dayOf(at),
          file: expect.stringMatching(/^\d{6}-abc\.gz$/),
        });
      }),
    );
  });

  it.each([
    'logs/shop/app/year=2026/month=11/day=21/',
    'logs/shop/app/year=2026/month=11/day=21/deeper/a.gz',
    'logs/shop/app/year=2026/month=11/a.gz',
    'logs/shop/app/year=2026/month=11/day=31/a.gz',
    'logs/sh op/app/year=2026/month=11/day=21/a.gz',
    'compacted/shop/app/year=2026/month=11/day=21/a.gz',
  ])('are not everything that lies there: %s', (key) => {
    expect(parseLogKey(key)).toBeUndefined();
  });
});
