import { describe, expect, it } from 'vitest';
import { reconcileTables } from '../../../src/logs/catalog/reconcile-tables.ts';
import { compactedPartition, rawPartition, rawTable } from '../../../src/logs/catalog/table-definitions.ts';
import { logViewSql } from '../../../src/logs/catalog/view-sql.ts';
import { Account, aState, dayOf } from './support/an-account.ts';

const shop = { family: 'shop', container: 'app' };
const log = { name: shop, table: 'shop_app', root: 'memory://store/' };

const viewOf = (account: Account, name = 'shop_app'): string => {
  const view = account.catalog.held.get(name);
  return view?.kind === 'view' ? view.sql : '';
};

describe('updatePartitions', () => {
  it('makes the tables of a container that appears, and its days from the first to tomorrow', async () => {
    const account = new Account();
    await account.write('shop/app', '2026-11-19');
    const { isDone, report } = await account.update();
    expect([isDone, report.problems]).toEqual([true, []]);
    expect(account.days('shop_app_raw')).toEqual(['2026-11-19', '2026-11-20', '2026-11-21', '2026-11-22']);
    expect(account.catalog.held.get('shop_app_raw')).toMatchObject({
      location: 'memory://store/logs/shop/app/',
      parameters: {
        'stormdrain.family': 'shop',
        'stormdrain.container': 'app',
        'stormdrain.firstDay': '2026-11-19',
      },
    });
    expect(viewOf(account)).toBe(logViewSql('shop_app', log.root));
    expect(account.catalog.held.has('shop_app_compacted')).toBe(false);
    await account.write('shop/proxy', '2026-11-21');
    expect((await account.update()).report).toMatchObject({ tables: 2, tablesMade: 1, viewsMade: 1 });
    expect(account.days('shop_proxy_raw')).toEqual(['2026-11-21', '2026-11-22']);
  });

  it('has the tables of runs and scaling from the beginning, and their years', async () => {
    const account = new Account();
    await account.put('tables/run_timeline/year=2025/r1.json.gz', '');
    account.nowMillis = Date.parse('2026-12-31T23:10:00Z');
    await account.update();
    expect(account.days('run_timeline_raw')).toEqual(['2025', '2026', '2027']);
    expect(account.days('runs_raw')).toEqual(['2026', '2027']);
    expect(account.days('decisions_raw')).toEqual(['2026-12-31', '2027-1-1']);
    expect(['runs', 'run_timeline', 'decisions'].every((name) => viewOf(account, name) !== '')).toBe(true);
    expect(account.catalog.held.has('log_keys_raw')).toBe(true);
  });

  it("registers the days of stormdrain's own tables also where a folder of a day to come lies, or of one long ago", async () => {
    const account = new Account();
    await account.put('tables/runs/year=2031/r1.json.gz', '');
    await account.put('tables/run_timeline/year=1970/r1.json.gz', '');
    await account.put('tables/decisions/year=2031/month=01/day=01/d1.json.gz', '');
    await account.update();
    expect(account.days('runs_raw')).toEqual(['2026']);
    expect(account.days('run_timeline_raw')[0]).toBe('2020');
    expect(account.days('decisions_raw')).toEqual(['2026-11-21', '2026-11-22']);
  });

  it('writes nothing when everything is right', async () => {
    const account = new Account();
    await account.write('shop/app', '2026-11-19');
    await account.configure('tables: { shop/app: { mode: projection } }');
    await account.write('shop/proxy', '2026-11-19');
    await account.update();
    const { writes } = account.catalog;
    await account.update();
    await account.update({ isThorough: true });
    await reconcileTables(account.ports, { families: ['shop'] });
    expect(account.catalog.writes).toBe(writes);
  });

  it('repairs a gap, a wrong place, padded and impossible days', async () => {
    const account = new Account();
    await account.write('shop/app', '2026-11-18');
    await account.update();
    const days = account.days('shop_app_raw');
    const raw = rawTable(log, {});
    await account.catalog.removePartitions(raw.name, [
      ['2026', '11', '19'],
      ['2026', '11', '20'],
      ['2026', '11', '21'],
    ]);
    await account.catalog.createPartitions(raw, [
      { ...rawPartition(log, dayOf('2026-11-20')), location: 'memory://store/elsewhere/' },
      { ...rawPartition(log, dayOf('2026-11-21')), values: ['2026', '11', '021'] },
      { values: ['2026', '2', '30'], location: 'memory://store/logs/shop/app/' },
      { values: ['x', '', '1'], location: 'memory://store/' },
    ]);
    const { report } = await account.update();
    expect(report).toMatchObject({ partitionsMade: 3, partitionsRemoved: 4, problems: [] });
    expect(account.days('shop_app_raw')).toEqual(days);
    for (const { values, location } of account.catalog.registered.get('shop_app_raw')?.values() ?? [])
      expect(location).toBe(`memory://store/logs/shop/app/year=2026/month=11/day=${values[2]}/`);
  });

  it('replaces a table and a view that are not as they should be', async () => {
    const account = new Account();
    await account.write('shop/app', '2026-11-19');
    await account.update();
    for (const name of ['shop_app', 'shop_app_raw']) {
      const entry = account.catalog.held.get(name);
      if (entry !== undefined) account.catalog.held.set(name, { ...entry, columns: [] });
    }
    expect((await account.update()).report).toMatchObject({ replaced: 2, tablesMade: 0 });
    expect(account.catalog.held.get('shop_app')?.columns).toHaveLength(15);
  });

  it('looks for older days only when asked to be thorough', async () => {
    const account = new Account();
    await account.write('shop/app', '2026-11-20');
    await account.update();
    await account.write('shop/app', '2026-11-18');
    await account.update();
    expect(account.days('shop_app_raw')).toHaveLength(3);
    await account.update({ isThorough: true });
    expect(account.days('shop_app_raw')).toHaveLength(5);
  });

  it('is not led astray by folders of days that are none, or that are to come', async () => {
    const account = new Account();
    await account.put('logs/shop/app/year=2026/month=1/day=01/x.gz', '');
    await account.put('logs/shop/app/year=2026/month=02/day=30/x.gz', '');
    await account.put('logs/shop/app/x/y.gz', '');
    await account.write('shop/app', '2030-01-01');
    await account.update();
    expect(account.days('shop_app_raw')).toEqual(['2026-11-21', '2026-11-22']);
  });

  it('leaves folders alone that no container of ECS has, and says so', async () => {
    const account = new Account();
    await account.put('logs/a";drop table x/app/year=2026/month=11/day=21/x.gz', '');
    await account.put('logs/shop/ä b/year=2026/month=11/day=21/x.gz', '');
    const { report } = await account.update();
    expect([report.tables, report.problemCount, report.notes]).toEqual([
      0,
      0,
      [
        'logs/a";drop table x/ was left alone: ECS has no family of that name',
        'logs/shop/ä b/ was left alone: ECS has no container of that name',
      ],
    ]);
  });

  it('gives colliding names to different tables, and to each the same at every update', async () => {
    const account = new Account();
    await account.write('a_b/c', '2026-11-21');
    await account.update();
    for (const container of ['a/b_c', 'A-B/c']) await account.write(container, '2026-11-21');
    await account.update();
    const tables = [...account.catalog.held.values()].filter(
      ({ parameters }) => parameters['stormdrain.kind'] === 'logs',
    );
    const owners = new Map(tables.map(({ name, parameters }) => [name, parameters['stormdrain.family']]));
    expect([owners.size, owners.get('a_b_c')]).toEqual([3, 'a_b']);
    const { writes } = account.catalog;
    await account.update();
    expect(account.catalog.writes).toBe(writes);
  });

  it('does nothing with a name that somebody else has in the catalog, and says so', async () => {
    const account = new Account();
    await account.write('shop/app', '2026-11-21');
    const foreign = { ...rawTable(log, {}), location: 's3://theirs/', parameters: {} };
    account.catalog.held.set('shop_app_raw', foreign);
    const { report } = await account.update();
    expect(report.problems).toEqual([
      expect.stringContaining("shop_app_raw: the catalog has something of that name that isn't stormdrain's"),
    ]);
    expect([account.catalog.held.get('shop_app_raw'), account.days('shop_app_raw')]).toEqual([foreign, []]);
  });
});

