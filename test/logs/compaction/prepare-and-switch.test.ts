import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { reconcileTables } from '../../../src/logs/catalog/reconcile-tables.ts';
import {
  compactedPartition,
  compactedTable,
  rawPartition,
  rawTable,
} from '../../../src/logs/catalog/table-definitions.ts';
import { keysKey, tableStateKey } from '../../../src/logs/catalog/table-state.ts';
import { updatePartitions } from '../../../src/logs/catalog/update-partitions.ts';
import { planCompaction } from '../../../src/logs/compaction/plan-compaction.ts';
import { prepareDay } from '../../../src/logs/compaction/prepare-day.ts';
import { removeOld } from '../../../src/logs/compaction/remove-old.ts';
import { switchDay } from '../../../src/logs/compaction/switch-day.ts';
import { keysUnder, shop, table, World } from './support/a-world.ts';
import { compactNight } from './support/compact-night.ts';
import { toldPorts } from './support/faulty-ports.ts';

const day = '2026-11-19';
const item = { ...shop, table, day };
const utcDay = { year: 2026, month: 11, day: 19 };

const aWorld = async (): Promise<World> => {
  const world = new World();
  await world.setUp([day]);
  return world;
};

const prepared = async (world: World) => {
  const result = await prepareDay(world.ports, item);
  if (result.kind === 'nothing') throw new Error('nothing was prepared');
  return result;
};

describe('prepareDay', () => {
  it('lists the raw objects of the day, under a number of its own each time', async () => {
    const world = await aWorld();
    const keys = [await world.write(day), await world.write(day)];
    const [first, second] = [await prepared(world), await prepared(world)];
    expect([first.generation, second.generation]).toEqual([1, 2]);
    expect(first.token).toMatch(/^[0-9a-f]{64}$/);
    expect(second.token).not.toBe(first.token);
    const got = await world.store.get(keysKey(table, 1));
    const lines = got.kind === 'found' ? gunzipSync(got.body).toString() : '';
    expect(lines).toBe(keys.map((key) => `${JSON.stringify({ key })}\n`).join(''));
  });

  it.each(['.notes.gz', '_notes.gz'])('takes in no %s, which no query reads', async (name) => {
    const world = await aWorld();
    await world.store.put(`logs/shop/app/year=2026/month=11/day=19/${name}`, gzipSync('x\n'));
    expect(await prepareDay(world.ports, item)).toEqual({ kind: 'nothing' });
  });

  it('has nothing to do on a day without raw objects', async () => {
    expect(await prepareDay((await aWorld()).ports, item)).toEqual({ kind: 'nothing' });
  });

  it.each([
    ['not registered', []],
    ['registered elsewhere', [{ values: ['2026', '11', '19'], location: 'memory://store/elsewhere/' }]],
    [
      'registered twice',
      [
        rawPartition({ name: shop, table, root: 'memory://store/' }, utcDay),
        {
          values: ['2026', '11', '019'],
          location: 'memory://store/logs/shop/app/year=2026/month=11/day=19/',
        },
      ],
    ],
  ])('mends a raw day that is %s: an UNLOAD would leave it out, or read it twice', async (_, partitions) => {
    const world = new World();
    await world.setUp([]);
    const raw = rawTable({ name: shop, table, root: world.store.root }, {});
    await world.catalog.createPartitions(raw, partitions);
    await world.write(day);
    await compactNight(world.ports, (sql) => world.unload(sql));
    expect(await world.query(await world.view())).toEqual(world.written);
    expect((await keysUnder(world, 'compacted/')).length).toBe(1);
  });

  it('mends the partition of the generation whose rows are taken over', async () => {
    const world = await aWorld();
    await world.write(day);
    await compactNight(world.ports, (sql) => world.unload(sql));
    const log = { name: shop, table, root: world.store.root };
    const wrong = { ...compactedPartition(log, utcDay, 1), location: 'memory://store/elsewhere/' };
    await world.catalog.removePartitions('shop_app_compacted', [wrong.values]);
    await world.catalog.createPartitions(compactedTable(log), [wrong]);
    await world.write(day);
    await compactNight(world.ports, (sql) => world.unload(sql));
    expect(await world.query(await world.view())).toEqual(world.written);
  });
});

describe('switchDay', () => {
  it('refuses a generation without rows, though there are objects that it was made of', async () => {
    const world = await aWorld();
    await world.write(day);
    const { generation } = await prepared(world);
    await expect(switchDay(world.ports, { ...item, generation })).rejects.toMatchObject({
      name: 'SqlRefused',
    });
    expect(await world.query(await world.view())).toEqual(world.written);
  });

  it('takes a generation without rows of objects in which there is nothing', async () => {
    const world = await aWorld();
    await world.store.put(`logs/shop/app/year=2026/month=11/day=19/empty.gz`, gzipSync(''));
    const { generation } = await prepared(world);
    expect(await switchDay(world.ports, { ...item, generation })).toEqual({ kind: 'switched' });
  });

  it('lets the first of two attempts win', async () => {
    const world = await aWorld();
    await world.write(day);
    const [first, second] = [await prepared(world), await prepared(world)];
    await world.unload(first.sql);
    await world.unload(second.sql);
    expect(await switchDay(world.ports, { ...item, generation: second.generation })).toEqual({
      kind: 'switched',
    });
    expect(await switchDay(world.ports, { ...item, generation: first.generation })).toEqual({
      kind: 'superseded',
    });
    expect(await switchDay(world.ports, { ...item, generation: second.generation })).toEqual({
      kind: 'switched',
    });
    expect(await world.query(await world.view())).toEqual(world.written);
  });
});

