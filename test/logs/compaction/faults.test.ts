import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tableStateKey } from '../../../src/logs/catalog/table-state.ts';
import { keysUnder, table, World } from './support/a-world.ts';
import { compactNight } from './support/compact-night.ts';
import { toldPorts } from './support/faulty-ports.ts';

const hour = 3_600_000;
const days = ['2026-11-18', '2026-11-19'];
/** Of every so many calls one is disturbed; 1: each of them. */
const step = Number(process.env.STORMDRAIN_FAULTS_STEP ?? 23);

interface Disturbance {
  readonly at: number;
  readonly how: 'crash before' | 'crash after' | 'late object' | 'late effect';
  /** Of a late effect: so many calls of the next try come before it. */
  readonly lateBy?: number;
}

/** Nothing of an attempt is left, nor of raw objects. */
const expectTidy = async (world: World): Promise<void> => {
  expect(await keysUnder(world, 'logs/')).toEqual([]);
  expect(await keysUnder(world, 'tables/')).toEqual([]);
  const got = await world.store.get(tableStateKey(table));
  const state = got.kind === 'found' ? JSON.parse(Buffer.from(got.body).toString()) : undefined;
  expect(state).toMatchObject({ attempts: [], listed: [], unlisted: [], replaced: [] });
  expect(state.live.map(({ day }: { day: string }) => day)).toEqual(days);
  expect((await keysUnder(world, 'compacted/')).length).toBe(2);
  for (const [name, count] of [
    ['shop_app_compacted', 2],
    ['log_keys_raw', 0],
  ] as const) {
    let registered = 0;
    for await (const _ of world.catalog.partitions(name)) registered++;
    expect([name, registered]).toEqual([name, count]);
  }
};

class Crash extends Error {}

/** A removal that failed is told by its count. */
const isCrash = (error: unknown): boolean =>
  error instanceof Crash || String(error).includes('could not be removed');

/**
 * Sixteen passes, two each day; a late object after the first. At each call a query reads, through the views of the last day
 * too, what was written: each record once. Returns how many calls there were in the first nine; what is disturbed then is over
 * by the end.
 */
const manyNights = async (disturbance?: Disturbance, checkEvery = 1): Promise<number> => {
  const world = new World();
  await world.setUp(days);
  for (const day of days) await world.write(day);
  const views: { readonly sql: string; readonly untilMillis: number }[] = [];
  // Kept, because whoever removes goes on with the next table after any error.
  const wrong: string[] = [];
  let calls = 0;
  let disturbable = 0;
  const check = async (call: string): Promise<void> => {
    const sql = await world.view();
    if (views.at(-1)?.sql !== sql) views.push({ sql, untilMillis: Number.POSITIVE_INFINITY });
    // A query that began right before the view was replaced goes on for a day at most.
    const last = views.length - 1;
    views.forEach((view, n) => {
      if (n < last && view.untilMillis === Number.POSITIVE_INFINITY)
        views[n] = { ...view, untilMillis: world.nowMillis + 23 * hour };
    });
    for (const view of new Set(views.filter(({ untilMillis }) => untilMillis >= world.nowMillis))) {
      const read = await world.query(view.sql).catch((error: unknown) => [String(error)]);
      if (read.join() !== [...world.written].sort().join())
        wrong.push(`${call}, call ${calls}, ${JSON.stringify(disturbance)}: ${read.join()}`);
    }
  };
  const disturb = async (how: Disturbance['how'], call: string): Promise<void> => {
    if (calls !== disturbance?.at || disturbance.how !== how) return;
    if (how === 'late object') await world.write(days[0] ?? '');
    else throw new Crash(call);
  };
  // What an attempt that is given up for dead has on its way, such as a function that ran into its timeout.
  let onItsWay: (() => Promise<unknown>) | undefined;
  const arrive = async (isNightOver = false): Promise<void> => {
    const isDue = isNightOver || calls >= (disturbance?.at ?? 0) + (disturbance?.lateBy ?? 0);
    if (onItsWay === undefined || !isDue) return;
    const made = onItsWay();
    onItsWay = undefined;
    await made.catch(() => undefined);
  };
  const isLate = (): boolean => calls === disturbance?.at && disturbance.how === 'late effect';
  const ports = toldPorts(world.ports, {
    instead: (call, make) => {
      if (!isLate()) return make();
      onItsWay = make;
      throw new Crash(call);
    },
    before: async (call) => {
      calls++;
      await arrive();
      await disturb('late object', call);
      await disturb('crash before', call);
    },
    after: async (call) => {
      if (calls % checkEvery === 0 || calls === disturbance?.at) await check(call);
      await disturb('crash after', call);
    },
  });
  const unload = async (sql: string): Promise<void> => {
    calls++;
    await arrive();
    await disturb('late object', sql);
    await disturb('crash before', sql);
    if (isLate()) {
      onItsWay = () => world.unload(sql);
      throw new Crash(sql);
    }
    await world.unload(sql);
    await disturb('crash after', sql);
  };
  for (let night = 1; night <= 16; night++) {
    const compact = () => compactNight(ports, unload);
    // One that was ended by a crash begins anew at once, or the next night.
    await compact().catch((error: unknown) => {
      if (!isCrash(error)) throw error;
      return ['crash after', 'late effect'].includes(disturbance?.how ?? '') ? compact() : undefined;
    });
    await arrive(true);
    await check(`the end of night ${night}`);
    world.nowMillis += 13 * hour;
    if (night === 9) disturbable = calls;
    if (night === 1) await world.write(days[0] ?? '');
  }
  expect(wrong).toEqual([]);
  await expectTidy(world);
  return disturbable;
};

describe('compaction', () => {
  beforeEach(() => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
  });
  afterEach(() => vi.restoreAllMocks());

  it('shows each record once at every moment, to queries that began a day ago as well', async () => {
    expect(await manyNights()).toBeGreaterThan(130);
  });

  it.each(['crash before', 'crash after', 'late object'] as const)(
    'loses nothing and doubles nothing, and leaves nothing behind, whatever call meets a %s',
    async (how) => {
      const calls = await manyNights(undefined, 50);
      const first = { 'crash before': 1, 'crash after': 3, 'late object': 5 }[how];
      for (let at = first; at <= calls; at += step) await manyNights({ at, how }, step === 1 ? 1 : 11);
    },
    300_000,
  );

  it.each([1, 4, 12, 30])(
    'loses nothing and doubles nothing when a call takes effect only %i calls into the next try',
    async (lateBy) => {
      const calls = await manyNights(undefined, 50);
      for (let at = 1 + (lateBy % 7); at <= calls; at += 2 * step)
        await manyNights({ at, how: 'late effect', lateBy }, step === 1 ? 1 : 11);
    },
    300_000,
  );
});
