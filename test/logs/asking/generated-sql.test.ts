import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planDemoSteps } from '../../../src/cli/commands/demo.ts';
import { checkSelect } from '../../../src/logs/asking/check-select.ts';
import { compileQuestion, lineColumns } from '../../../src/logs/asking/compile-question.ts';
import { namedQueries } from '../../../src/logs/asking/named-queries.ts';
import { logColumns } from '../../../src/logs/catalog/log-columns.ts';
import { parseLogSettings } from '../../../src/logs/catalog/parse-log-settings.ts';
import { systemTables } from '../../../src/logs/catalog/system-tables.ts';
import { defaultSettings } from '../../../src/logs/catalog/table-settings.ts';
import { newTableState } from '../../../src/logs/catalog/table-state.ts';
import { compactSelectSql, logViewSql, systemViewSql } from '../../../src/logs/catalog/view-sql.ts';
import { unloadSql } from '../../../src/logs/compaction/unload-sql.ts';
import { dayOf } from '../../../src/logs/layout/utc-day.ts';
import type { LogQuestion } from '../../../src/platform/ports/logs-api.ts';
import type { SqlCell } from '../../../src/platform/ports/sql-engine.ts';
import { runMachine } from '../compaction/support/run-machine.ts';
import { trinoGrammar } from '../support/trino-grammar.ts';
import { type AskingFolder, answerOf, openAskingFolder, selected } from './asking-folder.ts';
import { plainAnswer, putSample, sampleLines, sampleTables, sampleTasks, scanned } from './sample-logs.ts';

const cases = Number(process.env.STORMDRAIN_SQL_CASES ?? 6);
const minute = 60_000;
const from = Date.UTC(2026, 10, 18);

const questions: fc.Arbitrary<LogQuestion> = fc
  .record({
    of: fc.constantFrom(
      { family: 'shop' },
      { family: 'shop', container: 'app' },
      { family: 'shop', container: 'web' },
      { family: 'my-awesome-app', container: 'app' },
    ),
    start: fc.integer({ min: 0, max: 5 * 1440 }),
    length: fc.oneof(fc.integer({ min: 1, max: 120 }), fc.integer({ min: 1, max: 30 * 1440 })),
    limit: fc.constantFrom(1, 5, 40, 1000),
    text: fc.option(fc.constantFrom('ERROR', "it's", '"quoted"', '%', '\\', '日本', '?', 'nowhere'), {
      nil: undefined,
    }),
    regex: fc.option(
      fc.constantFrom('ERROR|WARN', '^GET /products/[0-9]+ 200', '(?i)error', '\\d{3} ', '"'),
      { nil: undefined },
    ),
    task: fc.option(fc.constantFrom('0b1c2', ...sampleTasks), { nil: undefined }),
    malformed: fc.constantFrom(true, undefined, undefined, undefined),
  })
  .map(({ of, start, length, ...asked }) => ({
    ...of,
    sinceMillis: from + start * minute,
    untilMillis: from + (start + length) * minute,
    ...(JSON.parse(JSON.stringify(asked)) as Pick<LogQuestion, 'limit'>),
  }));

/** More lines than it may have, of several containers. */
const newest = { family: 'shop', sinceMillis: from, untilMillis: from + 4 * 1440 * minute, limit: 7 };

const column = (row: readonly SqlCell[], name: (typeof lineColumns)[number]): SqlCell =>
  row[lineColumns.indexOf(name)] ?? null;

const plainRow = (row: readonly SqlCell[]) => ({
  container: column(row, 'container'),
  micros:
    column(row, 'time') === null
      ? undefined
      : Date.parse(String(column(row, 'time'))) * 1000 + Number(column(row, 'micros')),
  log: column(row, 'log'),
  task: column(row, 'ecs_task_arn'),
  source: column(row, 'source'),
  hasFields: column(row, 'fields') !== null,
});

/** Lines of one instant have no order among each other. */
const inOrder = (lines: readonly ReturnType<typeof plainRow>[]) =>
  [...lines].sort(
    (a, b) => (a.micros ?? -1) - (b.micros ?? -1) || (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1),
  );

const documentation = (name: string): string =>
  readFileSync(join(import.meta.dirname, `../../../docs/${name}.md`), 'utf8');
const docs = documentation('logs');
const blocks = (language: string, text = docs): readonly string[] =>
  [...text.matchAll(/```(\w+)\n([\s\S]*?)```/g)].flatMap(([, of, block = '']) =>
    of === language ? [block] : [],
  );
/** What users are shown: in the documentation, and by the demo as a line for a shell. */
const shown = (): readonly string[] => {
  const run = { runId: 'r1', startedAt: '2026-11-20T23:59:55.123Z', durationSeconds: 15 };
  const steps = planDemoSteps(run, { invocation: 'npx stormdrain', plan: 'p.yml', server: 's.mjs' });
  return [
    ...['logs', 'results', 'scaling'].flatMap((name) => blocks('sql', documentation(name))),
    ...steps.flatMap((step) => / sql "(.*)"$/.exec(step)?.[1] ?? []),
  ];
};

