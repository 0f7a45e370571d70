import { afterEach, describe, expect, it } from 'vitest';
import {
  type CatalogPartition,
  type CatalogTable,
  type CatalogView,
  catalogMark,
  type LogCatalog,
} from '../../src/platform/ports/log-catalog.ts';

/** A catalog, and means to put somebody else's table into it. Its functions are taken out of it one by one: no `this`. */
export interface LogCatalogUnderTest {
  readonly catalog: LogCatalog;
  /** Undefined where nobody else can have any. */
  readonly createForeign?: (name: string) => Promise<void>;
  close(): Promise<void>;
}

const day = ['year', 'month', 'day'].map((name) => ({ name, type: 'int' as const }));

export const aTable = (name: string, changes: Partial<CatalogTable> = {}): CatalogTable => ({
  kind: 'table',
  name,
  format: 'lines',
  location: 's3://bucket/logs/shop/app/',
  columns: [{ name: 'line', type: 'string' }],
  partitionColumns: day,
  parameters: { [catalogMark]: '1', 'stormdrain.family': 'shop', 'stormdrain.container': 'app' },
  ...changes,
});

const aView = (name: string, changes: Partial<CatalogView> = {}): CatalogView => ({
  kind: 'view',
  name,
  sql: 'SELECT "line" FROM "shop_app_raw"',
  columns: [{ name: 'line', type: 'string' }],
  parameters: { [catalogMark]: '1' },
  ...changes,
});

const types = ['string', 'int', 'bigint', 'double', 'boolean', 'timestamp'] as const;
const everyType = types.map((type) => ({ name: `a_${type}`, type }));

const partition = (month: number, of: number): CatalogPartition => ({
  values: ['2026', String(month), String(of)],
  location: `s3://bucket/logs/shop/app/year=2026/month=${month}/day=${of}/`,
});
const partitions = (count: number): readonly CatalogPartition[] =>
  Array.from({ length: count }, (_, index) => partition(Math.floor(index / 100), index % 100));

const sorted = <Item>(items: readonly Item[]): readonly string[] =>
  items.map((item) => JSON.stringify(item)).sort();

