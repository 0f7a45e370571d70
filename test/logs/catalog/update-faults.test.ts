import { describe, expect, it } from 'vitest';
import { CatalogRefusedError, CatalogUnavailableError, StoreUnavailableError } from '../../../src/errors.ts';
import { rawPartition, rawTable } from '../../../src/logs/catalog/table-definitions.ts';
import { generationPrefix } from '../../../src/logs/layout/container-name.ts';
import { Account, aState, dayOf } from './support/an-account.ts';

const shop = { family: 'shop', container: 'app' };
const log = { name: shop, table: 'shop_app', root: 'memory://store/' };

/** One of everything that an update has to do: see to a new table, a gap, a wrong day, retention of both kinds, a view. */
const muchToDo = async (): Promise<Account> => {
  const account = new Account();
  await account.configure('defaults: { retention: 10 days }\ntables: { shop/lines: { mode: projection } }');
  account.nowMillis -= 5 * 86_400_000;
  for (const container of ['shop/app', 'shop/lines']) {
    await account.write(container, '2026-11-09');
    await account.write(container, '2026-11-15');
  }
  const expired = `${generationPrefix(shop, dayOf('2026-11-10'), 1)}x.parquet`;
  await account.setState(aState(['2026-11-10', '2026-11-15']));
  await account.put(expired, 'parquet');
  await account.update();
  account.nowMillis += 5 * 86_400_000;
  await account.write('shop/new', '2026-11-20');
  await account.catalog.removePartitions('shop_app_raw', [['2026', '11', '13']]);
  await account.catalog.removePartitions('shop_app_raw', [['2026', '11', '14']]);
  await account.catalog.createPartitions(rawTable(log, {}), [
    { ...rawPartition(log, dayOf('2026-11-14')), location: 'memory://store/x/' },
  ]);
  return account;
};

type Call = (...given: never[]) => unknown;

/** Ports whose calls are counted; one of them fails, before or after it took effect. */
const failing = (
  account: Account,
  failAt: number,
  when: 'before' | 'after',
  error: (port: string) => Error,
) => {
  const calls: string[] = [];
  const hook = <Port extends object>(port: Port, portName: string): Port =>
    new Proxy(port, {
      get: (target, property) => {
        const value: unknown = Reflect.get(target, property, target);
        if (typeof value !== 'function') return value;
        const isIterated = ['entries', 'partitions', 'folders', 'objects', 'list'].includes(String(property));
        const begin = (): boolean => calls.push(`${portName}.${String(property)}`) - 1 === failAt;
        const act = value as Call;
        if (isIterated)
          return async function* (...given: never[]) {
            if (begin()) throw error(portName);
            yield* act.apply(target, given) as AsyncIterable<unknown>;
          };
        return async (...given: never[]) => {
          const fails = begin();
          if (fails && when === 'before') throw error(portName);
          const answer = await act.apply(target, given);
          if (fails) throw error(portName);
          return answer;
        };
      },
    });
  const { store, listing, catalog } = account.ports;
  account.ports = {
    ...account.ports,
    store: hook(store, 'store'),
    listing: hook(listing, 'listing'),
    catalog: hook(catalog, 'catalog'),
  };
  return calls;
};

const unavailable = (port: string): Error =>
  port === 'catalog' ? new CatalogUnavailableError('no answer') : new StoreUnavailableError('no answer');

/** What there is after an update without any fault, but for the instants in it. */
const expected = async (): Promise<unknown> => {
  const account = await muchToDo();
  await account.update();
  return account.dump();
};

