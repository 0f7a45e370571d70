import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { AthenaClient, CreateWorkGroupCommand } from '@aws-sdk/client-athena';
import { CreateDatabaseCommand, GlueClient } from '@aws-sdk/client-glue';
import type { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DirectLogsApi } from '../../src/logs/asking/direct-logs-api.ts';
import { storedQueryBook } from '../../src/logs/asking/query-book.ts';
import { athenaUsdPerTerabyte } from '../../src/logs/asking/query-price.ts';
import { reconcileTables } from '../../src/logs/catalog/reconcile-tables.ts';
import { defaultSettings } from '../../src/logs/catalog/table-settings.ts';
import { salvageObject } from '../../src/logs/salvage/salvage-object.ts';
import { AthenaSql } from '../../src/platform/aws/athena-sql.ts';
import { GlueCatalog } from '../../src/platform/aws/glue-catalog.ts';
import { S3Store } from '../../src/platform/aws/s3-store.ts';
import { queueResults } from '../contract/logs-gaps.ts';
import { json } from '../rehearsal/fault-rules.ts';
import { jsonBody } from '../rehearsal/service-call.ts';
import { openBucket, testClientOptions } from './aws-clients.ts';
import { startWholeAws, type WholeAws } from './support/whole-aws.ts';

const bucket = 'runs';
const key = 'logs/shop/app/year=2026/month=11/day=21/120000-a.gz';
const nowMillis = Date.UTC(2026, 10, 21, 13);
const question = {
  family: 'shop',
  container: 'app',
  sinceMillis: nowMillis - 7_200_000,
  untilMillis: nowMillis,
  text: "it's",
  limit: 10,
};

let aws: WholeAws;
let s3: S3Client;
let athena: AthenaClient;
let glue: GlueClient;
let store: S3Store;
/** As each request to the stack's API has it: only the store is shared. */
let open: () => DirectLogsApi;

beforeAll(async () => {
  aws = await startWholeAws();
  s3 = await openBucket(aws.url, bucket);
  athena = new AthenaClient(testClientOptions(aws.url));
  glue = new GlueClient(testClientOptions(aws.url));
  store = new S3Store(s3, bucket);
  await athena.send(new CreateWorkGroupCommand({ Name: 'questions' }));
  await glue.send(new CreateDatabaseCommand({ DatabaseInput: { Name: 'logs' } }));
  const ports = {
    store,
    listing: store,
    catalog: new GlueCatalog(glue, 'logs'),
    sql: new AthenaSql(athena, { workGroup: 'questions', database: 'logs' }),
    time: { nowMillis: () => nowMillis, sleep: (millis: number) => sleep(Math.min(millis, 1)) },
    random: Math.random,
    runTimes: async () => undefined,
    defaults: defaultSettings,
  };
  const whole = gzipSync('{"time":"2026-11-21T12:00:00.000000Z","log":"it\'s cut"}\n'.repeat(50));
  await store.put(key, whole.subarray(0, whole.length - 12));
  await reconcileTables(ports, { families: ['shop'] });
  open = () =>
    new DirectLogsApi(ports, {
      usdPerTerabyte: athenaUsdPerTerabyte,
      book: storedQueryBook(store),
      updateCatalog: () => Promise.reject(new Error('not asked for')),
      salvage: async (object) => (await salvageObject(ports, object)).kind === 'salvaged',
    });
});
afterAll(async () => {
  for (const client of [s3, athena, glue]) client.destroy();
  await aws.close();
});

const column_info = [{ Name: 'log', Type: 'varchar' }];
const rowsOf = (texts: readonly string[]) =>
  ['log', ...texts].map((VarCharValue) => ({ Data: [{ VarCharValue }] }));

/** What Athena was asked to do while `work` went on. */
const watched = async (action: string, work: () => Promise<unknown>) => {
  const seen: Readonly<Record<string, unknown>>[] = [];
  const watch = aws.inject({
    matches: (call) => {
      if (call.action === action) seen.push(jsonBody(call));
      return false;
    },
    fault: { kind: 'answer', answer: json(500, {}) },
    hits: { first: 0 },
  });
  await work();
  watch.remove();
  return seen;
};

