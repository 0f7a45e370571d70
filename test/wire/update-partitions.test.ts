import { gzipSync } from 'node:zlib';
import { CreateDatabaseCommand, GlueClient } from '@aws-sdk/client-glue';
import type { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reconcileTables } from '../../src/logs/catalog/reconcile-tables.ts';
import { type UpdateResult, updatePartitions } from '../../src/logs/catalog/update-partitions.ts';
import type { CatalogPorts } from '../../src/logs/logs-ports.ts';
import { GlueCatalog } from '../../src/platform/aws/glue-catalog.ts';
import { S3Store } from '../../src/platform/aws/s3-store.ts';
import type { CatalogPartition, CatalogTable } from '../../src/platform/ports/log-catalog.ts';
import type { Fault } from '../rehearsal/fault-rules.ts';
import { json, throttled } from '../rehearsal/fault-rules.ts';
import { jsonBody, type ServiceCall } from '../rehearsal/service-call.ts';
import { openBucket, testClientOptions } from './aws-clients.ts';
import { startWholeAws, type WholeAws } from './support/whole-aws.ts';

const containers = 300;
/** Those that are there first, and are broken later. */
const early = 16;
const now = Date.UTC(2028, 2, 1, 23, 10);
const bucket = 'runs';
const database = 'logs';
/** From the oldest with data to tomorrow, over the end of a February that has 29 days. */
const days = ['2028-02-27', '2028-02-28', '2028-02-29', '2028-03-01', '2028-03-02'] as const;
const writes = /^(glue (Create|Update|Delete|Batch)|s3 (PutObject|DeleteObject|POST))/;

let aws: WholeAws;
let glue: GlueClient;
let s3: S3Client;
let ports: CatalogPorts;
let ticks = 0;

const folderOf = (container: string, day: string): string => {
  const [year, month, of] = day.split('-');
  return `logs/shop/${container}/year=${year}/month=${month}/day=${of}/`;
};
const partitionOf = (container: string, day: string): CatalogPartition => ({
  values: day.split('-').map((part) => String(Number(part))),
  location: `s3://${bucket}/${folderOf(container, day)}`,
});
const containerOf = (index: number): string => `app-${index}`;
const tableOf = (container: string): string => `shop_${container.replaceAll('-', '_')}`;

const writeLog = async (container: string, day: string): Promise<string> => {
  const key = `${folderOf(container, day)}120000-a.gz`;
  await ports.store.put(key, gzipSync('{"time":"2028-02-27T12:00:00.000000Z","log":"a"}\n'));
  return key;
};
const sorted = (partitions: readonly CatalogPartition[]): readonly string[] =>
  partitions.map(({ values, location }) => `${values.join('/')} ${location}`).sort();
const registered = async (container: string): Promise<readonly string[]> =>
  sorted(await Array.fromAsync(ports.catalog.partitions(`${tableOf(container)}_raw`)));
const right = (container: string, of: readonly string[] = days): readonly string[] =>
  sorted(of.map((day) => partitionOf(container, day)));
/** What a partition takes from its table. */
const rawTableOf = (container: string): CatalogTable => ({
  kind: 'table',
  name: `${tableOf(container)}_raw`,
  format: 'lines',
  location: `s3://${bucket}/logs/shop/${container}/`,
  columns: [{ name: 'line', type: 'string' }],
  partitionColumns: ['year', 'month', 'day'].map((name) => ({ name, type: 'int' })),
  parameters: {},
});
const calls = (name: RegExp): number =>
  [...aws.calls].reduce((sum, [call, count]) => (name.test(call) ? sum + count : sum), 0);

/** As the state machine does: until it is done. */
const update = async (budgetMillis: number): Promise<UpdateResult & { readonly passes: number }> => {
  let result = await updatePartitions(ports, {}, budgetMillis);
  let passes = 1;
  for (; !result.isDone; passes++)
    result = await updatePartitions(ports, { after: result.after, report: result.report }, budgetMillis);
  return { ...result, passes };
};

beforeAll(async () => {
  aws = await startWholeAws();
  s3 = await openBucket(aws.url, bucket);
  glue = new GlueClient(testClientOptions(aws.url));
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: database } }));
  const store = new S3Store(s3, bucket);
  ports = {
    store,
    listing: store,
    catalog: new GlueCatalog(glue, database),
    // A millisecond for each look at the clock, so that a budget is a number of tables.
    time: { nowMillis: () => now + ticks++, sleep: async () => undefined },
    random: () => 0.5,
    defaults: { mode: 'registered', retentionDays: 30, compact: true },
  };
});
afterAll(async () => {
  glue.destroy();
  s3.destroy();
  await aws.close();
});

