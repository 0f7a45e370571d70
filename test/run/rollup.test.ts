import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finishRun } from '../../src/run/finish-run.ts';
import { gatherMeasurements } from '../../src/run/gather-measurements.ts';
import { observeRun } from '../../src/run/observe-run.ts';
import { readProgress } from '../../src/run/read-progress.ts';
import { readTimeline } from '../../src/run/read-timeline.ts';
import { readNewestRollup, rollUp } from '../../src/run/rollup.ts';
import { RunFollower } from '../../src/run/run-follower.ts';
import { decodeTally } from '../../src/stats/merge-document.ts';
import { keys, runId, startedRun } from './a-run.ts';
import { anEntry, testPorts } from './builders.ts';

const workers = [anEntry(), anEntry({ shard: 1 })];

describe('rollups', () => {
  it('are the whole run so far, counted once, whatever came when and whoever folded it', async () => {
    const arrival = fc.record({ shard: fc.nat(1), seq: fc.nat(6), look: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(arrival, { selector: ({ shard, seq }) => `${shard}/${seq}` }),
        async (order) => {
          const run = await startedRun();
          for (const { shard, seq, look } of order) {
            await run.ship(shard, seq, 10 * seq + shard + 1);
            if (look)
              await Promise.all([rollUp(run.store, runId, workers), rollUp(run.store, runId, workers)]);
          }
          const { load, segments, spans, beyond } = await gatherMeasurements(run.store, runId, workers);
          const expected = order.reduce((sum, { shard, seq }) => sum + 10 * seq + shard + 1, 0);
          expect(load.arrived).toBe(expected);
          for (const shard of [0, 1]) {
            const seqs = order.filter((entry) => entry.shard === shard).map(({ seq }) => seq);
            const last = Math.max(-1, ...seqs);
            expect(segments.get(`${shard}/0`) ?? { found: 0, gaps: 0 }).toEqual({
              found: seqs.length,
              gaps: last + 1 - seqs.length,
            });
          }
          const newest = await readNewestRollup(run.store, runId);
          expect(spans).toEqual(newest?.spans ?? []);
          const behindGaps = [...beyond.values()].reduce((sum, { arrived }) => sum + arrived, 0);
          expect((newest?.load.arrived ?? 0) + behindGaps).toBe(expected);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('are found by listing when no number is known, and from a number when it is', async () => {
    const run = await startedRun();
    let number = 0;
    for (let second = 0; second < 4; second++) {
      await run.ship(0, second, 5);
      ({ number } = await rollUp(run.store, runId, workers, number));
    }
    expect(number).toBe(4);
    const newest = await readNewestRollup(run.store, runId);
    expect(newest).toMatchObject({ number: 3, load: { arrived: 20, until: 4 }, watermark: { '0/0': 4 } });
    expect(await readNewestRollup(run.store, runId, 2)).toEqual(newest);
    // Only its own second, but all of the rest.
    expect(newest?.tally.seconds.map(({ second }) => second)).toEqual([3]);
    if (newest !== undefined) expect(decodeTally(newest.tally).sendLag.count).toBe(20);
  });

  it('are made again from the last one that can be read', async () => {
    for (const broken of [[0], [1], [2], [1, 2], [0, 1, 2]]) {
      const run = await startedRun();
      for (let second = 0; second < 3; second++) {
        for (const shard of [0, 1]) await run.ship(shard, second, 5 + second);
        await rollUp(run.store, runId, workers);
      }
      for (const number of broken)
        await run.store.put(keys.rollup(number), new TextEncoder().encode('broken'));
      await observeRun(run.ports, { runId, rollup: 3 });
      await run.ship(0, 3, 8);
      await observeRun(run.ports, { runId });
      await finishRun(run.ports, { runId });
      expect(run.summary().requests.missed).toBe(4000 - 2 * (5 + 6 + 7) - 8);
      expect(run.summary().requests.scheduled).toBe(4000);
      // Of one that later ones follow, only the rows are lost: those go on from its sums.
      if (!broken.includes(2)) continue;
      const { rows } = await readTimeline(run.ports, runId, 0);
      expect(rows.slice(0, 4).map(({ arrived }) => arrived)).toEqual([10, 12, 14, 8]);
    }
  });

  it('do not list the segments there are, only what lies after each watermark', async () => {
    const run = await startedRun();
    for (let second = 0; second < 5; second++) for (const shard of [0, 1]) await run.ship(shard, second, 5);
    await rollUp(run.store, runId, workers);
    const lists: string[] = [];
    run.store.before = (operation, key) => {
      if (operation === 'list') lists.push(key);
    };
    await gatherMeasurements(run.store, runId, workers);
    expect(lists).not.toContain(`runs/${runId}/segments/`);
    expect(lists.filter((key) => key.includes('/segments/'))).toHaveLength(2);
  });

  it('stop at a segment that can not be read, which is missing then, and hold the rest', async () => {
    const run = await startedRun();
    await run.ship(0, 0, 100);
    await run.store.put(keys.segment({ shard: 0, attempt: 0 }, 1), new TextEncoder().encode('broken'));
    await run.ship(0, 2, 100);
    await observeRun(run.ports, { runId });
    await finishRun(run.ports, { runId });
    expect(run.summary().requests.missed).toBe(3800);
    const missing = run.summary().verdict.checks.find((check) => check.name === 'missing segments');
    expect(missing).toMatchObject({ value: 1 });
  });
});

describe('a run seen from outside', () => {
  it('looks the same from rollups as from segments, once both have seen them', async () => {
    const run = await startedRun();
    const follower = new RunFollower(run.ports, runId);
    expect(await readProgress(run.ports, runId)).toEqual(await follower.look());
    for (let second = 0; second < 8; second++) {
      run.time.millis += 1000;
      for (const shard of [0, 1]) await run.ship(shard, second, 40 + second);
      if (second % 3 === 2) await observeRun(run.ports, { runId });
    }
    await observeRun(run.ports, { runId });
    const progress = await readProgress(run.ports, runId);
    expect(progress).toEqual(await follower.look());
    expect(progress).toMatchObject({ totals: { arrivals: 2 * (320 + 28) }, recent: { seconds: 3 } });
    await finishRun(run.ports, { runId });
    expect(await readProgress(run.ports, runId)).toMatchObject({ phase: 'ended', outcome: 'invalid' });
  });

  it('of an unknown run is RunNotFound', async () => {
    await expect(readProgress(testPorts().ports, 'nobody')).rejects.toMatchObject({ name: 'RunNotFound' });
    await expect(readTimeline(testPorts().ports, 'nobody', 0)).rejects.toMatchObject({ name: 'RunNotFound' });
  });
});

describe('the timeline of a run', () => {
  it('is there as far as every worker has reported, and complete with the same rows when the run has ended', async () => {
    const run = await startedRun();
    expect(await readTimeline(run.ports, runId, 0)).toEqual({ rows: [], nextSecond: 0, complete: false });
    for (let second = 0; second < 5; second++) await run.ship(0, second, 100);
    for (let second = 0; second < 3; second++) await run.ship(1, second, 100);
    await observeRun(run.ports, { runId });
    const page = await readTimeline(run.ports, runId, 1);
    expect(page).toMatchObject({ nextSecond: 3, complete: false });
    expect(page.rows.map(({ second, arrived, missed }) => [second, arrived, missed])).toEqual([
      [1, 200, 0],
      [2, 200, 0],
    ]);
    await finishRun(run.ports, { runId });
    const whole = await readTimeline(run.ports, runId, 0);
    expect(whole).toMatchObject({ nextSecond: 20, complete: true });
    expect(whole.rows).toHaveLength(20);
    expect(whole.rows.slice(1, 3)).toEqual(page.rows);
    expect(whole.rows[3]).toMatchObject({ arrived: 100, missed: 100 });
    expect(await readTimeline(run.ports, runId, 20)).toEqual({ rows: [], nextSecond: 20, complete: true });
  });

  it('holds what lies behind a gap', async () => {
    const run = await startedRun();
    await run.ship(0, 0, 100);
    await run.ship(0, 2, 77);
    await finishRun(run.ports, { runId });
    const { rows } = await readTimeline(run.ports, runId, 0);
    expect(rows.slice(0, 3).map(({ arrived }) => arrived)).toEqual([100, 0, 77]);
  });
});
