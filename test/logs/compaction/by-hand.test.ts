import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { reconcileTables } from '../../../src/logs/catalog/reconcile-tables.ts';
import { updatePartitions } from '../../../src/logs/catalog/update-partitions.ts';
import { removeOld } from '../../../src/logs/compaction/remove-old.ts';
import { keysUnder, shop, World } from './support/a-world.ts';
import { compactNight } from './support/compact-night.ts';
import { toldPorts } from './support/faulty-ports.ts';

const hour = 3_600_000;
const days = ['2026-11-18', '2026-11-19'];

const compactedWorld = async (): Promise<World> => {
  const world = new World();
  await world.setUp([...days, '2026-11-20']);
  for (const day of days) await world.write(day);
  await compactNight(world.ports, (sql) => world.unload(sql));
  return world;
};

/** Ports at each call of which a query either fails or has each record once. */
const watched = (world: World) => {
  const wrong: string[] = [];
  const check = async (call: string): Promise<void> => {
    const read = await world.query(await world.view()).catch(() => undefined);
    if (read !== undefined && read.join() !== [...world.written].sort().join())
      wrong.push(`${call}: ${read.join()}`);
  };
  return { wrong, ports: toldPorts(world.ports, { before: () => undefined, after: check }) };
};

describe('what somebody removes by hand', () => {
  beforeEach(() => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
  });
  afterEach(() => vi.restoreAllMocks());

  it.each([
    ['shop_app_compacted', '2026-11-18'],
    ['shop_app_compacted', '2026-11-20'],
    ['log_keys_raw', '2026-11-18'],
    ['log_keys_raw', '2026-11-20'],
  ])(
    'is no table %s without partitions after a night with objects of %s: queries fail until the catalog job makes it whole again',
    async (name, day) => {
      const world = await compactedWorld();
      await world.catalog.remove(name);
      await world.write(day);
      const { wrong, ports } = watched(world);
      for (let night = 1; night <= 2; night++) {
        world.nowMillis += hour;
        await compactNight(ports, (sql) => world.unload(sql)).catch(() => undefined);
      }
      expect(wrong).toEqual([]);
      await updatePartitions(world.ports, {}, 60_000);
      expect(await world.query(await world.view())).toEqual([...world.written].sort());
      for (let night = 3; night <= 6; night++) {
        world.nowMillis += 25 * hour;
        await compactNight(ports, (sql) => world.unload(sql));
      }
      expect(wrong).toEqual([]);
      expect(await keysUnder(world, 'logs/')).toEqual([]);
      expect(await keysUnder(world, 'tables/')).toEqual([]);
    },
  );

  it('is the raw table: nothing is lost, and the catalog job makes it again', async () => {
    const world = await compactedWorld();
    await world.write('2026-11-18');
    await world.catalog.remove('shop_app_raw');
    await compactNight(world.ports, (sql) => world.unload(sql)).catch(() => undefined);
    await reconcileTables(world.ports, { containers: [shop] });
    await compactNight(world.ports, (sql) => world.unload(sql));
    expect(await world.query(await world.view())).toEqual([...world.written].sort());
  });

  it('is the Parquet of a day: its raw objects stay', async () => {
    const world = await compactedWorld();
    for (const key of await keysUnder(world, 'compacted/shop/app/year=2026/month=11/day=18/'))
      await world.store.delete(key);
    world.nowMillis += 25 * hour;
    expect(await removeOld(world.ports, { after: '' })).toMatchObject({ failed: 1 });
    expect((await keysUnder(world, 'logs/')).some((key) => key.includes('day=18'))).toBe(true);
  });
});