describe('what compaction has done', () => {
  const compacted = async (): Promise<Account> => {
    const account = new Account();
    await account.write('shop/app', '2026-11-18');
    await account.setState(
      aState(['2026-11-18', '2026-11-19'], { listed: [{ day: '2026-11-19', generation: 2 }] }),
    );
    await account.update();
    return account;
  };

  it('is in the view, its table and its partitions', async () => {
    const account = await compacted();
    expect(viewOf(account)).toBe(logViewSql('shop_app', log.root, await account.state('shop_app')));
    expect(account.days('shop_app_compacted')).toEqual(['2026-11-18-1', '2026-11-19-2']);
    expect(account.days('log_keys_raw')).toEqual(['shop_app-2']);
    expect(account.catalog.held.get('shop_app')?.parameters['stormdrain.compactedDays']).toBe('2');
  });

  it('is nothing yet as long as no day is Parquet', async () => {
    const account = new Account();
    await account.write('shop/app', '2026-11-18');
    await account.setState(aState([], { nextGeneration: 3 }));
    await account.update();
    expect(account.catalog.held.has('shop_app_compacted')).toBe(false);
    expect(viewOf(account)).toBe(logViewSql('shop_app', log.root));
  });

  it('has its day from when the view was seen to say so', async () => {
    const account = await compacted();
    const [listed] = (await account.state('shop_app')).listed;
    expect(Date.parse(listed?.removeAfter ?? '')).toBeGreaterThanOrEqual(account.nowMillis + 86_400_000);
  });

  it('has its day anew when the view was an older one meanwhile, and not for another change of the view', async () => {
    const account = await compacted();
    const removeAfter = async () => (await account.state('shop_app')).listed[0]?.removeAfter ?? '';
    const first = await removeAfter();
    account.nowMillis += 3_600_000;
    await account.configure('defaults: { retention: 300 days }');
    await account.update();
    expect(account.catalog.held.get('shop_app')?.parameters['stormdrain.retentionDays']).toBe('300');
    expect(await removeAfter()).toBe(first);
    const view = account.catalog.held.get('shop_app');
    if (view?.kind === 'view')
      account.catalog.held.set('shop_app', { ...view, sql: logViewSql('shop_app', log.root) });
    await account.update();
    expect(Date.parse(await removeAfter())).toBe(Date.parse(first) + 3_600_000);
  });

  it('is found again when the catalog is lost, under the names it had', async () => {
    const account = await compacted();
    await account.write('shop_app/x', '2026-11-21');
    const before = [account.days('shop_app_raw'), account.days('shop_app_compacted'), viewOf(account)];
    account.catalog.held.clear();
    account.catalog.registered.clear();
    for await (const key of account.store.list('logs/shop/')) await account.store.delete(key);
    await account.write('SHOP/app', '2026-11-21');
    await account.update();
    expect([account.days('shop_app_raw'), account.days('shop_app_compacted'), viewOf(account)]).toEqual(
      before,
    );
  });

  it("leaves a view alone that is somebody else's", async () => {
    const account = await compacted();
    const foreign = { ...rawTable(log, {}), name: 'shop_app', parameters: {} };
    account.catalog.held.set('shop_app', foreign);
    const { report } = await account.update();
    expect([report.problemCount, account.catalog.held.get('shop_app')]).toEqual([1, foreign]);
  });

  it('is not given to another container of that name', async () => {
    const account = await compacted();
    await account.setState(aState(['2026-11-18'], { family: 'other' }));
    const { report } = await account.update();
    expect(report.problems).toEqual([
      expect.stringContaining('state/logs/tables/shop_app.json is of other/app'),
    ]);
  });

  it('is registered again where a thorough update finds it missing or elsewhere', async () => {
    const account = await compacted();
    const registered = account.catalog.registered.get('shop_app_compacted');
    registered?.delete('2026/11/18/1');
    registered?.set('2026/11/19/2', { values: ['2026', '11', '19', '2'], location: 'memory://store/x/' });
    await account.update({ isThorough: true });
    expect([...(registered?.values() ?? [])]).toEqual(
      expect.arrayContaining([
        compactedPartition(log, dayOf('2026-11-18'), 1),
        compactedPartition(log, dayOf('2026-11-19'), 2),
      ]),
    );
  });
});

