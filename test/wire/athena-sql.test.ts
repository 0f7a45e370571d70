import { setTimeout as sleep } from 'node:timers/promises';
import { AthenaClient, CreateWorkGroupCommand, GetQueryExecutionCommand } from '@aws-sdk/client-athena';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AthenaSql } from '../../src/platform/aws/athena-sql.ts';
import { queueResults } from '../contract/logs-gaps.ts';
import { describeSqlEngineContract, type ExpectedAnswer } from '../contract/sql-engine.contract.ts';
import { json, throttled } from '../rehearsal/fault-rules.ts';
import { testClientOptions } from './aws-clients.ts';
import { startWholeAws, type WholeAws } from './support/whole-aws.ts';

let aws: WholeAws;
let groups = 0;
beforeAll(async () => {
  aws = await startWholeAws();
});
afterAll(() => aws.close());

/** As Athena describes a column: how precise it is stands beside its type. */
const columnInfo = ({ name, type }: ExpectedAnswer['columns'][number]) => {
  const [, Type = type, first, second] = /^(\w+)\((\d+)(?:,(\d+))?\)$/.exec(type) ?? [];
  return { Name: name, Type, Precision: Number(first ?? 0), Scale: Number(second ?? 0) };
};

const open = async () => {
  const client = new AthenaClient(testClientOptions(aws.url));
  groups += 1;
  const workGroup = `questions-${groups}`;
  await client.send(new CreateWorkGroupCommand({ Name: workGroup }));
  return {
    client,
    workGroup,
    engine: new AthenaSql(client, { workGroup, database: 'logs' }),
    prepare: ({ columns, rows }: ExpectedAnswer) =>
      queueResults(aws.url, {
        rows: [columns.map(({ name }) => name), ...rows].map((row) => ({
          Data: row.map((text) => (text === null ? {} : { VarCharValue: text })),
        })),
        column_info: columns.map(columnInfo),
      }),
    numbers: (count: number) => `SELECT n FROM UNNEST(sequence(1, ${count})) AS t(n)`,
    slow: 'SELECT 1 AS n',
    pause: (millis: number) => sleep(Math.min(millis, 1)),
    close: async () => client.destroy(),
  };
};

describeSqlEngineContract('Athena', open);

const request = { sql: 'SELECT 1 AS n', parameters: [], reuseMinutes: 0 };
const token = () => crypto.randomUUID();
const matches = ({ service }: { readonly service: string }): boolean => service === 'athena';

describe('Athena as an engine', () => {
  it('asks in its work group and database, with values as literals', async () => {
    const { client, workGroup, engine, close } = await open();
    const QueryExecutionId = await engine.start({
      ...request,
      sql: 'SELECT ?, ?, ?',
      parameters: ["it's", -1.5, false],
      token: token(),
    });
    const { QueryExecution } = await client.send(new GetQueryExecutionCommand({ QueryExecutionId }));
    expect(QueryExecution).toMatchObject({
      Query: 'SELECT ?, ?, ?',
      ExecutionParameters: ["'it''s'", '-1.5', 'false'],
      WorkGroup: workGroup,
      QueryExecutionContext: { Catalog: 'AwsDataCatalog', Database: 'logs' },
    });
    await close();
  });

  it('lets older results be given again only when asked to', async () => {
    const { engine, close } = await open();
    const seen: unknown[] = [];
    const watch = aws.inject({
      matches: ({ action, body }) => {
        if (action === 'StartQueryExecution') seen.push(JSON.parse(body.toString()).ResultReuseConfiguration);
        return false;
      },
      fault: throttled,
      hits: { first: 0 },
    });
    for (const reuseMinutes of [0, 30, 1_000_000])
      await engine.start({ ...request, reuseMinutes, token: token() });
    watch.remove();
    const reuse = (MaxAgeInMinutes: number) => ({
      ResultReuseByAgeConfiguration: { Enabled: true, MaxAgeInMinutes },
    });
    expect(seen).toEqual([undefined, reuse(30), reuse(10_080)]);
    await close();
  });

  it('refuses what Athena would not take, before it asks', async () => {
    const { engine, close } = await open();
    const before = aws.calls.get('athena StartQueryExecution');
    const longest = 'x'.repeat(1_022);
    await expect(
      engine.start({ ...request, parameters: [`${longest}x`], token: token() }),
    ).rejects.toMatchObject({ name: 'QueryInvalid', message: expect.stringContaining('1025 characters') });
    await expect(
      engine.start({ ...request, sql: `SELECT '${'ö'.repeat(131_072)}'`, token: token() }),
    ).rejects.toMatchObject({ name: 'QueryInvalid', message: expect.stringContaining('262144') });
    await expect(
      engine.start({ ...request, parameters: [Number.NaN], token: token() }),
    ).rejects.toMatchObject({ name: 'QueryInvalid' });
    expect(aws.calls.get('athena StartQueryExecution')).toBe(before);
    await engine.start({ ...request, parameters: [longest], token: token() });
    await close();
  });

  it('says that a query is malformed when Athena refuses its text at once', async () => {
    const { engine, close } = await open();
    const fault = {
      kind: 'answer',
      answer: json(400, {
        __type: 'InvalidRequestException',
        AthenaErrorCode: 'MALFORMED_QUERY',
        Message: "line 1:1: mismatched input 'SELEC'",
      }),
    } as const;
    const refused = aws.inject({ matches, fault, hits: { first: 1 } });
    await expect(engine.start({ ...request, sql: 'SELEC 1', token: token() })).rejects.toMatchObject({
      name: 'QueryInvalid',
      message: expect.stringContaining("mismatched input 'SELEC'"),
    });
    refused.remove();
    await close();
  });

  it('says which work group is not there', async () => {
    const { client, close } = await open();
    const engine = new AthenaSql(client, { workGroup: 'nowhere', database: 'logs' });
    await expect(engine.start({ ...request, token: token() })).rejects.toMatchObject({
      name: 'SqlRefused',
      message: expect.stringMatching(/nowhere.*Check that the work group exists/),
    });
    await close();
  });

  it("knows no query of another work group's", async () => {
    const [mine, theirs] = [await open(), await open()];
    const queryId = await theirs.engine.start({ ...request, token: token() });
    expect(await mine.engine.status(queryId)).toBeUndefined();
    await mine.close();
    await theirs.close();
  });

  it('goes on when it is throttled, and gives up when that does not end', async () => {
    const { workGroup, engine, close } = await open();
    const passing = aws.inject({ matches, fault: throttled, hits: { first: 1 } });
    const queryId = await engine.start({ ...request, token: token() });
    passing.remove();
    const tooMany = { __type: 'TooManyRequestsException', Reason: 'CONCURRENT_QUERY_LIMIT_EXCEEDED' };
    const impatient = new AthenaClient({ ...testClientOptions(aws.url), maxAttempts: 1 });
    const once = new AthenaSql(impatient, { workGroup, database: 'logs' });
    for (const fault of [throttled, { kind: 'answer', answer: json(400, tooMany) } as const]) {
      const lasting = aws.inject({ matches, fault, hits: { probability: 1 } });
      for (const call of [
        () => once.start({ ...request, token: token() }),
        () => once.status(queryId),
        () => once.page(queryId),
        () => once.cancel(queryId),
      ])
        await expect(call()).rejects.toMatchObject({ name: 'SqlUnavailable' });
      lasting.remove();
    }
    impatient.destroy();
    await close();
  });
});
