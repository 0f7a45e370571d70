import { describe, expect, it } from 'vitest';
import { stopRun } from '../../src/run/change-run.ts';
import { RunFollower } from '../../src/run/run-follower.ts';
import { runKeys } from '../../src/run/run-keys.ts';
import { encodeSegment } from '../../src/stats/segment.ts';
import { aRecorder, aTiming } from '../stats/builders.ts';
import { aControl, anEntry, aPlan, testPorts } from './builders.ts';

const runId = 'r1';
const keys = runKeys(runId);
const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

const followed = async () => {
  const made = testPorts();
  const stages = [{ seconds: 1000, from: 200, to: 200 }];
  const plan = aPlan({ load: { model: 'open', arrivals: 'even', stages }, warmupSeconds: 5 });
  const workers = [anEntry(), anEntry({ shard: 1 })];
  await made.store.put(keys.plan, encode(plan));
  await made.store.put(keys.control, encode(aControl()));
  await made.store.put(keys.roster, encode({ version: 1, runId, workers }));
  const ship = async (shard: number, seq: number, second: number): Promise<void> => {
    const recorder = aRecorder(`${shard}/0`, plan.warmupSeconds);
    const at = second * 1e6 + 500_000;
    recorder.arrived(at, 10);
    recorder.requestStarted(0, at);
    recorder.requestCompleted(0, at, aTiming({ responseMicros: 9000, serviceMicros: 4000 }));
    const span = { fromSeconds: second, toSeconds: second + 1, final: false };
    const segment = { runId, shard, attempt: 0, seq, ...span, tally: recorder.cut() };
    await made.store.put(keys.segment({ shard, attempt: 0 }, seq), encodeSegment(segment));
  };
  return { ...made, ship, follower: new RunFollower(made.ports, runId) };
};

describe('following a run', () => {
  it('counts everything, also what it no longer keeps by second, and what comes late for it', async () => {
    const { ship, follower } = await followed();
    for (let second = 0; second < 300; second++) {
      await ship(0, second, second);
      if (second % 60 === 59) expect((await follower.look()).totals.arrivals).toBe(second + 1);
    }
    await ship(1, 0, 0);
    await ship(1, 1, 299);
    const { totals, recent } = await follower.look();
    expect(totals).toMatchObject({ arrivals: 302, started: 302, completed: 302, failed: 0, dropped: 0 });
    expect(recent).toMatchObject({ seconds: 3, completedPerSecond: 4 / 3 });
  });

  it('sees all there is at its first look, however long the run has lasted', async () => {
    const { ship, follower } = await followed();
    for (let second = 0; second < 250; second++) await ship(0, second, second);
    expect((await follower.look()).totals.arrivals).toBe(250);
  });

  it('counts nothing twice when several look at once', async () => {
    const { ship, follower } = await followed();
    for (let second = 0; second < 10; second++) await ship(0, second, second);
    const looks = await Promise.all([follower.look(), follower.look(), follower.look()]);
    expect(looks.map(({ totals }) => totals.arrivals)).toEqual([10, 10, 10]);
    await ship(0, 10, 10);
    expect((await follower.look()).totals.arrivals).toBe(11);
  });

  it('tells response and service time side by side', async () => {
    const { ship, follower } = await followed();
    for (const shard of [0, 1]) for (let second = 0; second < 7; second++) await ship(shard, second, second);
    const { totals, recent } = await follower.look();
    expect(recent?.p50Millis).toBeCloseTo(9, 0);
    expect(recent?.serviceP50Millis).toBeCloseTo(4, 0);
    expect([totals.response?.max, totals.service?.max].map((millis) => Math.round(millis ?? 0))).toEqual([
      9, 4,
    ]);
  });

  it('says that the target is being warmed up, then that the run is being stopped', async () => {
    const { ports, time, follower } = await followed();
    time.millis += 2000;
    expect(await follower.look()).toMatchObject({ phase: 'warming up' });
    time.millis += 4000;
    const running = await follower.look();
    expect(running).toMatchObject({ phase: 'running' });
    expect(running).not.toHaveProperty('ending');
    await stopRun(ports, runId, 'enough');
    expect(await follower.look()).toMatchObject({ ending: { by: 'stop', reason: 'enough' } });
  });
});