describe('a continued update', () => {
  it('goes on after the last table up to which all are done', async () => {
    const account = new Account();
    for (let n = 0; n < 40; n++) await account.write(`family/c${String(n).padStart(2, '0')}`, '2026-11-21');
    const { partitions } = account.catalog;
    let slow = 0;
    account.ports.catalog.create = async (entry) => {
      if (entry.name.startsWith('family')) {
        account.nowMillis += 100;
        slow++;
      }
      account.catalog.held.set(entry.name, entry);
      return 'created';
    };
    expect(partitions).toBeDefined();
    let { isDone, after, report } = await account.update({}, 1000);
    expect([isDone, after !== undefined && after > 'family_c03' && after < 'family_c20']).toEqual([
      false,
      true,
    ]);
    let rounds = 1;
    for (; !isDone && rounds < 20; rounds++)
      ({ isDone, after, report } = await account.update({ after, report }, 1000));
    expect([isDone, report.tables, slow, rounds > 2]).toEqual([true, 40, 80, true]);
    expect([...account.catalog.registered.keys()].filter((name) => name.startsWith('family'))).toHaveLength(
      40,
    );
  });
});

describe('reconcileTables', () => {
  it('sees to the tables that a question is about, and to no other', async () => {
    const account = new Account();
    for (const container of ['shop/app', 'shop/proxy', 'other/app'])
      await account.write(container, '2026-11-21');
    const made = (): readonly string[] => [...account.catalog.registered.keys()].sort();
    await reconcileTables(account.ports, { containers: [shop] });
    expect(made()).toEqual(['shop_app_raw']);
    await reconcileTables(account.ports, { tables: new Set(['runs', 'other_app_raw', 'x']) });
    expect(made()).toEqual(['other_app_raw', 'runs_raw', 'shop_app_raw']);
    await reconcileTables(account.ports, { families: ['shop'] });
    expect(made()).toEqual(['other_app_raw', 'runs_raw', 'shop_app_raw', 'shop_proxy_raw']);
  });
});