let folder: AskingFolder;
beforeAll(async () => {
  folder = await openAskingFolder();
  await putSample(folder, 'first');
  // One of the tables is Parquet, by the UNLOADs of compaction; an object of each of its days came late.
  await folder.store.put(
    'config/logs.yml',
    Buffer.from(
      'version: 1\ndefaults: { compact: false }\ntables: { my-awesome-app/app: { compact: true } }\n',
    ),
  );
  await folder.api.updateCatalog();
  const time = { ...folder.ports.time, nowMillis: () => Date.UTC(2026, 10, 25) };
  const { error } = await runMachine({ ...folder.ports, time }, (text) => folder.ports.sql.unload(text));
  expect(error).toBeUndefined();
  await putSample(folder, 'late');
  const row = { run_id: 'r1', failed: 1, response_millis: { p99: 80 } };
  const second = (time: string, more: object) => JSON.stringify({ ...row, time, step: 'get', ...more });
  await folder.put('tables/run_timeline/year=2026/r1.json.gz', [
    second('2026-11-20T00:25:00.000Z', { second: 0 }),
    second('2026-11-20T00:25:01.000Z', { second: 1, response_millis: { p99: 10 } }),
    second('2026-11-20T00:50:00.900Z', { second: 2, response_millis: { p99: 95.5 } }),
    second('2026-11-20T01:15:00.000Z', { second: 3, response_millis: null }),
  ]);
  await folder.api.updateCatalog();
});
afterAll(() => folder.close());

