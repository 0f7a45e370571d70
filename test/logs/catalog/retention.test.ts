import { describe, expect, it } from 'vitest';
import { StoreUnavailableError } from '../../../src/errors.ts';
import { rawPartition, rawTable } from '../../../src/logs/catalog/table-definitions.ts';
import { logViewSql } from '../../../src/logs/catalog/view-sql.ts';
import { generationPrefix } from '../../../src/logs/layout/container-name.ts';
import { addDays } from '../../../src/logs/layout/utc-day.ts';
import { Account, aState, dayOf } from './support/an-account.ts';

const shop = { family: 'shop', container: 'app' };
const log = { name: shop, table: 'shop_app', root: 'memory://store/' };

const viewOf = (account: Account, name = 'shop_app'): string => {
  const view = account.catalog.held.get(name);
  return view?.kind === 'view' ? view.sql : '';
};

describe('retention', () => {
  it('deletes what is past it and nothing else', async () => {
    const account = new Account();
    const old = await account.write('shop/app', '2026-11-10');
    const kept = await account.write('shop/app', '2026-11-11');
    await account.update();
    await account.configure('tables: { shop/app: { retention: 10 days } }');
    const { report } = await account.update();
    expect(report).toMatchObject({ partitionsRemoved: 1, objectsDeleted: 1, replaced: 1 });
    expect((await account.store.get(old)).kind).toBe('missing');
    expect((await account.store.get(kept)).kind).toBe('found');
    expect(account.days('shop_app_raw')[0]).toBe('2026-11-11');
  });

  it('takes Parquet that is past it out of the store, the catalog, the state and the view', async () => {
    const account = new Account();
    await account.write('shop/app', '2026-11-10');
    await account.setState(
      aState(['2026-11-10', '2026-11-15'], { replaced: [{ day: '2026-11-10', generation: 9 }] }),
    );
    const parquet = (day: string, generation: number) =>
      `${generationPrefix(shop, dayOf(day), generation)}x.parquet`;
    for (const [day, generation] of [
      ['2026-11-10', 1],
      ['2026-11-15', 2],
      ['2026-11-10', 9],
    ] as const)
      await account.put(parquet(day, generation), 'parquet');
    await account.update();
    expect(account.days('shop_app_compacted')).toEqual(['2026-11-10-1', '2026-11-15-2']);
    await account.configure('defaults: { retention: 10 days }');
    await account.update();
    expect(account.days('shop_app_compacted')).toEqual(['2026-11-15-2']);
    expect(await account.state('shop_app')).toMatchObject({ live: [{ generation: 2 }], replaced: [] });
    expect(viewOf(account)).toBe(logViewSql('shop_app', log.root, await account.state('shop_app')));
    expect(await Array.fromAsync(account.store.list('compacted/'))).toEqual([parquet('2026-11-15', 2)]);
  });

  it('leaves what is compacted anew meanwhile to the next update', async () => {
    const account = new Account();
    await account.configure('defaults: { retention: 10 days }');
    await account.write('shop/app', '2026-11-21');
    const parquet = (generation: number) =>
      `${generationPrefix(shop, dayOf('2026-11-10'), generation)}x.parquet`;
    await account.setState(aState(['2026-11-10']));
    await account.put(parquet(1), 'parquet');
    account.changeListing({
      deleteAll: async (keys) => {
        await account.put(parquet(2), 'parquet');
        const [live] = aState(['2026-11-10']).live;
        await account.setState(
          aState([], {
            nextGeneration: 3,
            live: live === undefined ? [] : [{ ...live, generation: 2 }],
            replaced: [{ day: live?.day ?? '', generation: 1 }],
          }),
        );
        return account.store.deleteAll(keys);
      },
    });
    await account.update();
    expect((await account.state('shop_app')).live).toMatchObject([{ generation: 2 }]);
    account.changeListing({});
    await account.update();
    expect(await account.state('shop_app')).toMatchObject({ live: [], replaced: [] });
    expect(await Array.fromAsync(account.store.list('compacted/'))).toEqual([]);
  });

  it('keeps a day registered until its objects are gone, and says which could not be deleted', async () => {
    const account = new Account();
    await account.configure('defaults: { retention: 10 days }');
    await account.write('shop/app', '2026-11-15');
    await account.update();
    account.nowMillis += 5 * 86_400_000;
    account.changeListing({ deleteAll: async (keys) => keys });
    const { report } = await account.update();
    expect(report.problems).toEqual([
      expect.stringContaining('day=15/: 1 objects past retention could not be deleted'),
    ]);
    expect(account.days('shop_app_raw')).toContain('2026-11-15');
    account.changeListing({});
    expect((await account.update()).report).toMatchObject({ objectsDeleted: 1, partitionsRemoved: 1 });
  });

  it('keeps in the state what is Parquet until it could be deleted', async () => {
    const account = new Account();
    await account.configure('defaults: { retention: 10 days }');
    await account.write('shop/app', '2026-11-21');
    await account.setState(aState(['2026-11-10']));
    const parquet = `${generationPrefix(shop, dayOf('2026-11-10'), 1)}x.parquet`;
    await account.put(parquet, 'parquet');
    account.changeListing({ deleteAll: async (keys) => keys });
    expect((await account.update()).report.problemCount).toBe(1);
    expect((await account.state('shop_app')).live).toHaveLength(1);
    account.changeListing({});
    expect((await account.update({}, 0)).isDone).toBe(false);
    expect((await account.state('shop_app')).live).toHaveLength(1);
    await account.update();
    expect((await account.state('shop_app')).live).toEqual([]);
    expect((await account.store.get(parquet)).kind).toBe('missing');
  });

  it('goes on with deleting where the time ran out', async () => {
    const account = new Account();
    await account.configure('defaults: { retention: 10 days }');
    await account.write('shop/zebra', '2026-11-21');
    for (let file = 0; file < 2500; file++) await account.write('shop/app', '2026-11-11', `${file}.gz`);
    await account.update();
    account.nowMillis += 86_400_000;
    account.changeListing({
      deleteAll: async (keys) => {
        account.nowMillis += 1000;
        return account.store.deleteAll(keys);
      },
    });
    let { isDone, after, report } = await account.update({}, 900);
    expect([isDone, after, report.objectsDeleted]).toEqual([false, undefined, 1000]);
    for (let rounds = 0; !isDone && rounds < 5; rounds++)
      ({ isDone, after, report } = await account.update({ after, report }, 900));
    expect([isDone, report.objectsDeleted]).toEqual([true, 2500]);
    expect(account.days('shop_app_raw')[0]).toBe('2026-11-12');
    expect(account.days('shop_zebra_raw')).toContain('2026-11-23');
  });

  it('removes the tables of a container of which nothing is left', async () => {
    const account = new Account();
    const key = await account.write('shop/app', '2026-11-21');
    await account.update();
    await account.store.delete(key);
    await account.put('compacted/shop/app/year=2026/month=11/day=20/generation=000001/x.parquet', '');
    await account.update();
    expect(account.catalog.held.has('shop_app')).toBe(true);
    await account.store.delete('compacted/shop/app/year=2026/month=11/day=20/generation=000001/x.parquet');
    expect((await account.update()).report.tablesRemoved).toBe(1);
    expect([...account.catalog.held.keys()].filter((name) => name.startsWith('shop'))).toEqual([]);
  });

  it('goes on with other days when some objects can not be deleted, and registers tomorrow', async () => {
    const account = new Account();
    await account.configure('defaults: { retention: 10 days }');
    const locked = await account.write('shop/app', '2026-11-15');
    const free = await account.write('shop/app', '2026-11-16');
    await account.update();
    account.nowMillis += 6 * 86_400_000;
    account.changeListing({
      deleteAll: async (keys) => [
        ...(await account.store.deleteAll(keys.filter((key) => key !== locked))),
        ...keys.filter((key) => key === locked),
      ],
    });
    const { report } = await account.update();
    expect(report).toMatchObject({ problemCount: 1, objectsDeleted: 1, partitionsRemoved: 1 });
    expect((await account.store.get(free)).kind).toBe('missing');
    expect(account.days('shop_app_raw')).toEqual(expect.arrayContaining(['2026-11-15', '2026-11-28']));
    expect(account.days('shop_app_raw')).not.toContain('2026-11-16');
  });

  it('never keeps tomorrow from being registered, however it fails', async () => {
    const account = new Account();
    await account.configure('defaults: { retention: 10 days }');
    await account.write('shop/app', '2026-11-15');
    await account.setState(aState(['2026-11-15']));
    await account.put(`${generationPrefix(shop, dayOf('2026-11-15'), 1)}x.parquet`, 'parquet');
    await account.update();
    account.nowMillis += 5 * 86_400_000;
    account.changeListing({
      deleteAll: () => Promise.reject(new StoreUnavailableError('no answer')),
    });
    expect((await account.update()).report.problemCount).toBe(1);
    expect(account.days('shop_app_raw')).toContain('2026-11-27');
  });

  it('works through 5,000 days that are registered', async () => {
    const account = new Account();
    await account.write('shop/app', '2026-11-21');
    await account.update();
    const days = Array.from({ length: 5000 }, (_, n) => addDays(dayOf('2026-11-20'), -n));
    for (let from = 0; from < days.length; from += 100)
      await account.catalog.createPartitions(
        rawTable(log, {}),
        days.slice(from, from + 100).map((day) => rawPartition(log, day)),
      );
    const { report } = await account.update();
    expect(report).toMatchObject({ problems: [], partitionsRemoved: 4600, partitionsMade: 0 });
    expect(account.days('shop_app_raw')).toHaveLength(402);
  });
});