/** What every catalog must do; run on each implementation. */
export const describeLogCatalogContract = (name: string, open: () => Promise<LogCatalogUnderTest>): void => {
  describe(`log catalog contract: ${name}`, () => {
    const opened: LogCatalogUnderTest[] = [];
    const fresh = async (): Promise<LogCatalogUnderTest> => {
      const made = await open();
      opened.push(made);
      return made;
    };
    afterEach(async () => {
      for (const made of opened.splice(0)) await made.close();
    });
    const entriesOf = (catalog: LogCatalog) => Array.fromAsync(catalog.entries());
    const partitionsOf = (catalog: LogCatalog, table: string) => Array.fromAsync(catalog.partitions(table));

    it('is empty at first', async () => {
      const { catalog } = await fresh();
      expect(await entriesOf(catalog)).toEqual([]);
    });

    it('gives back tables and views as they were created', async () => {
      const { catalog } = await fresh();
      const made = [
        aTable('shop_app_raw'),
        aTable('shop_app_compacted', { format: 'parquet', columns: everyType }),
        aTable('projected_raw', {
          parameters: {
            [catalogMark]: '1',
            'projection.enabled': 'true',
            'storage.location.template': 's3://bucket/logs/a/b/',
          },
        }),
        aTable('without_partitions', { partitionColumns: [] }),
        aView('shop_app', {
          columns: everyType,
          sql: `SELECT 'it''s', "ö😀" FROM "a"\n-- ${'x'.repeat(200_000)}`,
        }),
      ];
      for (const entry of made) expect(await catalog.create(entry)).toBe('created');
      expect(sorted(await entriesOf(catalog))).toEqual(sorted(made));
    });

    it('says that a name is taken, and leaves what has it', async () => {
      const { catalog } = await fresh();
      await catalog.create(aTable('shop_app'));
      expect(await catalog.create(aView('shop_app'))).toBe('exists');
      expect(await entriesOf(catalog)).toEqual([aTable('shop_app')]);
    });

    it('replaces a whole entry, if there is one', async () => {
      const { catalog } = await fresh();
      expect(await catalog.update(aView('shop_app'))).toBe('missing');
      await catalog.create(
        aView('shop_app', { parameters: { [catalogMark]: '1', 'stormdrain.old': 'yes' } }),
      );
      const changed = aView('shop_app', { sql: 'SELECT 1 AS "line"', columns: everyType });
      expect(await catalog.update(changed)).toBe('updated');
      expect(await entriesOf(catalog)).toEqual([changed]);
    });

    it('keeps the partitions of a table that is updated', async () => {
      const { catalog } = await fresh();
      const table = aTable('shop_app_raw');
      await catalog.create(table);
      await catalog.createPartitions(table, partitions(3));
      await catalog.update({
        ...table,
        parameters: { ...table.parameters, 'stormdrain.firstDay': '2026-01-05' },
      });
      expect(sorted(await partitionsOf(catalog, table.name))).toEqual(sorted(partitions(3)));
    });

    it('removes a table with its partitions, also one that is not there', async () => {
      const { catalog } = await fresh();
      const table = aTable('shop_app_raw');
      await catalog.create(table);
      await catalog.createPartitions(table, partitions(2));
      await catalog.remove(table.name);
      await catalog.remove(table.name);
      expect(await entriesOf(catalog)).toEqual([]);
      expect(await partitionsOf(catalog, table.name)).toEqual([]);
      await catalog.create(table);
      expect(await partitionsOf(catalog, table.name)).toEqual([]);
    });

    it('leaves out what somebody else has made, and says that its name is taken', async () => {
      const { catalog, createForeign } = await fresh();
      if (createForeign === undefined) return;
      await createForeign('shop_app');
      expect(await entriesOf(catalog)).toEqual([]);
      expect(await catalog.create(aView('shop_app'))).toBe('exists');
    });

    it('lists more than a page of entries, each once', async () => {
      const { catalog } = await fresh();
      const made = Array.from({ length: 210 }, (_, index) => aTable(`table_${index}`));
      for (const table of made) await catalog.create(table);
      expect(sorted(await entriesOf(catalog))).toEqual(sorted(made));
    });

    it('lists more than a page of partitions, each once', async () => {
      const { catalog } = await fresh();
      const table = aTable('shop_app_raw');
      await catalog.create(table);
      const made = partitions(1_100);
      for (let from = 0; from < made.length; from += 100)
        expect(await catalog.createPartitions(table, made.slice(from, from + 100))).toEqual([]);
      expect(sorted(await partitionsOf(catalog, table.name))).toEqual(sorted(made));
    });

    it('makes the other partitions when some are there', async () => {
      const { catalog } = await fresh();
      const table = aTable('shop_app_raw');
      await catalog.create(table);
      const [first, second, third] = partitions(3);
      if (first === undefined || second === undefined || third === undefined) throw new RangeError();
      await catalog.createPartitions(table, [second]);
      const elsewhere = { ...second, location: 's3://elsewhere/' };
      expect(await catalog.createPartitions(table, [first, elsewhere, third])).toEqual([
        { values: second.values, cause: 'exists', message: expect.any(String) },
      ]);
      expect(sorted(await partitionsOf(catalog, table.name))).toEqual(sorted(partitions(3)));
    });

    it('removes the other partitions when some are not there', async () => {
      const { catalog } = await fresh();
      const table = aTable('shop_app_raw');
      await catalog.create(table);
      const made = partitions(30);
      await catalog.createPartitions(table, made);
      const missing = ['2026', '12', '99'];
      const removed = made.slice(0, 24).map(({ values }) => values);
      expect(await catalog.removePartitions(table.name, [...removed, missing])).toEqual([
        { values: missing, cause: 'missing', message: expect.any(String) },
      ]);
      expect(sorted(await partitionsOf(catalog, table.name))).toEqual(sorted(made.slice(24)));
    });

    it('takes padded values for others', async () => {
      const { catalog } = await fresh();
      const table = aTable('shop_app_raw');
      await catalog.create(table);
      const plain = { values: ['2026', '1', '5'], location: 's3://bucket/a/' };
      const padded = { values: ['2026', '01', '05'], location: 's3://bucket/a/' };
      expect(await catalog.createPartitions(table, [plain, padded])).toEqual([]);
      expect(await catalog.removePartitions(table.name, [padded.values])).toEqual([]);
      expect(await partitionsOf(catalog, table.name)).toEqual([plain]);
    });

    it('does nothing when there is nothing to make or to remove', async () => {
      const { catalog } = await fresh();
      expect(await catalog.createPartitions(aTable('nowhere'), [])).toEqual([]);
      expect(await catalog.removePartitions('nowhere', [])).toEqual([]);
    });

    it('has no partitions of a table that is not there', async () => {
      const { catalog } = await fresh();
      expect(await partitionsOf(catalog, 'nowhere')).toEqual([]);
      expect(await catalog.removePartitions('nowhere', [['2026', '1', '5']])).toMatchObject([
        { values: ['2026', '1', '5'], cause: 'missing' },
      ]);
      await expect(catalog.createPartitions(aTable('nowhere'), partitions(1))).rejects.toMatchObject({
        name: 'CatalogRefused',
      });
    });

    it('takes no more at once than its service does', async () => {
      const { catalog } = await fresh();
      const table = aTable('shop_app_raw');
      await catalog.create(table);
      const tooMany = partitions(101);
      await expect(catalog.createPartitions(table, tooMany)).rejects.toThrow(RangeError);
      await expect(
        catalog.removePartitions(
          table.name,
          tooMany.slice(0, 26).map(({ values }) => values),
        ),
      ).rejects.toThrow(RangeError);
    });
  });
};