const answerOf = async (queryId: string, after?: string) => {
  for (let looks = 0; looks < 100; looks++) {
    const answer = await open().look(queryId, after);
    if (answer.kind !== 'running') return answer;
  }
  throw new Error('it does not end');
};

describe('a question that Athena answers', () => {
  it('is read page by page, each time by another process', async () => {
    const texts = Array.from({ length: 1500 }, (_, n) => `it's ${n}`);
    await queueResults(aws.url, { rows: rowsOf(texts), column_info });
    let queryId = '';
    const [request] = await watched('StartQueryExecution', async () => {
      ({ queryId } = await open().ask(question));
    });
    expect(request).toMatchObject({
      WorkGroup: 'questions',
      QueryExecutionContext: { Database: 'logs' },
      ExecutionParameters: ["'2026-11-21 11:00:00.000'", "'2026-11-21 13:00:00.000'", "'it''s'"],
    });
    expect(request?.QueryString).toContain('FROM "shop_app"');
    expect(request?.QueryString).not.toContain("it's");
    const got: unknown[] = [];
    let after: string | undefined;
    do {
      const answer = await answerOf(queryId, after);
      if (answer.kind !== 'succeeded') throw new Error(JSON.stringify(answer));
      got.push(...answer.rows.flat());
      after = answer.next;
    } while (after !== undefined);
    expect(got).toEqual(texts);
  });

  it('that cannot be answered says why', async () => {
    const { queryId } = await open().select({ sql: 'SELECT a FROM no_such_table' });
    expect(await answerOf(queryId)).toMatchObject({
      kind: 'failed',
      isPassing: false,
      usd: 0,
      message: "TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.logs.no_such_table' does not exist.",
    });
  });

  it('is ended by whoever asked it', async () => {
    const { queryId } = await open().select({ sql: 'SELECT 1' });
    const stopped = await watched('StopQueryExecution', () => open().cancel(queryId));
    expect(stopped).toEqual([{ QueryExecutionId: expect.any(String) }]);
    expect(stopped[0]?.QueryExecutionId).not.toBe(queryId);
  });

  it("is nobody's by Athena's own id", async () => {
    const { queryId } = await open().select({ sql: 'SELECT 2' });
    const [stopped] = await watched('StopQueryExecution', () => open().cancel(queryId));
    const engineId = stopped?.QueryExecutionId;
    expect(engineId).toMatch(/^[0-9a-f-]{36}$/);
    await expect(open().look(String(engineId))).rejects.toMatchObject({ name: 'QueryNotFound' });
    await expect(open().cancel(String(engineId))).rejects.toMatchObject({ name: 'QueryNotFound' });
  });

  it('has an object salvaged that Athena cannot read, and is started again', async () => {
    const { queryId } = await open().ask({ ...question, limit: 11 });
    await queueResults(aws.url, { rows: rowsOf(["it's cut"]), column_info });
    const reason = `HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split s3://${bucket}/${key} (offset=0, length=80): Unexpected end of input stream`;
    const failing = aws.inject({
      matches: ({ service, action }) => service === 'athena' && action === 'GetQueryExecution',
      fault: {
        kind: 'answer',
        answer: json(200, {
          QueryExecution: {
            WorkGroup: 'questions',
            Status: { State: 'FAILED', StateChangeReason: reason, AthenaError: { ErrorCategory: 2 } },
          },
        }),
      },
      hits: { first: 1 },
    });
    let answer: Awaited<ReturnType<typeof answerOf>> | undefined;
    const again = await watched('StartQueryExecution', async () => {
      answer = await answerOf(queryId);
    });
    failing.remove();
    expect(again).toHaveLength(1);
    expect(answer).toMatchObject({ kind: 'succeeded', rows: [["it's cut"]] });
    const keys: string[] = [];
    for (const prefix of ['logs/shop/', 'unreadable/'])
      for await (const object of store.objects(prefix)) keys.push(object.key);
    expect(keys).toEqual([key.replace('.gz', '-salvaged.gz'), `unreadable/${key}`]);
  });
});