describe('projection', () => {
  const projected = async (): Promise<Account> => {
    const account = new Account();
    await account.configure('defaults: { mode: projection, retention: 10 days }');
    await account.write('shop/app', '2026-11-15');
    await account.update();
    return account;
  };

  it('registers no partition and reads none', async () => {
    const account = await projected();
    await account.update();
    expect(account.catalog.registered.has('shop_app_raw')).toBe(false);
    expect(account.catalog.held.get('shop_app_raw')?.parameters).toMatchObject({
      'projection.enabled': 'true',
      'projection.year.range': '2026,2026',
      'projection.month.digits': '2',
      'storage.location.template': `memory://store/logs/shop/app/year=\${year}/month=\${month}/day=\${day}/`,
    });
  });

  it('deletes days past retention, and projects the year that begins tomorrow', async () => {
    const account = await projected();
    account.nowMillis = Date.parse('2026-12-31T23:10:00Z');
    const kept = await account.write('shop/app', '2026-12-21');
    const { report } = await account.update();
    expect([report.objectsDeleted, report.problems]).toEqual([1, []]);
    expect(await Array.fromAsync(account.store.list('logs/'))).toEqual([kept]);
    expect(account.catalog.held.get('shop_app_raw')?.parameters).toMatchObject({
      'projection.year.range': '2026,2027',
      'stormdrain.firstDay': '2026-12-21',
    });
  });

  it('comes back to days that could not be deleted, or for which there was no time', async () => {
    const account = await projected();
    account.nowMillis = Date.parse('2026-11-30T23:10:00Z');
    const firstDay = () => account.catalog.held.get('shop_app_raw')?.parameters['stormdrain.firstDay'];
    account.changeListing({ deleteAll: async (keys) => keys });
    expect((await account.update()).report.problemCount).toBe(1);
    expect(firstDay()).toBe('2026-11-15');
    account.changeListing({});
    await account.configure('defaults: { retention: 10 days }');
    expect((await account.update({}, 0)).isDone).toBe(false);
    expect(firstDay()).toBe('2026-11-15');
    expect((await account.update()).report).toMatchObject({ objectsDeleted: 1, problemCount: 0 });
    expect(firstDay()).toBe('2026-11-20');
  });

  it('is left again by a setting, whereupon the days are registered', async () => {
    const account = await projected();
    await account.configure('defaults: { retention: 10 days }');
    await account.update();
    expect(account.days('shop_app_raw')).toHaveLength(8);
    expect(account.catalog.held.get('shop_app_raw')?.parameters).not.toHaveProperty(['projection.enabled']);
    expect(account.catalog.held.get('shop_app')?.parameters['stormdrain.mode']).toBe('registered');
  });

  it('does not look at each day since a folder that is older than anything is kept', async () => {
    const account = await projected();
    await account.write('shop/app', '1066-10-14');
    let listings = 0;
    account.changeListing({
      objects: (prefix) => {
        listings++;
        return account.store.objects(prefix);
      },
    });
    await account.update({ isThorough: true });
    expect(listings).toBe(0);
  });
});
