import { afterEach, describe, expect, it } from 'vitest';
import type { SqlCell, SqlEngine, SqlStatus, SqlValue } from '../../src/platform/ports/sql-engine.ts';

/** What a query is to give, for a server that carries none out: cells as Athena writes them, null as it leaves them out. */
export interface ExpectedAnswer {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly (string | null)[])[];
}

/** An engine, and what a test needs to ask it something. Its functions are taken out of it one by one: no `this`. */
export interface SqlEngineUnderTest {
  readonly engine: SqlEngine;
  /** Before a query is started. An engine that carries queries out has nothing to do. */
  prepare(answer: ExpectedAnswer): Promise<void>;
  /** A SELECT of the whole numbers from 1 to `count` as column `n` of type bigint, ascending. */
  numbers(count: number): string;
  /** A SELECT that takes so long that it can be stopped. */
  readonly slow: string;
  /** Lets the implementation's time pass. */
  pause(millis: number): Promise<void>;
  close(): Promise<void>;
}

/** Of each type: an expression, what is said about it, Athena's text of it, and the cell. */
const typed: readonly (readonly [sql: string, type: string, text: string, cell: SqlCell])[] = [
  ["CAST('text' AS varchar)", 'varchar', 'text', 'text'],
  ['CAST(7 AS integer)', 'integer', '7', 7],
  ['CAST(-7 AS bigint)', 'bigint', '-7', -7],
  ['CAST(9007199254740991 AS bigint)', 'bigint', '9007199254740991', 9007199254740991],
  ['CAST(9007199254740993 AS bigint)', 'bigint', '9007199254740993', '9007199254740993'],
  ['CAST(0.5 AS double)', 'double', '0.5', 0.5],
  ['CAST(1e21 AS double)', 'double', '1.0E21', 1e21],
  ["CAST('NaN' AS double)", 'double', 'NaN', 'NaN'],
  ['1 = 1', 'boolean', 'true', true],
  ['1 = 2', 'boolean', 'false', false],
  ['CAST(12.50 AS decimal(10, 2))', 'decimal(10,2)', '12.50', '12.50'],
  ['json_format(CAST(ARRAY[1, 2] AS json))', 'varchar', '[1,2]', '[1,2]'],
  ["CAST('2026-11-21' AS date)", 'date', '2026-11-21', '2026-11-21'],
  [
    "CAST('2026-11-21 22:33:44.123' AS timestamp(3))",
    'timestamp(3)',
    '2026-11-21 22:33:44.123',
    '2026-11-21T22:33:44.123Z',
  ],
  [
    "CAST('2026-11-21 00:00:00' AS timestamp(3))",
    'timestamp(3)',
    '2026-11-21 00:00:00.000',
    '2026-11-21T00:00:00.000Z',
  ],
];

const hostile = `it's "; DROP TABLE x; -- /* \\ \n ? ${'é'} ${'日'} ${'😀'}`;