describe('an update of which one call fails', () => {
  it('arrives at the same, at once or with the next one, whichever call it is', async () => {
    const right = await expected();
    const counted = await muchToDo();
    const calls = failing(counted, -1, 'before', unavailable);
    await counted.update();
    expect(await counted.dump()).toEqual(right);
    expect(calls.length).toBeGreaterThan(35);
    for (const when of ['before', 'after'] as const) {
      for (let failAt = 0; failAt < calls.length; failAt++) {
        const account = await muchToDo();
        failing(account, failAt, when, unavailable);
        const problems = await account.update().then(
          ({ report }) => report.problems,
          (error: Error) => [error.name],
        );
        // Only looking over everything isn't tried again by the update itself.
        if (problems.length > 0) {
          expect(problems).toEqual([expect.stringMatching(/^(StoreUnavailable|CatalogUnavailable)$/)]);
          await account.update();
        }
        expect(await account.dump(), `call ${failAt}, ${calls[failAt]}, ${when}`).toEqual(right);
      }
    }
  });

  it('never loses a live day or a kept object on the way', async () => {
    const counted = await muchToDo();
    const calls = failing(counted, -1, 'before', unavailable);
    await counted.update();
    for (let failAt = 0; failAt < calls.length; failAt += 3) {
      const account = await muchToDo();
      failing(account, failAt, 'after', () => new CatalogRefusedError('not allowed'));
      await account.update().catch(() => undefined);
      expect(account.days('shop_app_raw')).toEqual(
        expect.arrayContaining(['2026-11-15', '2026-11-16', '2026-11-17', '2026-11-11']),
      );
      expect(await Array.fromAsync(account.store.list('logs/'))).toEqual(
        expect.arrayContaining([expect.stringContaining('app/year=2026/month=11/day=15/')]),
      );
    }
  });

  it('goes on with other tables and says which one failed', async () => {
    const account = await muchToDo();
    const { createPartitions } = account.catalog;
    account.catalog.createPartitions = async (table, partitions) => {
      if (table.name === 'shop_app_raw') throw new CatalogRefusedError('not allowed');
      return createPartitions.call(account.catalog, table, partitions);
    };
    const { isDone, report } = await account.update();
    expect([isDone, report.problems]).toEqual([true, ['shop_app (shop/app): CatalogRefused: not allowed']]);
    expect(account.days('shop_new_raw')).toHaveLength(3);
  });
});

describe('a partition that fails for itself', () => {
  const table = 'shop_app_raw';
  const values = ['2026', '11', '22'];

  it('is tried again when that may help', async () => {
    const account = await muchToDo();
    for (let times = 0; times < 3; times++)
      account.catalog.failures.push({ table, values, cause: 'passing', message: 'throttled' });
    const { report } = await account.update();
    expect([report.problems, account.days('shop_app_raw').includes('2026-11-22')]).toEqual([[], true]);
    expect(account.slept).toBeGreaterThan(500);
  });

  it('is given up after a few times, and made by the next update', async () => {
    const account = await muchToDo();
    for (let times = 0; times < 4; times++)
      account.catalog.failures.push({ table, values, cause: 'passing', message: 'throttled' });
    expect((await account.update()).report.problems).toEqual([
      'shop_app_raw, partition 2026/11/22: throttled',
    ]);
    expect(account.days('shop_app_raw')).toContain('2026-11-21');
    expect((await account.update()).report).toMatchObject({ problems: [], partitionsMade: 1 });
  });

  it('is told at once when it is refused, and is no problem when it is done already', async () => {
    const account = await muchToDo();
    account.catalog.failures.push({
      table,
      values: ['2026', '11', '13'],
      cause: 'refused',
      message: 'not allowed',
    });
    account.catalog.failures.push({
      table,
      values: ['2026', '11', '14'],
      cause: 'missing',
      message: 'is gone',
    });
    const { report } = await account.update();
    expect(report.problems).toEqual(['shop_app_raw, partition 2026/11/13: not allowed']);
    expect(account.slept).toBe(0);
  });
});

describe('a catalog that is changed by others between two calls', () => {
  it('is right after the next update when a table was deleted', async () => {
    const account = await muchToDo();
    const { partitions } = account.catalog;
    account.catalog.partitions = async function* (name) {
      if (name === 'shop_app_raw') await account.catalog.remove(name);
      yield* partitions.call(account.catalog, name);
    };
    const { isDone, report } = await account.update();
    expect([isDone, report.problems]).toEqual([true, [expect.stringMatching(/^shop_app .*shop_app_raw/)]]);
    account.catalog.partitions = partitions;
    expect((await account.update()).report.problems).toEqual([]);
    expect(account.days('shop_app_raw')).toEqual(Array.from({ length: 12 }, (_, n) => `2026-11-${11 + n}`));
  });

  it('is told a failure of which the catalog does not say what it is about', async () => {
    const account = await muchToDo();
    const { createPartitions } = account.catalog;
    account.catalog.createPartitions = async (table, partitions) => [
      ...(await createPartitions.call(account.catalog, table, partitions)),
      ...(table.name === 'shop_app_raw'
        ? [{ values: [], cause: 'passing' as const, message: 'something failed' }]
        : []),
    ];
    expect((await account.update()).report.problems).toEqual(['shop_app_raw, partition : something failed']);
  });
});

describe('mistakes in config/logs.yml', () => {
  it('are named with their place, and nothing is touched', async () => {
    const account = await muchToDo();
    await account.configure('defaults: { retention: 10 weeks }');
    const before = await account.dump();
    await expect(account.update()).rejects.toThrow(/config\/logs\.yml:2:24 {2}defaults\.retention/);
    await expect(account.update()).rejects.toMatchObject({ name: 'DocumentInvalid' });
    expect(await account.dump()).toEqual(before);
  });
});