describe('planCompaction', () => {
  const settings = (world: World, text: string) =>
    world.store.put('config/logs.yml', new TextEncoder().encode(text));

  it.each(['compact: false', 'mode: projection'])(
    'leaves a table with %s alone, and what is Parquet readable',
    async (setting) => {
      const world = await aWorld();
      await world.write(day);
      await compactNight(world.ports, (sql) => world.unload(sql));
      await world.write(day);
      await settings(world, `version: 1\ndefaults: {${setting}}\n`);
      expect((await planCompaction(world.ports, { after: '' })).days).toEqual([]);
      for (let night = 2; night < 5; night++) {
        world.nowMillis += 25 * 3_600_000;
        await compactNight(world.ports, (sql) => world.unload(sql));
      }
      expect((await keysUnder(world, 'logs/')).length).toBe(1);
      expect(await world.query(await world.view())).toEqual([...world.written].sort());
    },
  );

  it('plans forty days at a time, and the rest after them', async () => {
    const world = new World();
    const days = Array.from({ length: 45 }, (_, n) =>
      new Date(Date.UTC(2026, 9, 1 + n)).toISOString().slice(0, 10),
    );
    await world.setUp(days);
    for (const each of days) await world.write(each, 1);
    const first = await planCompaction(world.ports, { after: '' });
    expect(first).toMatchObject({ more: true, after: `shop_app ${days[39]}` });
    const second = await planCompaction(world.ports, { after: first.after });
    expect(second.more).toBe(false);
    expect([...first.days, ...second.days].map((one) => one.day)).toEqual(days);
  });
});

describe('removeOld', () => {
  it('ends when its time is over, and removes the rest the next time', async () => {
    const days = ['2026-11-17', '2026-11-18', '2026-11-19'];
    const world = new World();
    await world.setUp(days);
    for (const each of days) await world.write(each);
    await compactNight(world.ports, (sql) => world.unload(sql));
    const slow = toldPorts(world.ports, {
      before: (call) => {
        if (call.startsWith('listing.deleteAll')) world.nowMillis += 60_000;
      },
      after: () => undefined,
    });
    const left: number[] = [];
    for (let night = 2; night <= 4; night++) {
      world.nowMillis += 25 * 3_600_000;
      await removeOld(slow, { after: '' });
      left.push((await keysUnder(world, 'logs/')).length);
      expect(await world.query(await world.view())).toEqual(world.written);
    }
    expect(left).toEqual([1, 0, 0]);
  });

  afterEach(() => vi.restoreAllMocks());

  it('does not forget a list whose objects it can not tell', async () => {
    const world = await aWorld();
    await world.write(day);
    await compactNight(world.ports, (sql) => world.unload(sql));
    await world.store.delete(keysKey(table, 1));
    world.nowMillis += 25 * 3_600_000;
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    expect(await removeOld(world.ports, { after: '' })).toMatchObject({ done: true, failed: 1 });
    const got = await world.store.get(tableStateKey(table));
    expect(got.kind === 'found' && JSON.parse(Buffer.from(got.body).toString()).listed.length).toBe(1);
  });
});

describe('the catalog job beside compaction', () => {
  it('leaves what compaction has made as it is', async () => {
    const world = await aWorld();
    await world.write(day);
    await compactNight(world.ports, (sql) => world.unload(sql));
    const view = await world.view();
    await world.write(day);
    expect((await reconcileTables(world.ports, { containers: [shop] })).problems).toEqual([]);
    expect(await world.view()).toBe(view);
    expect(await world.query(view)).toEqual([...world.written].sort());
  });

  it.each([1, 26, 51])('removes a day past retention, %i hours after it was compacted', async (hours) => {
    const world = await aWorld();
    await world.write(day);
    await compactNight(world.ports, (sql) => world.unload(sql));
    world.nowMillis += hours * 3_600_000;
    await removeOld(world.ports, { after: '' });
    await world.write('2026-11-27');
    world.nowMillis += 5 * 24 * 3_600_000;
    const settings = new TextEncoder().encode('version: 1\ndefaults: {retention: 3 days}\n');
    await world.store.put('config/logs.yml', settings);
    for (let night = 1; night <= 3; night++) {
      expect((await updatePartitions(world.ports, {}, 60_000)).report.problems).toEqual([]);
      await compactNight(world.ports, (sql) => world.unload(sql));
      world.nowMillis += 25 * 3_600_000;
    }
    const left = [...(await keysUnder(world, '')), ...(await world.query(await world.view()))];
    expect(left.filter((one) => /day=19|generation=000001|2026-11-19/.test(one))).toEqual([]);
    expect(left).toContain('2026-11-27 object 1 line 0');
  });
});
