import {
  CreateDatabaseCommand,
  CreateTableCommand,
  GetTablesCommand,
  GlueClient,
} from '@aws-sdk/client-glue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GlueCatalog } from '../../src/platform/aws/glue-catalog.ts';
import { aTable, describeLogCatalogContract } from '../contract/log-catalog.contract.ts';
import { throttled } from '../rehearsal/fault-rules.ts';
import { testClientOptions } from './aws-clients.ts';
import { startWholeAws, type WholeAws } from './support/whole-aws.ts';

let aws: WholeAws;
let databases = 0;
beforeAll(async () => {
  aws = await startWholeAws();
});
afterAll(() => aws.close());

const open = async () => {
  const client = new GlueClient(testClientOptions(aws.url));
  databases += 1;
  const database = `logs_${databases}`;
  await client.send(new CreateDatabaseCommand({ DatabaseInput: { Name: database } }));
  return {
    client,
    database,
    catalog: new GlueCatalog(client, database),
    createForeign: async (name: string) => {
      await client.send(
        new CreateTableCommand({
          DatabaseName: database,
          TableInput: { Name: name, TableType: 'EXTERNAL_TABLE' },
        }),
      );
    },
    close: async () => client.destroy(),
  };
};

describeLogCatalogContract('Glue', open);

describe('Glue as a catalog', () => {
  it('keeps a view as Athena does, in its dialect and in that of Hive', async () => {
    const { client, database, catalog, close } = await open();
    await catalog.create({
      kind: 'view',
      name: 'shop_app',
      sql: 'SELECT 1 AS "n"',
      columns: [{ name: 'n', type: 'int' }],
      parameters: { 'stormdrain.version': '1' },
    });
    const { TableList: [view] = [] } = await client.send(new GetTablesCommand({ DatabaseName: database }));
    const [, encoded = ''] = /^\/\* Presto View: (\S+) \*\/$/.exec(view?.ViewOriginalText ?? '') ?? [];
    expect(JSON.parse(Buffer.from(encoded, 'base64').toString())).toEqual({
      originalSql: 'SELECT 1 AS "n"',
      catalog: 'awsdatacatalog',
      schema: database,
      columns: [{ name: 'n', type: 'integer' }],
    });
    expect(view).toMatchObject({
      TableType: 'VIRTUAL_VIEW',
      ViewExpandedText: '/* Presto View */',
      Parameters: { presto_view: 'true', comment: 'Presto View' },
      PartitionKeys: [],
      StorageDescriptor: { Columns: [{ Name: 'n', Type: 'int' }] },
    });
    await close();
  });

  it('asks for no columns of partitions, and for no archive of what is replaced', async () => {
    const { catalog, close } = await open();
    const seen: unknown[] = [];
    const watch = aws.inject({
      matches: ({ action, body }) => {
        const { SkipArchive, ExcludeColumnSchema, MaxResults } = JSON.parse(body.toString());
        if (action === 'UpdateTable') seen.push({ SkipArchive });
        if (action === 'GetPartitions') seen.push({ ExcludeColumnSchema, MaxResults });
        return false;
      },
      fault: throttled,
      hits: { first: 0 },
    });
    await catalog.create(aTable('shop_app_raw'));
    await catalog.update(aTable('shop_app_raw'));
    await Array.fromAsync(catalog.partitions('shop_app_raw'));
    watch.remove();
    expect(seen).toEqual([{ SkipArchive: true }, { ExcludeColumnSchema: true, MaxResults: 1_000 }]);
    await close();
  });

  it('goes on when it is throttled, and gives up when that does not end', async () => {
    const { catalog, database, close } = await open();
    const matches = ({ service }: { readonly service: string }): boolean => service === 'glue';
    const passing = aws.inject({ matches, fault: throttled, hits: { first: 1 } });
    expect(await catalog.create(aTable('shop_app_raw'))).toBe('created');
    passing.remove();
    const lasting = aws.inject({ matches, fault: throttled, hits: { probability: 1 } });
    const impatient = new GlueClient({ ...testClientOptions(aws.url), maxAttempts: 1 });
    const once = new GlueCatalog(impatient, database);
    for (const call of [
      () => Array.fromAsync(once.entries()),
      () => Array.fromAsync(once.partitions('shop_app_raw')),
      () => once.create(aTable('other')),
      () => once.update(aTable('shop_app_raw')),
      () => once.remove('shop_app_raw'),
      () => once.createPartitions(aTable('shop_app_raw'), [{ values: ['1', '1', '1'], location: 's3://a/' }]),
      () => once.removePartitions('shop_app_raw', [['1', '1', '1']]),
    ])
      await expect(call()).rejects.toMatchObject({ name: 'CatalogUnavailable' });
    impatient.destroy();
    lasting.remove();
    await close();
  });

  it('says which database is not there, and does not take that for a missing table', async () => {
    const { client, close } = await open();
    const catalog = new GlueCatalog(client, 'nowhere');
    const refusal = { name: 'CatalogRefused', message: expect.stringMatching(/nowhere.*Deploy the stack/) };
    const calls = [
      () => Array.fromAsync(catalog.entries()),
      () => Array.fromAsync(catalog.partitions('a')),
      () => catalog.create(aTable('a')),
      () => catalog.update(aTable('a')),
      () => catalog.remove('a'),
      () => catalog.removePartitions('a', [['1']]),
    ];
    for (const call of calls) await expect(call()).rejects.toMatchObject(refusal);
    await close();
  });
});
