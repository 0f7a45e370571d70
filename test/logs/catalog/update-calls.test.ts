import { describe, expect, it } from 'vitest';
import { systemTables } from '../../../src/logs/catalog/system-tables.ts';
import type { ObjectListing } from '../../../src/platform/ports/object-listing.ts';
import { Account } from './support/an-account.ts';

/** What is counted grows with the tables, and nothing else does; `npm run bench:logs` does it with 2,000. */
const tables = Number(process.env.CATALOG_TABLES ?? 200);
const families = tables / 20;

/** Containers of many families, each with an object of the 19th, kept for two days; updated once. */
const manyTables = async (mode: 'registered' | 'projection'): Promise<Account> => {
  const account = new Account();
  account.nowMillis -= 86_400_000;
  await account.configure(`defaults: { retention: 1 day, mode: ${mode} }`);
  for (let n = 0; n < tables; n++) await account.write(`family${n % families}/container${n}`, '2026-11-19');
  await account.update();
  return account;
};

/** A page of a listing is 1,000 folders or objects. Counts from now on. */
const countCalls = (account: Account): (() => number) => {
  let calls = 0;
  account.catalog.calls.clear();
  const counted = async function* <Item>(listed: AsyncIterable<Item>): AsyncIterable<Item> {
    let items = 0;
    calls++;
    for await (const item of listed) {
      if (items > 0 && items % 1000 === 0) calls++;
      items++;
      yield item;
    }
  };
  const { store } = account;
  const listing: Partial<ObjectListing> = {
    folders: (prefix) => counted(store.folders(prefix)),
    objects: (prefix) => counted(store.objects(prefix)),
    deleteAll: (keys) => {
      calls++;
      return store.deleteAll(keys);
    },
  };
  account.changeListing(listing);
  account.ports = {
    ...account.ports,
    store: {
      get: (key, options) => {
        calls++;
        return store.get(key, options);
      },
      put: (key, body, condition) => {
        calls++;
        return store.put(key, body, condition);
      },
      list: (prefix, options) => counted(store.list(prefix, options)),
      delete: (key) => {
        calls++;
        return store.delete(key);
      },
    },
  };
  return () => calls + [...account.catalog.calls.values()].reduce((sum, count) => sum + count, 0);
};

/**
 * What nobody can do without who has to know what there is and to change it: the settings; the families, and the containers
 * of each; the states of tables that were compacted; the catalog's tables, 100 a page (a table and its view for each container);
 * and of stormdrain's own tables, folders and partitions.
 */
const leastToKnow = 1 + 1 + families + 1 + Math.ceil((2 * tables) / 100) + systemTables.length * 2;

describe('calls of an update of many tables', () => {
  it('are within a tenth of the least, on a day on which something expires in every table', async () => {
    const account = await manyTables('registered');
    const calls = countCalls(account);
    account.nowMillis += 86_400_000;
    const { report } = await account.update();
    expect(report).toMatchObject({
      tables,
      objectsDeleted: tables,
      partitionsRemoved: tables,
      problemCount: 0,
    });
    // Each: its days; what expired is listed, deleted and taken out; tomorrow is registered.
    const least = leastToKnow + tables * 5;
    expect(calls()).toBeGreaterThanOrEqual(least);
    expect(calls()).toBeLessThanOrEqual(least * 1.1);
  });

  it('are within a tenth of the least on a day on which only tomorrow is new, and when nothing is', async () => {
    const account = await manyTables('registered');
    await account.configure('defaults: { retention: 400 days }');
    await account.update();
    account.nowMillis += 86_400_000;
    let calls = countCalls(account);
    expect((await account.update()).report.partitionsMade).toBe(tables + 1);
    expect(calls()).toBeLessThanOrEqual((leastToKnow + tables * 2) * 1.1);
    calls = countCalls(account);
    await account.update();
    expect(account.catalog.writes).toBe(0);
    expect(calls()).toBeLessThanOrEqual((leastToKnow + tables) * 1.1);
  });

  it('are none at all for each table in projection mode', async () => {
    const account = await manyTables('projection');
    const calls = countCalls(account);
    await account.update();
    expect(account.catalog.calls.get('partitions')).toBe(systemTables.length);
    expect(calls()).toBeLessThanOrEqual(leastToKnow * 1.1);
  });
});
