import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/plan/plan.ts';
import { abortRun } from '../../src/run/abort-run.ts';
import { stopRun } from '../../src/run/change-run.ts';
import { controlDocument, type RosterEntry } from '../../src/run/documents.ts';
import { finishRun } from '../../src/run/finish-run.ts';
import { rollUp } from '../../src/run/rollup.ts';
import { runKeys } from '../../src/run/run-keys.ts';
import type { RunSummary } from '../../src/run/summary.ts';
import { encodeSegment } from '../../src/stats/segment.ts';
import { aRecorder, aTiming } from '../stats/builders.ts';
import { aControl, anEntry, aPlan, testPorts } from './builders.ts';

const runId = 'r1';
const keys = runKeys(runId);
const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

const failures = {
  text: 'failures > 20% over 3s',
  when: { text: 'failures > 20%', figure: 'failures', comparison: '>', limitFraction: 0.2 },
  windowSeconds: 3,
} as const;

/** 200/s for 20 s on two workers, which fail more than a fifth of the requests from second 4 on. */
const failingRun = async (overrides: Partial<Plan> = {}) => {
  const made = testPorts();
  const plan = aPlan({ abortOn: [failures], ...overrides });
  const workers: readonly RosterEntry[] = [anEntry(), anEntry({ shard: 1 })];
  const start = aControl().startAtMillis ?? 0;
  await made.store.put(keys.plan, encode(plan));
  await made.store.put(keys.control, encode(aControl()));
  await made.store.put(keys.roster, encode({ version: 1, runId, workers }));
  let next = 0;
  const ship = async (shard: number, second: number): Promise<void> => {
    const recorder = aRecorder(`${shard}/0`, plan.warmupSeconds);
    for (let i = 0; i < 100; i++) {
      const at = second * 1e6 + i * 10_000;
      recorder.arrived(at, 10);
      recorder.requestStarted(0, at);
      if (second >= 4 && i % 3 === 0) recorder.requestFailed(0, at + 900, aTiming(), 'reset', 'closed');
      else recorder.requestCompleted(0, at + 900, aTiming());
    }
    const span = { fromSeconds: second, toSeconds: second + 1, final: false };
    const segment = { runId, shard, attempt: 0, seq: second, ...span, tally: recorder.cut() };
    await made.store.put(keys.segment({ shard, attempt: 0 }, second), encodeSegment(segment));
  };
  const control = () => controlDocument.parse(made.store.json(keys.control));
  const look = async (roster = workers) => {
    ({ number: next } = await rollUp(made.store, runId, roster, next));
    return abortRun(made.ports, { plan, control: control(), workers: roster, nextRollup: next });
  };
  /** A look after each second that both workers have shipped; the second in which it was aborted. */
  const playUntilAborted = async (last: number): Promise<number | undefined> => {
    for (let second = 0; second < last; second++) {
      made.time.millis = start + (second + 1) * 1000;
      await ship(0, second);
      await ship(1, second);
      if ((await look()).stop !== undefined) return second;
    }
    return undefined;
  };
  const summary = () => made.store.json(keys.summary) as RunSummary;
  return { ...made, plan, workers, start, ship, look, control, playUntilAborted, summary };
};

describe('a run whose plan says when to end', () => {
  it('ends as soon as a condition holds over its window, as failed, and says so', async () => {
    const run = await failingRun();
    expect(await run.playUntilAborted(12)).toBe(5);
    const { stop, epochs, timing } = run.control();
    expect(stop).toMatchObject({
      reason: 'failures > 20% held over the last 3 s (22.7%)',
      abort: { condition: 'failures > 20%', atSeconds: 6 + timing.changeLeadSeconds },
    });
    expect(epochs.at(-1)).toMatchObject({ rateScale: 0, fromInstant: stop?.abort?.atSeconds });
    await finishRun(run.ports, { runId });
    expect(run.summary().changes).toMatchObject([{ rateScale: 0 }]);
    expect(run.summary().durationSeconds).toBe(stop?.abort?.atSeconds);
  });

  it('is ended once, by whichever of two observers is first', async () => {
    const run = await failingRun();
    await run.playUntilAborted(5);
    run.time.millis += 1000;
    await run.ship(0, 5);
    await run.ship(1, 5);
    const [one, other] = await Promise.all([run.look(), run.look()]);
    await run.look();
    expect(run.control().epochs).toHaveLength(2);
    expect([one, other].some((control) => control.stop !== undefined)).toBe(true);
  });

  it('waits for the worker that reports late, and not for one that is gone', async () => {
    const run = await failingRun();
    await run.playUntilAborted(4);
    for (let second = 4; second < 9; second++) await run.ship(0, second);
    expect((await run.look()).stop).toBeUndefined();
    const found = await run.look([anEntry(), anEntry({ shard: 1, state: 'lost' })]);
    expect(found.stop?.abort).toBeDefined();
  });

  it('is not judged by a worker alive of which nothing was heard', async () => {
    const run = await failingRun();
    for (let second = 0; second < 9; second++) {
      await run.ship(0, second);
      expect((await run.look()).stop).toBeUndefined();
    }
  });

  it('keeps the stop that came first', async () => {
    const run = await failingRun();
    await run.playUntilAborted(5);
    await stopRun(run.ports, runId, 'enough');
    await run.ship(0, 5);
    await run.ship(1, 5);
    expect((await run.look()).stop).toMatchObject({ reason: 'enough' });
    expect(run.control().stop?.abort).toBeUndefined();
  });

  it('is left alone when there is nothing left to end', async () => {
    const stages = [{ seconds: 6.5, from: 200, to: 200 }];
    const run = await failingRun({ load: { model: 'open', arrivals: 'even', stages } });
    expect(await run.playUntilAborted(6)).toBeUndefined();
    expect(run.control().epochs).toHaveLength(1);
  });

  it('is judged on measured load only', async () => {
    const run = await failingRun({ warmupSeconds: 6 });
    expect(await run.playUntilAborted(12)).toBe(8);
  });

  it('is read back no further than its windows go', async () => {
    const run = await failingRun({
      abortOn: [{ ...failures, when: { ...failures.when, limitFraction: 1 } }],
    });
    await run.playUntilAborted(15);
    let reads = 0;
    run.store.before = (operation, key) => {
      if (operation === 'get' && key.startsWith(keys.rollups)) reads++;
    };
    await run.ship(0, 15);
    await run.ship(1, 15);
    await run.look();
    expect(reads).toBeGreaterThan(3);
    expect(reads).toBeLessThanOrEqual(10);
  });
});
