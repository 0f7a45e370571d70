import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeRecord, recordTimes } from '../../../src/logs/layout/encode-record.ts';

describe('times of records', () => {
  const timesOf = (clock: readonly number[]): string[] => {
    const left = [...clock];
    const next = recordTimes(() => left.shift() ?? 0);
    return clock.map(() => next().time);
  };

  it('tell lines of one millisecond apart', () => {
    const at = Date.parse('2026-11-21T22:33:44.123Z');
    expect(timesOf([at, at, at, at + 1])).toEqual([
      '2026-11-21T22:33:44.123000Z',
      '2026-11-21T22:33:44.123001Z',
      '2026-11-21T22:33:44.123002Z',
      '2026-11-21T22:33:44.124000Z',
    ]);
  });

  it('rise, whatever the clock does', () => {
    const around = fc.integer({ min: 0, max: 5 }).map((n) => Date.UTC(2026, 10, 30, 23, 59, 59, 997) + n);
    fc.assert(
      fc.property(fc.array(around, { minLength: 2, maxLength: 50 }), (clock) => {
        const times = timesOf(clock);
        expect([...new Set(times)].sort()).toEqual(times);
        for (const time of times) expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
      }),
    );
  });

  it('go on after a thousand lines in a millisecond', () => {
    expect(timesOf(Array.from({ length: 1002 }, () => 5)).slice(-3)).toEqual([
      '1970-01-01T00:00:00.005999Z',
      '1970-01-01T00:00:00.006000Z',
      '1970-01-01T00:00:00.006001Z',
    ]);
  });
});

describe('lines of records', () => {
  it('are one line each, whatever was logged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (log) => {
        const record = {
          time: '2026-11-21T22:33:44.123456Z',
          log,
          source: 'stdout',
          container_id: 'process-1',
          container_name: 'app',
          ecs_cluster: 'local',
          ecs_task_arn: 'arn',
          ecs_task_definition: 'shop:1',
        } as const;
        const line = encodeRecord(record);
        expect(line.indexOf('\n')).toBe(line.length - 1);
        expect(JSON.parse(line)).toEqual(record);
      }),
    );
  });
});
