import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FolderStore } from '../../../src/platform/local/folder-store.ts';
import { type LocalLogs, localLogs } from '../../../src/platform/local/local-logs.ts';
import type { QueryAnswer } from '../../../src/platform/ports/logs-api.ts';

let root: string;
let logs: LocalLogs;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'stormdrain-logs-'));
  const store = new FolderStore(root);
  logs = localLogs({
    store,
    runTimes: async () => undefined,
    nowMillis: () => Date.parse('2018-12-01T00:00:00Z'),
  });
  const line = (time: string, log: string): string =>
    `${JSON.stringify({ time, log, source: 'stdout', container_name: 'app' })}\n`;
  const put = (key: string, ...lines: readonly string[]) => store.put(key, gzipSync(lines.join('')));
  await put(
    'logs/my-awesome-app/app/year=2018/month=11/day=28/230000-a.gz',
    line('2018-11-28T23:59:59.999999Z', 'ERROR late'),
    line('2018-11-28T09:00:00.000001Z', 'ERROR early'),
    line('2018-11-28T10:00:00.000000Z', 'fine'),
    line('2018-11-29T00:00:00.000000Z', 'ERROR of the next day, in this day’s file'),
    'no record, and no ERROR of a container\n',
  );
  await put(
    'logs/my-awesome-app/app/year=2018/month=01/day=05/000000-a.gz',
    line('2018-01-05T00:00:00.000000Z', 'ERROR in January'),
  );
});
afterAll(async () => {
  await logs.close();
  await rm(root, { recursive: true, force: true });
});

const answerOf = async (queryId: string): Promise<Extract<QueryAnswer, { kind: 'succeeded' }>> => {
  for (;;) {
    const answer = await logs.api.look(queryId);
    if (answer.kind === 'succeeded') return answer;
    if (answer.kind !== 'running') throw new Error(JSON.stringify(answer));
  }
};

it('answers a question of plain SQL over days whose folders are padded, with nothing registered by hand', async () => {
  const { queryId } = await logs.api.select({
    sql: `select time, log from "my_awesome_app_app" where year = 2018 and month = 11 and day = 28 and log like '%ERROR%' order by time`,
  });
  const { rows, scannedBytes } = await answerOf(queryId);
  expect(rows).toEqual([
    ['2018-11-28T09:00:00.000Z', 'ERROR early'],
    ['2018-11-28T23:59:59.999Z', 'ERROR late'],
    ['2018-11-29T00:00:00.000Z', 'ERROR of the next day, in this day’s file'],
    [null, 'no record, and no ERROR of a container'],
  ]);
  const file = await logs.ports.store.get('logs/my-awesome-app/app/year=2018/month=11/day=28/230000-a.gz');
  expect(scannedBytes).toBe(file.kind === 'found' ? file.body.length : undefined);
});

it('answers a question about a container, and sees what came since the last one', async () => {
  const question = {
    family: 'my-awesome-app',
    container: 'app',
    sinceMillis: Date.parse('2018-11-29T00:00:00Z'),
    untilMillis: Date.parse('2018-11-30T00:00:00Z'),
    text: 'ERROR',
    limit: 10,
  };
  const logsOf = async (): Promise<readonly unknown[]> => {
    const { columns, rows } = await answerOf((await logs.api.ask(question)).queryId);
    const column = columns.findIndex(({ name }) => name === 'log');
    // The first row counts lines that are no records.
    return rows.map((row) => row[column]).filter((log) => log !== null);
  };
  expect(await logsOf()).toEqual(['ERROR of the next day, in this day’s file']);
  await logs.ports.store.put(
    'logs/my-awesome-app/app/year=2018/month=11/day=29/000000-a.gz',
    gzipSync(`${JSON.stringify({ time: '2018-11-29T12:00:00.000000Z', log: 'ERROR new' })}\n`),
  );
  expect(await logsOf()).toEqual(['ERROR of the next day, in this day’s file', 'ERROR new']);
});

it('answers a question about days that are past any retention, and deletes none for being asked', async () => {
  const home = await mkdtemp(join(tmpdir(), 'stormdrain-logs-'));
  const store = new FolderStore(home);
  const here = localLogs({
    store,
    runTimes: async () => undefined,
    nowMillis: () => Date.parse('2020-01-15T12:00:00Z'),
  });
  const put = (day: string) =>
    store.put(
      `logs/my-awesome-app/app/${day}/230000-a.gz`,
      gzipSync(`${JSON.stringify({ time: '2018-11-28T09:00:00Z', log: 'ERROR' })}\n`),
    );
  const keys = async (): Promise<readonly string[]> => {
    const found: string[] = [];
    for await (const { key } of store.objects('logs/')) found.push(key);
    return found;
  };
  const count = async (): Promise<unknown> => {
    const { queryId } = await here.api.select({
      sql: 'select count(*) from "my_awesome_app_app" where year = 2018 and month = 11',
    });
    for (;;) {
      const answer = await here.api.look(queryId);
      if (answer.kind === 'succeeded') return answer.rows;
      if (answer.kind !== 'running') throw new Error(JSON.stringify(answer));
    }
  };
  await put('year=2018/month=11/day=28');
  expect(await count()).toEqual([[1]]);
  // Short retention deletes when the catalog is brought up to date by somebody's wish, and only then.
  await store.put('config/logs.yml', Buffer.from('version: 1\ndefaults: { retention: 30 days }\n'));
  await put('year=2018/month=11/day=29');
  expect(await count()).toEqual([[2]]);
  expect(await keys()).toHaveLength(2);
  await here.api.updateCatalog();
  expect(await keys()).toEqual([]);
  await here.close();
  await rm(home, { recursive: true, force: true });
});
