import { afterEach, describe, expect, it, vi } from 'vitest';
import { firstEpoch } from '../../src/plan/epochs.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { LaneSetup } from '../../src/worker/lane-messages.ts';
import type { ClaimRows } from '../../src/worker/load-lane.ts';
import { sharedMicros } from '../../src/worker/run-clock.ts';
import { ThreadLane } from '../../src/worker/thread-lane.ts';
import { aPlan } from '../plan/a-plan.ts';

const entry = new URL('./support/paper-engine-thread.ts', import.meta.url);
const opened: ThreadLane[] = [];

afterEach(async () => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  await Promise.all(opened.splice(0).map((lane) => lane.close()));
});

const setupOf = (plan: Plan): LaneSetup => ({
  plan,
  worker: { shard: 0, attempt: 2 },
  lane: { index: 1, of: 2 },
  uploads: new Map(),
  allowedTargets: [],
});

const noRows: ClaimRows = async () => undefined;

const open = async (plan: Partial<Plan> = {}, claimRows = noRows): Promise<ThreadLane> => {
  const lane = await ThreadLane.open(entry, setupOf(aPlan(plan)), claimRows);
  opened.push(lane);
  return lane;
};

const started = async (plan: Partial<Plan> = {}, claimRows = noRows): Promise<ThreadLane> => {
  const lane = await open(plan, claimRows);
  lane.start({ startsAtMicros: sharedMicros() - 500_000, epochs: [firstEpoch(1)], fromMicros: 3_000_000 });
  return lane;
};

describe('a lane in a thread of its own', () => {
  it('starts, is changed, looked at, cut and released', async () => {
    const lane = await started();
    lane.applyEpochs([firstEpoch(1), firstEpoch(1)]);
    lane.look();
    const tally = await lane.cut();
    expect(tally.seconds.get(3)?.arrived).toBe(1);
    expect(tally.duplicated).toBe(1);
    expect(tally.endedScenarios.get('browse')).toBe('paper');
    expect(lane.openSockets()).toBe(5);
    const generator = tally.generators.get('0/2');
    expect(generator?.spinMicros).toBe(1000);
    expect([...(generator?.threads ?? [])]).toEqual([[1, expect.objectContaining({ measuredBy: 'cpu' })]]);
    expect((await lane.cut()).seconds.size).toBe(0);
    lane.release();
    expect(await lane.finished).toBe('finished');
  });

  it.each([
    ['rows', async () => ({ from: 10, count: 5 }), 'rows 10 to 15'],
    ['that there are none', noRows, 'no rows'],
    ['that they could not be had', () => Promise.reject(new Error('the store is away')), 'the store is away'],
  ])('claims rows of its worker, and is told %s', async (_, claimRows, drop) => {
    const lane = await started({ name: 'claims' }, claimRows);
    await expect.poll(async () => [...(await lane.cut()).drops.keys()]).toEqual([drop]);
  });

  it.each([
    ['throws', 'engine thread 1: it does not start'],
    ['breaks', 'engine thread 1: it broke'],
    ['leaves', 'engine thread 1: it ended with code 3'],
    ['babbles', /^engine thread 1: it said something unknown/],
  ])('fails, and has nothing more to say, when its engine %s', async (name, reason) => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const lane = await started({ name });
    expect(await lane.finished).toEqual({ failed: expect.stringMatching(reason) });
    expect((await lane.cut()).seconds.size).toBe(0);
  });

  it('says that the plan is refused when its engine refuses it', async () => {
    const lane = await started({ name: 'refuses' });
    expect(await lane.finished).toEqual({ failed: 'it can not be done', planRefused: true });
  });

  it('can not be opened when the plan is refused, and says so', async () => {
    const body = new TextEncoder().encode("throw new Error('no key')");
    const hooks = { file: 'hooks.ts', upload: 'uploads/h', bytes: body.length, exports: ['sign'] };
    const setup = { ...setupOf(aPlan({ hooks })), uploads: new Map([[hooks.upload, body]]) };
    await expect(ThreadLane.open(entry, setup, noRows)).rejects.toMatchObject({
      name: 'PlanInvalid',
      message: expect.stringMatching(/^the hooks in hooks\.ts can't be loaded: no key/),
    });
  });

  it('fails when it no longer answers', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const lane = await started({ name: 'hangs' });
    const cuts = [lane.cut(), lane.cut()];
    for (let second = 0; second < 12; second++) {
      lane.look();
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(await lane.finished).toEqual({ failed: 'engine thread 1: it has not answered for 6 s' });
    await Promise.all(cuts);
  });

  it('can not be opened when its data is not there', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const [scenario] = aPlan().scenarios;
    if (scenario === undefined) throw new Error('a plan has a scenario');
    const data = { file: 'u.csv', use: 'once', upload: 'uploads/u', rowCount: 1, columns: ['u'] } as const;
    await expect(open({ scenarios: [{ ...scenario, data }] })).rejects.toThrow(
      'engine thread 1: uploads/u, the bytes of u.csv, was not read',
    );
  });
});