/** What every SQL engine must do; run on each implementation. */
export const describeSqlEngineContract = (name: string, open: () => Promise<SqlEngineUnderTest>): void => {
  describe(`SQL engine contract: ${name}`, () => {
    const opened: SqlEngineUnderTest[] = [];
    const fresh = async (): Promise<SqlEngineUnderTest> => {
      const made = await open();
      opened.push(made);
      return made;
    };
    afterEach(async () => {
      for (const made of opened.splice(0)) await made.close();
    });

    const request = (sql: string, parameters: readonly SqlValue[] = []) => ({
      sql,
      parameters,
      reuseMinutes: 0,
      token: crypto.randomUUID(),
    });
    const ended = async ({ engine, pause }: SqlEngineUnderTest, queryId: string): Promise<SqlStatus> => {
      for (let looks = 0; looks < 400; looks++) {
        const status = await engine.status(queryId);
        if (status === undefined) throw new Error(`no query ${queryId}`);
        if (status.kind !== 'running') return status;
        await pause(25);
      }
      throw new Error(`query ${queryId} goes on and on`);
    };
    const answer = async (
      tested: SqlEngineUnderTest,
      sql: string,
      expected: ExpectedAnswer,
      parameters: readonly SqlValue[] = [],
    ) => {
      await tested.prepare(expected);
      const queryId = await tested.engine.start(request(sql, parameters));
      const status = await ended(tested, queryId);
      if (status.kind !== 'succeeded') throw new Error(JSON.stringify(status));
      const first = await tested.engine.page(queryId);
      const pages = [first.rows];
      for (let next = first.next; next !== undefined; ) {
        const page = await tested.engine.page(queryId, next);
        expect(page.columns).toEqual(first.columns);
        pages.push(page.rows);
        next = page.next;
      }
      return { queryId, status, columns: first.columns, pages, rows: pages.flat() };
    };

    it('gives each cell by the type of its column', async () => {
      const columns = typed.map(([, type], index) => ({ name: `c${index}`, type }));
      const sql = `SELECT ${typed.map(([expression], index) => `${expression} AS c${index}`).join(', ')}`;
      const answered = await answer(await fresh(), sql, { columns, rows: [typed.map(([, , text]) => text)] });
      expect(answered.columns).toEqual(columns);
      expect(answered.rows).toEqual([typed.map(([, , , cell]) => cell)]);
      expect(answered.status).toMatchObject({ isReused: false, scannedBytes: 0 });
    });

    it('tells nothing from an empty text', async () => {
      const columns = ['nothing', 'empty'].map((column) => ({ name: column, type: 'varchar' }));
      const sql = "SELECT CAST(NULL AS varchar) AS nothing, CAST('' AS varchar) AS empty";
      const answered = await answer(await fresh(), sql, { columns, rows: [[null, '']] });
      expect(answered.rows).toEqual([[null, '']]);
    });

    it('keeps a first row that only looks like the names of the columns', async () => {
      const columns = [{ name: 'a', type: 'varchar' }];
      const sql = "SELECT CAST('a' AS varchar) AS a";
      const answered = await answer(await fresh(), sql, { columns, rows: [['a']] });
      expect(answered.rows).toEqual([['a']]);
    });

    it('puts values in the place of the question marks, in their order, whatever is in them', async () => {
      const columns = [
        { name: 'a', type: 'varchar' },
        { name: 'b', type: 'integer' },
        { name: 'c', type: 'double' },
        { name: 'd', type: 'boolean' },
      ];
      const sql =
        'SELECT CAST(? AS varchar) AS a, CAST(? AS integer) AS b, CAST(? AS double) AS c, CAST(? AS boolean) AS d';
      const expected = { columns, rows: [[hostile, '-12', '0.25', 'true']] };
      const answered = await answer(await fresh(), sql, expected, [hostile, -12, 0.25, true]);
      expect(answered.rows).toEqual([[hostile, -12, 0.25, true]]);
    });

    it('gives many rows in pages of at most a thousand, each once and in order', async () => {
      const tested = await fresh();
      const numbers = Array.from({ length: 2_500 }, (_, index) => index + 1);
      const answered = await answer(tested, tested.numbers(2_500), {
        columns: [{ name: 'n', type: 'bigint' }],
        rows: numbers.map((number) => [String(number)]),
      });
      expect(Math.max(...answered.pages.map((rows) => rows.length))).toBeLessThanOrEqual(1_000);
      expect(answered.rows.map(([number]) => number)).toEqual(numbers);
    });

    it('says which columns there are when there is no row', async () => {
      const tested = await fresh();
      const columns = [{ name: 'n', type: 'bigint' }];
      const sql = `SELECT n FROM (${tested.numbers(3)}) AS t WHERE n < 0`;
      const { queryId, ...answered } = await answer(tested, sql, { columns, rows: [] });
      expect(answered.columns).toEqual(columns);
      expect(answered.rows).toEqual([]);
    });

    it('starts a query once for one token', async () => {
      const tested = await fresh();
      const asked = request(tested.numbers(1));
      await tested.prepare({ columns: [{ name: 'n', type: 'bigint' }], rows: [['1']] });
      const queryId = await tested.engine.start(asked);
      expect(await tested.engine.start(asked)).toBe(queryId);
      expect(await tested.engine.start({ ...asked, token: crypto.randomUUID() })).not.toBe(queryId);
      await ended(tested, queryId);
    });

    it('knows no query that nobody has started', async () => {
      const { engine } = await fresh();
      const queryId = '00000000-0000-4000-8000-000000000000';
      expect(await engine.status(queryId)).toBeUndefined();
      await engine.cancel(queryId);
      await expect(engine.page(queryId)).rejects.toMatchObject({ name: 'QueryNotFound' });
    });

    it('stops a query, also one that has stopped', async () => {
      const tested = await fresh();
      const queryId = await tested.engine.start(request(tested.slow));
      await tested.engine.cancel(queryId);
      expect(await ended(tested, queryId)).toMatchObject({ kind: 'cancelled' });
      await tested.engine.cancel(queryId);
      expect(await ended(tested, queryId)).toMatchObject({ kind: 'cancelled' });
    });

    it('says why a query can not be answered, at its start or at its end', async () => {
      const tested = await fresh();
      const started = await tested.engine
        .start(request('SELECT a FROM no_such_table'))
        .catch((error: unknown) => error);
      if (started instanceof Error) {
        expect(started).toMatchObject({
          name: 'QueryInvalid',
          message: expect.stringContaining('no_such_table'),
        });
        return;
      }
      expect(await ended(tested, String(started))).toMatchObject({
        kind: 'failed',
        cause: 'query',
        message: expect.stringContaining('no_such_table'),
      });
    });
  });
};
