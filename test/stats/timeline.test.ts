import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { encodeTimeline, readTimelineRows, timelineRows } from '../../src/stats/timeline.ts';
import { tallyOf } from './builders.ts';

const plan = {
  runId: 'r1',
  startAtMillis: Date.UTC(2026, 0, 1),
  warmupSeconds: 1,
  scheduledIn: () => 2,
  changesAt: (second: number) => ({ shardCount: second < 2 ? 1 : 3, rateScale: 1 }),
};

describe('timeline', () => {
  const rows = timelineRows(
    tallyOf([
      { kind: 'arrived', at: 100_000, micros: 5 },
      { kind: 'arrived', at: 200_000, micros: 5 },
      { kind: 'completed', step: 0, at: 300_000, micros: 2_000 },
      { kind: 'arrived', at: 3_100_000, micros: 5 },
    ]).seconds,
    plan,
    0,
    4,
  );
  const all = rows.filter((row) => row.step === null);

  it('has a row for every second, so that a stall is a row of zeros and not a gap', () => {
    expect(all.map((row) => [row.second, row.arrived, row.missed, row.completed])).toEqual([
      [0, 2, 0, 1],
      [1, 0, 2, 0],
      [2, 0, 2, 0],
      [3, 1, 1, 0],
    ]);
  });

  it('tells time, workers and latency of a second, and counts of each step', () => {
    expect(all[1]).toMatchObject({ time: '2026-01-01T00:00:01.000Z', shard_count: 1, response_millis: null });
    expect(all[2]).toMatchObject({ shard_count: 3 });
    expect(all[0]?.response_millis?.p50).toBeCloseTo(2, 1);
    expect(rows.find((row) => row.step === 'GET /a')).toMatchObject({ second: 0, completed: 1, failed: 0 });
  });

  it('says which seconds warm up', () => {
    expect(all.map((row) => row.warmup)).toEqual([true, false, false, false]);
  });

  it('is stored as lines of JSON', async () => {
    const stored = await encodeTimeline([rows.slice(0, 3), [], rows.slice(3)]);
    const lines = gunzipSync(stored).toString().trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(rows);
  });

  it('is read back in parts, and says when a part is the last', async () => {
    const stored = await encodeTimeline([rows]);
    const inSeconds = (from: number, to: number) =>
      rows.filter(({ second }) => second >= from && second < to);
    expect(await readTimelineRows(stored, 0, 2)).toEqual({ rows: inSeconds(0, 2), whole: false });
    expect(await readTimelineRows(stored, 2, 4)).toEqual({ rows: inSeconds(2, 4), whole: true });
    expect(await readTimelineRows(stored, 4, 9)).toEqual({ rows: [], whole: true });
  });
});