describe('the SQL that is generated', () => {
  it('answers a question with what a scan of every line finds', async () => {
    await fc.assert(
      fc.asyncProperty(questions, async (question) => {
        const { queryId } = await folder.api.ask(question);
        const { rows, columns } = await answerOf(folder.api, queryId);
        expect(columns.map(({ name }) => name)).toEqual(lineColumns);
        const expected = plainAnswer(question);
        const lines = rows.slice(expected.malformed).map(plainRow);
        const markers = rows.slice(0, expected.malformed);
        for (const marker of markers) {
          expect(column(marker, 'malformed')).toBe(true);
          expect(column(marker, 'log')).toBeNull();
        }
        expect(lines.map(({ micros }) => micros)).toEqual(expected.lines.map(({ micros }) => micros));
        const plain = expected.lines.map(({ family, folder: _, ...line }) => line);
        expect(inOrder(lines)).toEqual(inOrder(plain));
      }),
      { numRuns: cases, seed: 7, examples: [[newest], [{ ...newest, malformed: true }]] },
    );
  });

  it('reads no other days than those of a question and their neighbours', async () => {
    const day = { family: 'shop', container: 'app', limit: 10 };
    const asked = async (sinceMillis: number): Promise<number> =>
      (
        await answerOf(
          folder.api,
          (
            await folder.api.ask({ ...day, sinceMillis, untilMillis: sinceMillis + minute })
          ).queryId,
        )
      ).scannedBytes;
    const sizes = new Map<string, number>();
    for await (const { key, bytes } of folder.store.objects('logs/shop/app/')) sizes.set(key, bytes);
    const of = (...days: readonly string[]): number =>
      [...sizes].reduce(
        (sum, [key, bytes]) => sum + (days.some((each) => key.includes(each)) ? bytes : 0),
        0,
      );
    expect(await asked(Date.UTC(2026, 10, 21, 12))).toBe(
      of('month=11/day=20', 'month=11/day=21', 'month=11/day=22'),
    );
    expect(await asked(Date.UTC(2026, 10, 1, 12))).toBe(of('month=10/day=31'));
  });

  it('has views that show each line once', async () => {
    for (const { table, family, container } of sampleTables) {
      const isParquet = family === 'my-awesome-app';
      expect((await folder.api.tables()).find((each) => each.table === table)?.compactedDays).toBe(
        isParquet ? 5 : 0,
      );
      const rows = await selected(
        folder.api,
        `SELECT time, micros, log, malformed FROM "${table}" WHERE year > 0`,
      );
      const lines = sampleLines()
        .filter((line) => line.family === family && line.container === container)
        .map(scanned);
      const texts = (all: readonly (readonly unknown[])[]) => all.map((each) => JSON.stringify(each)).sort();
      expect(
        texts(
          rows.map(([time, micros, log, malformed]) => [
            time === null ? null : Date.parse(String(time)) * 1000 + Number(micros),
            log,
            malformed,
          ]),
        ),
      ).toEqual(texts(lines.map(({ micros = null, log }) => [micros, log, micros === null])));
    }
  });

  it("answers the question that this began with, over a container's days as whole numbers", async () => {
    const sql = `select time, log from "my_awesome_app_app" where year = 2026 and month = 11 and day = 20 and log like '%ERROR%' order by time`;
    const expected = sampleLines()
      .filter((line) => line.family === 'my-awesome-app' && line.folder === '2026-11-20')
      .map(scanned)
      .filter(({ log }) => log.includes('ERROR'));
    const rows = await selected(folder.api, sql);
    expect(rows.map(([, log]) => log).sort()).toEqual(expected.map(({ log }) => log).sort());
    expect(rows.length).toBeGreaterThan(5);
  });

  it('has named queries that count what a scan counts', async () => {
    const [errors, slowest, volume] = namedQueries(sampleTables);
    const run = async (sql: string | undefined, parameters: readonly SqlCell[]) => {
      let nth = 0;
      const filled = (sql ?? '').replaceAll('?', () => {
        const value = parameters[nth++];
        return typeof value === 'string' ? `'${value}'` : String(value);
      });
      return selected(folder.api, filled);
    };
    const ofDay = sampleLines()
      .filter((line) => line.folder === '2026-11-20')
      .map(scanned);
    const counted = sampleTables.map(({ family, container }) => [
      family,
      container,
      ofDay.filter(
        (line) =>
          line.family === family && line.container === container && /ERROR|FATAL|Exception/.test(line.log),
      ).length,
    ]);
    const errorRows = await run(errors?.sql, [2026, 11, 20]);
    expect(errorRows.map((row) => JSON.stringify(row.slice(0, 3))).sort()).toEqual(
      counted.map((row) => JSON.stringify(row)).sort(),
    );
    const volumeRows = await run(volume?.sql, [2026, 11, 20]);
    expect(Object.fromEntries(volumeRows.map(([family, ...figures]) => [family, figures]))).toEqual(
      Object.fromEntries(
        ['shop', 'my-awesome-app'].map((family) => {
          const its = ofDay.filter((line) => line.family === family);
          const characters = its.reduce((sum, { log }) => sum + [...log].length, 0);
          return [family, [its.length, characters, its.filter(({ micros }) => micros === undefined).length]];
        }),
      ),
    );
    const seconds = ['2026-11-20T00:50:00.900Z', '2026-11-20T00:25:00.000Z', '2026-11-20T00:25:01.000Z'];
    const joined = seconds.flatMap((second) =>
      ofDay
        .filter(
          ({ micros = 0 }) =>
            micros >= Date.parse(second) * 1000 && micros < (Date.parse(second) + 1000) * 1000,
        )
        .map(({ log }) => [second, log]),
    );
    const slowRows = await run(slowest?.sql, ['r1', 2026, 2026, 11, 20]);
    expect(slowRows.map((row) => [row[0], row[6]]).sort()).toEqual(joined.sort());
    expect(joined.length).toBeGreaterThan(1);
  });

  it('is that of the documentation, which runs, is pruned, and whose settings are right', async () => {
    const examples = shown();
    expect(examples).toHaveLength(7);
    for (const sql of examples) {
      const { queryId, warnings } = await folder.api.select({ sql });
      expect(warnings).toEqual([]);
      await expect(answerOf(folder.api, queryId)).resolves.toBeDefined();
    }
    const [settings = ''] = blocks('yaml');
    expect(parseLogSettings(settings, { file: 'docs/logs.md', defaults: defaultSettings })).toMatchObject({
      kind: 'settings',
    });
    for (const name of namedQueries().map((query) => query.name)) expect(docs).toContain(name);
    for (const { name } of logColumns) expect(docs).toContain(`\`${name}\``);
  });

  it("is of Trino's grammar, all of it", async () => {
    const grammar = await trinoGrammar();
    const state = {
      ...newTableState('shop_app', 'shop', 'app'),
      live: [3, 4, 5, 9].map((generation) => ({
        day: `2026-11-0${generation}`,
        generation,
        rawBytes: 1,
        bytes: 1,
      })),
      listed: [{ day: '2026-11-09', generation: 9, removeAfter: '2026-11-11T00:00:00Z' }],
    };
    const root = "s3://a-bucket's/";
    const compact = { table: 'shop_app', root, day: dayOf(0), generation: 7 };
    const asked = fc.sample(questions, { numRuns: 3, seed: 11 });
    const all = [
      ...shown(),
      ...asked.map((question) => compileQuestion(question, sampleTables).sql),
      ...namedQueries(sampleTables).map(({ sql }) => sql),
      logViewSql('shop_app', root),
      logViewSql('shop_app', root, state),
      ...systemTables.map(systemViewSql),
      compactSelectSql(compact),
      compactSelectSql({ ...compact, previous: 3 }),
    ];
    for (const sql of all) expect(grammar.validate(sql), sql).toEqual([]);
    // Of Athena's own statement, what it writes is Trino's.
    const unload = unloadSql('SELECT 1', `${root}compacted/`);
    expect(unload).toMatch(
      /^UNLOAD \(SELECT 1\) TO '(?:[^']|'')*' WITH \(format = 'PARQUET', compression = 'ZSTD', compression_level = 9\)$/,
    );
    // What is refused is not what is generated; and the grammar does refuse.
    expect(grammar.validate('SELECT `a` FROM').length).toBeGreaterThan(0);
    for (const { sql } of namedQueries()) expect(() => checkSelect(sql.replaceAll('?', '1'))).not.toThrow();
  });
});
