import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LogQuestion, LogsApi } from '../../src/platform/ports/logs-api.ts';
import { type AskingFolder, answerOf, openAskingFolder } from '../logs/asking/asking-folder.ts';
import { plainAnswer, putSample } from '../logs/asking/sample-logs.ts';

/** An API over the sample's logs in a folder. */
export interface LogsApiUnderTest {
  readonly api: LogsApi;
  close(): Promise<void>;
}

export const aFolderOfLogs = async (): Promise<AskingFolder> => {
  const folder = await openAskingFolder();
  await putSample(folder);
  return folder;
};

const aQuestion: LogQuestion = {
  family: 'shop',
  container: 'app',
  sinceMillis: Date.UTC(2026, 10, 20),
  untilMillis: Date.UTC(2026, 10, 21, 12, 0, 0, 1),
  text: 'ERROR',
  limit: 1000,
};

/** What every logs API must do; run on each implementation. */
export const describeLogsApiContract = (name: string, open: () => Promise<LogsApiUnderTest>): void => {
  describe(`logs API contract: ${name}`, () => {
    let made: LogsApiUnderTest | undefined;
    const api = (): LogsApi => {
      if (made === undefined) throw new Error('not open');
      return made.api;
    };
    beforeAll(async () => {
      made = await open();
    });
    afterAll(() => made?.close());

    it('knows no table before the catalog was brought up to date, and all of them after', async () => {
      expect(await api().tables()).toEqual([]);
      await expect(api().ask(aQuestion)).rejects.toMatchObject({ name: 'LogTableNotFound' });
      const update = await api().updateCatalog();
      expect(update).toMatchObject({ isDone: true, partitionsRemoved: 0, problems: [] });
      expect(update.tablesMade).toBeGreaterThanOrEqual(3);
      expect(update.partitionsMade).toBeGreaterThanOrEqual(15);
      expect(await api().tables()).toEqual([
        {
          table: 'my_awesome_app_app',
          family: 'my-awesome-app',
          container: 'app',
          mode: 'registered',
          retentionDays: 36_500,
          compactedDays: 0,
        },
        expect.objectContaining({ table: 'shop_app', family: 'shop', container: 'app' }),
        expect.objectContaining({ table: 'shop_web', family: 'shop', container: 'web' }),
      ]);
    });

    it('answers a question, oldest line first', async () => {
      const { queryId, warnings } = await api().ask(aQuestion);
      expect(warnings).toEqual([]);
      const { rows, columns, scannedBytes } = await answerOf(api(), queryId);
      const expected = plainAnswer(aQuestion);
      const log = columns.findIndex((column) => column.name === 'log');
      expect(rows.slice(expected.malformed).map((row) => row[log])).toEqual(
        expected.lines.map((line) => line.log),
      );
      expect(expected.lines.length).toBeGreaterThan(5);
      expect(scannedBytes).toBeGreaterThan(0);
    });

    it('takes every part of a question', async () => {
      const question = {
        ...aQuestion,
        text: 'GET',
        regex: '\\d+ms$',
        task: '0b1c2',
        limit: 2,
        maxScanBytes: 1_000_000,
      };
      const { queryId } = await api().ask(question);
      const { rows } = await answerOf(api(), queryId);
      expect(rows).toHaveLength(plainAnswer(question).malformed + 2);
      const malformed = { ...aQuestion, malformed: true };
      const broken = await answerOf(api(), (await api().ask(malformed)).queryId);
      expect(broken.rows.length).toBe(plainAnswer(malformed).lines.length);
      expect(broken.rows.length).toBeGreaterThan(1);
    });

    it('answers a SELECT, warns of one that reads a table whole, and pages through it', async () => {
      const sql =
        'SELECT b.log, a.micros FROM (SELECT micros FROM shop_app ORDER BY time LIMIT 20) a, shop_app b WHERE b.day = 20';
      const { queryId, warnings } = await api().select({ sql });
      expect(warnings).toEqual([expect.stringContaining('shop_app is read whole')]);
      const { rows, columns } = await answerOf(api(), queryId);
      expect(columns.map((column) => column.name)).toEqual(['log', 'micros']);
      expect(rows).toHaveLength(20 * 60);
    });

    it.each([
      [{ sql: 'DROP TABLE shop_app' }, 'begins with DROP'],
      [{ sql: 'SELECT 1; SELECT 2' }, 'a second statement'],
      [{ sql: 'SELECT * FROM shop_app', maxScanBytes: 10 }, 'no more than 10 B may be scanned'],
    ])('refuses %o before it starts', async (question, why) => {
      await expect(api().select(question)).rejects.toMatchObject({
        name: 'QueryInvalid',
        message: expect.stringContaining(why),
      });
    });

    it('refuses a pattern that engines read differently', async () => {
      await expect(api().ask({ ...aQuestion, regex: '(?=x)' })).rejects.toMatchObject({
        name: 'QueryInvalid',
        message: expect.stringContaining('look-ahead'),
      });
    });

    it('tells of a query that fails why it did', async () => {
      const { queryId } = await api().select({ sql: 'SELECT no_such_column FROM runs' });
      let answer = await api().look(queryId);
      while (answer.kind === 'running') answer = await api().look(queryId);
      expect(answer).toMatchObject({ kind: 'failed', isPassing: false, usd: 0 });
      expect(answer.kind === 'failed' && answer.message).toContain('no_such_column');
    });

    it('knows no query but its own', async () => {
      const id = 'e52f3a51-1111-2222-3333-444455556666';
      await expect(api().look(id)).rejects.toMatchObject({ name: 'QueryNotFound' });
      await expect(api().cancel(id)).rejects.toMatchObject({ name: 'QueryNotFound' });
      const { queryId } = await api().select({ sql: 'SELECT 1' });
      await expect(api().cancel(queryId)).resolves.toBeUndefined();
    });
  });
};
