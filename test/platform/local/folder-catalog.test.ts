import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FolderCatalog } from '../../../src/platform/local/folder-catalog.ts';
import { FolderStore } from '../../../src/platform/local/folder-store.ts';
import { MemoryStore } from '../../../src/platform/local/memory-store.ts';
import type { CatalogPartition } from '../../../src/platform/ports/log-catalog.ts';
import { aTable, describeLogCatalogContract } from '../../contract/log-catalog.contract.ts';

const memoryStore = () => new MemoryStore({ time: { sleep: async () => undefined } });
const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

const openMemory = async () => {
  const store = memoryStore();
  return {
    catalog: new FolderCatalog(store),
    createForeign: async (name: string) => {
      await store.put(`catalog/${name}.json`, json({ ...aTable(name), parameters: {} }));
    },
    close: async () => undefined,
  };
};

describeLogCatalogContract('documents of a store', openMemory);

const aDay = (day: number): CatalogPartition => ({
  values: ['2026', '11', String(day)],
  location: `/home/logs/shop/app/year=2026/month=11/day=${String(day).padStart(2, '0')}/`,
});

it('loses no partition when several make them at once', async () => {
  const root = await mkdtemp(join(tmpdir(), 'stormdrain-catalog-'));
  const table = aTable('shop_app_raw');
  await new FolderCatalog(new FolderStore(root)).create(table);
  await Promise.all(
    Array.from({ length: 6 }, (_, n) =>
      new FolderCatalog(new FolderStore(root)).createPartitions(table, [aDay(n + 1)]),
    ),
  );
  const made = await Array.fromAsync(new FolderCatalog(new FolderStore(root)).partitions(table.name));
  expect(made.map(({ values }) => values[2]).sort()).toEqual(['1', '2', '3', '4', '5', '6']);
  await rm(root, { recursive: true });
});

it('takes a partition that is given twice once, and refuses one without a value for each column', async () => {
  const { catalog } = await openMemory();
  const table = aTable('shop_app_raw');
  await catalog.create(table);
  const short = { values: ['2026', '11'], location: '/elsewhere/' };
  expect(await catalog.createPartitions(table, [aDay(1), aDay(1), short])).toMatchObject([
    { values: aDay(1).values, cause: 'exists' },
    { values: short.values, cause: 'refused' },
  ]);
  expect(await Array.fromAsync(catalog.partitions(table.name))).toEqual([aDay(1)]);
});

it('finds an entry by its name without reading the others', async () => {
  const store = memoryStore();
  const catalog = new FolderCatalog(store);
  await catalog.create(aTable('shop_app_raw'));
  await store.put('catalog/other.json', new TextEncoder().encode('{'));
  expect(await catalog.entry('shop_app_raw')).toEqual(aTable('shop_app_raw'));
  expect(await catalog.entry('nowhere')).toBeUndefined();
  expect(await catalog.entry('../config/logs')).toBeUndefined();
});

it('refuses a name that Athena would not take', async () => {
  const store = memoryStore();
  const catalog = new FolderCatalog(store);
  for (const name of ['a/b', 'partitions/a', '', 'A', 'a"; drop table b', 'x'.repeat(256)])
    await expect(catalog.create(aTable(name))).rejects.toMatchObject({ name: 'CatalogRefused' });
});

it.each(['{', 'null', '{}', '[]', '{"kind":"view","name":"broken"}'])(
  'says which document to delete that is none of the catalog: %s',
  async (text) => {
    const store = memoryStore();
    const catalog = new FolderCatalog(store);
    const table = aTable('shop_app_raw');
    await store.put('catalog/broken.json', new TextEncoder().encode(text));
    const refusal = (key: string) => ({
      name: 'CatalogRefused',
      message: expect.stringContaining(`${key} is no document of the catalog`),
    });
    await expect(Array.fromAsync(catalog.entries())).rejects.toMatchObject(refusal('catalog/broken.json'));
    await expect(catalog.entry('broken')).rejects.toMatchObject(refusal('catalog/broken.json'));
    if (text === '[]') return;
    await catalog.create(table);
    await store.put('catalog/partitions/shop_app_raw.json', new TextEncoder().encode(text));
    await expect(catalog.createPartitions(table, [aDay(1)])).rejects.toMatchObject(
      refusal('catalog/partitions/shop_app_raw.json'),
    );
  },
);