describe('the catalog of 300 containers, in Glue', () => {
  it('is begun in several passes, each of which goes on where the one before stopped', async () => {
    for (let index = 0; index < early; index++) await writeLog(containerOf(index), days[0]);
    const { passes, report } = await update(12);
    expect(passes).toBeGreaterThan(1);
    expect(report).toMatchObject({ tables: early, problems: [], partitionsRemoved: 0 });
    for (const index of [0, 7, early - 1])
      expect(await registered(containerOf(index))).toEqual(right(containerOf(index)));
  });

  it('is repaired and made whole in one pass, whatever is wrong, while Glue throttles, fails in parts and loses answers', {
    timeout: 180_000,
  }, async () => {
    const [gap, elsewhere, padded, expired, viewless, tableless] = [1, 2, 3, 4, 5, 6].map(containerOf) as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const { catalog } = ports;
    const withdraw = async (container: string, ...of: readonly string[]) =>
      expect(
        await catalog.removePartitions(
          `${tableOf(container)}_raw`,
          of.map((day) => partitionOf(container, day).values),
        ),
      ).toEqual([]);
    const register = async (container: string, ...partitions: readonly CatalogPartition[]) =>
      expect(await catalog.createPartitions(rawTableOf(container), partitions)).toEqual([]);

    await withdraw(gap, days[1], days[3]);
    await withdraw(elsewhere, days[2]);
    await register(elsewhere, {
      ...partitionOf(elsewhere, days[2]),
      location: `s3://${bucket}/logs/elsewhere/`,
    });
    await withdraw(padded, days[0]);
    await register(padded, { ...partitionOf(padded, days[0]), values: ['2028', '02', '27'] });
    await register(padded, { values: ['2028', '2', '30'], location: `s3://${bucket}/logs/impossible/` });
    const past = '2027-12-31';
    const pastKey = await writeLog(expired, past);
    await register(expired, partitionOf(expired, past));
    await catalog.remove(tableOf(viewless));
    await catalog.remove(`${tableOf(tableless)}_raw`);
    for (let index = early; index < containers; index++) await writeLog(containerOf(index), days[3]);

    const ofGlue = ({ service }: Pick<ServiceCall, 'service'>): boolean => service === 'glue';
    const ofCreation = ({ action }: Pick<ServiceCall, 'action'>): boolean =>
      action === 'BatchCreatePartition';
    const faults = [
      aws.inject({ matches: ofGlue, fault: throttled, hits: { first: 2 } }),
      aws.inject({ matches: ofCreation, fault: failOneByOne, hits: { first: 1 } }),
    ];
    // Made, but nobody hears of it: the client asks again, and all of them exist already.
    const lost = aws.inject({
      matches: ofCreation,
      fault: { kind: 'cut', when: 'after' },
      hits: { first: 3 },
    });
    const { report, passes } = await update(Number.MAX_SAFE_INTEGER);
    for (const fault of [...faults, lost]) expect(fault.hits()).toBeGreaterThan(0);
    for (const fault of [...faults, lost]) fault.remove();

    expect(passes).toBe(1);
    const made = containers - early + 1;
    expect(report).toMatchObject({ tables: containers, problems: [], tablesMade: made, viewsMade: made });
    for (const container of [gap, elsewhere, padded, expired, viewless, tableless])
      expect(await registered(container), container).toEqual(right(container));
    for (const index of [early, containers - 1])
      expect(await registered(containerOf(index))).toEqual(right(containerOf(index), days.slice(3)));
    expect(await ports.store.get(pastKey)).toEqual({ kind: 'missing' });
    const names = new Set((await Array.fromAsync(catalog.entries())).map(({ name }) => name));
    for (let index = 0; index < containers; index++) expect(names).toContain(tableOf(containerOf(index)));
  });

  it('is not written to when nothing is to be done', { timeout: 60_000 }, async () => {
    const before = {
      writes: calls(writes),
      reads: calls(/^glue GetPartitions/),
      lists: calls(/^glue GetTables/),
    };
    const { report } = await update(Number.MAX_SAFE_INTEGER);
    expect(report).toMatchObject({
      tables: containers,
      problems: [],
      tablesMade: 0,
      partitionsMade: 0,
      partitionsRemoved: 0,
      replaced: 0,
    });
    expect(calls(writes) - before.writes).toBe(0);
    // One for each table, and for those of stormdrain's own.
    expect(calls(/^glue GetPartitions/) - before.reads).toBeLessThanOrEqual(containers + 4);
    const lists = calls(/^glue GetTables/) - before.lists;
    const entries = (await Array.fromAsync(ports.catalog.entries())).length;
    expect(lists).toBe(Math.ceil(entries / 100));
  });

  it('is right also when two updates repair it at once', async () => {
    const broken = Array.from({ length: 8 }, (_, index) => containerOf(8 + index));
    for (const container of broken)
      await ports.catalog.removePartitions(`${tableOf(container)}_raw`, [
        partitionOf(container, days[2]).values,
      ]);
    const repair = () =>
      reconcileTables(ports, { containers: broken.map((container) => ({ family: 'shop', container })) });
    const both = await Promise.all([repair(), repair()]);
    for (const { problems } of both) expect(problems).toEqual([]);
    for (const container of broken) expect(await registered(container)).toEqual(right(container));
  });
});

/** Nothing is made, and each partition for itself is said to have failed in a way that passes. */
const failOneByOne = (call: ServiceCall): Fault => {
  const { PartitionInputList } = jsonBody(call) as {
    readonly PartitionInputList: readonly { readonly Values: readonly string[] }[];
  };
  const Errors = PartitionInputList.map(({ Values }) => ({
    PartitionValues: Values,
    ErrorDetail: { ErrorCode: 'InternalServiceException', ErrorMessage: 'try again' },
  }));
  return { kind: 'answer', answer: json(200, { Errors }) };
};
