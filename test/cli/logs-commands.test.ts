import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { LogTableNotFoundError, QueryInvalidError, ServiceUnavailableError } from '../../src/errors.ts';
import type { LogQuestion, LogsApi, QueryAnswer } from '../../src/platform/ports/logs-api.ts';
import { aLogsApi } from './a-logs-api.ts';
import { aRunApi, TextSink } from './builders.ts';
import { aMalformed, aPage, aPageOfLines, typeLogs } from './logs-builders.ts';

const started = { queryId: 'q', warnings: [] };

/** Answers every question with these looks, one after the other; `asked` are the questions. */
const answering = (...answers: readonly QueryAnswer[]) => {
  const asked: LogQuestion[] = [];
  const looked: (string | undefined)[] = [];
  const api: LogsApi = aLogsApi({
    async ask(question) {
      asked.push(question);
      return started;
    },
    select: async () => started,
    async look(_, after) {
      looked.push(after);
      return answers[looked.length - 1] ?? aPage();
    },
  });
  return { api, asked, looked };
};

describe('logs', () => {
  it('prints a line for each, oldest first, page by page, and what it took on stderr', async () => {
    const { api, asked, looked } = answering(
      { kind: 'running', scannedBytes: 0 },
      aPageOfLines([aMalformed, { log: 'first' }], { next: '2', usd: 0.00005 }),
      aPageOfLines([{ log: '  at\nsecond\u001b[31m\n', source: 'stderr' }], { usd: 0.00005 }),
    );
    const before = Date.now();
    const { code, out, err } = await typeLogs(api, ['logs', 'shop/app']);
    expect(code).toBe(0);
    expect(out).toBe(
      '2026-11-21T22:33:44.123Z 0b1c2d3e first\n2026-11-21T22:33:44.123Z 0b1c2d3e   at second\u001b[31m\n',
    );
    expect(err).toBe(
      '2 lines; 1.50 MB scanned in 0.12 s, $0.000050.\nOf these days, 1 line is no record: stormdrain logs shop/app --malformed\n',
    );
    expect(looked).toEqual([undefined, undefined, '2']);
    const [question] = asked;
    expect(question).toMatchObject({ family: 'shop', container: 'app', limit: 1000 });
    expect((question?.untilMillis ?? 0) - (question?.sinceMillis ?? 0)).toBe(7_200_000);
    expect(question?.untilMillis).toBeGreaterThanOrEqual(before);
  });

  it('asks for what is typed', async () => {
    const { api, asked } = answering(aPageOfLines([]));
    const runs = aRunApi({ list: async () => ({ runs: [] }) });
    const args = [
      '--since',
      '2026-11-20',
      '--until',
      '2026-11-21T20:00:30.5+01:00',
      '--grep',
      "it's",
      '--regex',
      'a|b',
    ];
    const more = ['--task', '0b1c2', '--limit', '7', '--max-scan', '1.5GB', '--malformed'];
    expect(await typeLogs(api, ['logs', 'shop', ...args, ...more], { runs })).toMatchObject({ code: 0 });
    expect(asked).toEqual([
      {
        family: 'shop',
        sinceMillis: Date.UTC(2026, 10, 20),
        untilMillis: Date.UTC(2026, 10, 21, 19, 0, 30, 500),
        text: "it's",
        regex: 'a|b',
        task: '0b1c2',
        limit: 7,
        maxScanBytes: 1.5 * 1024 ** 3,
        malformed: true,
      },
    ]);
  });

  it('takes the time of a run, which may be the last one', async () => {
    const { api, asked } = answering(aPageOfLines([]), aPageOfLines([]));
    const run = { runId: '20261121-093000-k7fq' };
    const runs = aRunApi({ list: async () => ({ runs: [run as never] }) });
    await typeLogs(api, ['logs', 'shop', '--run', 'last'], { runs });
    expect(asked[0]).toMatchObject({ run: run.runId, sinceMillis: 0 });
  });

  it('prints everything of each line as JSON', async () => {
    const { api } = answering(
      aPageOfLines([aMalformed, { micros: 7, fields: '{"partial_message":"true"}', log: 'a\nb' }]),
    );
    const { out } = await typeLogs(api, ['logs', 'shop/app', '--json']);
    expect(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      {
        time: '2026-11-21T22:33:44.123007Z',
        container: 'app',
        source: 'stdout',
        log: 'a\nb',
        ecs_task_arn: expect.stringContaining('task/shop/0b1c2d3e'),
        fields: { partial_message: 'true' },
      },
    ]);
  });

  it('colours what came from stderr, in a terminal only', async () => {
    const page = aPageOfLines([{ log: '\u001b]52;c;cm0=\u0007b\u0008ad', source: 'stderr' }]);
    const stdout = Object.assign(new TextSink(), { isTTY: true });
    const { out } = await typeLogs(answering(page).api, ['logs', 'shop'], { stdout });
    expect(out).toContain('\u001b[31mb ad\u001b[39m');
    expect(stripVTControlCharacters(out)).toBe('2026-11-21T22:33:44.123Z 0b1c2d3e app b ad\n');
  });

  it('shows lines that are no records as they are', async () => {
    const page = aPageOfLines([{ ...aMalformed, log: '{"time":"2026' }]);
    const { out, err } = await typeLogs(answering(page).api, ['logs', 'shop/app', '--malformed']);
    expect(out).toBe('{"time":"2026\n');
    expect(err).toContain('1 line of no record;');
  });

  it('says when there is nothing, and when there is more', async () => {
    const nothing = await typeLogs(answering(aPageOfLines([])).api, ['logs', 'shop/app']);
    expect(nothing).toMatchObject({ code: 0, out: '' });
    expect(nothing.err).toContain('Nothing in that time: --since 24h looks further back.');
    const runs = aRunApi({ list: async () => ({ runs: [{ runId: '20261121-093000-k7fq' } as never] }) });
    const ofRun = await typeLogs(answering(aPageOfLines([])).api, ['logs', 'shop', '--run', 'last'], {
      runs,
    });
    expect(ofRun.err).toContain("Nothing in that time, which is the run's: 20261121-093000-k7fq.");
    const full = await typeLogs(answering(aPageOfLines([{}, {}])).api, ['logs', 'shop/app', '--limit', '2']);
    expect(full.err).toContain('The newest of them; --limit shows more.');
  });

  it('asks a stack', async () => {
    const page = aPageOfLines([aMalformed]);
    const { asked, err } = await typeLogs(answering(page).api, ['logs', 'shop', '--stack', 'load']);
    expect(asked).toEqual([{ name: 'load' }]);
    expect(err).toContain('stormdrain logs shop --malformed --stack load\n');
  });

  it.each([
    [['shop/app/x'], 'is not FAMILY or FAMILY/CONTAINER'],
    [['a;b'], 'is not FAMILY or FAMILY/CONTAINER'],
    [['shop/'], 'is not FAMILY or FAMILY/CONTAINER'],
    [['shop', '--since', 'yesterday'], 'Expected how long ago'],
    [['shop', '--since', '2026-13-01'], 'Expected how long ago'],
    [['shop', '--since', '1h', '--until', '3h'], '--since must be earlier than --until'],
    [['shop', '--max-scan', '0'], 'Expected a size'],
    [['shop', '--limit', '0'], 'Expected a whole number'],
    [['shop', '--follow', '--until', '1h'], '--follow shows what comes in'],
    [[], 'missing required argument'],
  ])('refuses %j', async (args, why) => {
    const { code, err } = await typeLogs(aLogsApi(), ['logs', ...args]);
    expect(code).toBe(2);
    expect(err).toContain(why);
  });

  it.each([
    [new LogTableNotFoundError('there are no logs of shop'), 2, 'stormdrain: there are no logs of shop\n'],
    [new QueryInvalidError('look-ahead'), 2, 'stormdrain: look-ahead\n'],
    [new ServiceUnavailableError('away'), 75, 'stormdrain: away\n'],
  ])('that can not be asked end with %o', async (error, code, text) => {
    const api = aLogsApi({ ask: () => Promise.reject(error) });
    expect(await typeLogs(api, ['logs', 'shop'])).toMatchObject({ code, err: text, out: '' });
  });

  it.each([
    [{ kind: 'failed', message: 'no such column', isPassing: false, scannedBytes: 0, usd: 0 }, 2],
    [{ kind: 'failed', message: 'no such column', isPassing: true, scannedBytes: 0, usd: 0 }, 75],
  ] as const)('whose query is %o say so', async (answer, code) => {
    const typed = await typeLogs(answering(answer).api, ['logs', 'shop']);
    expect(typed).toMatchObject({ code, out: '', err: 'stormdrain: no such column\n' });
  });

  it('end their query at Ctrl-C', async () => {
    let interrupt = (): void => undefined;
    const cancelled: string[] = [];
    const api = aLogsApi({
      ask: async () => started,
      async look() {
        interrupt();
        return { kind: 'running', scannedBytes: 0 };
      },
      cancel: async (queryId) => void cancelled.push(queryId),
    });
    const onListening = (given: () => void) => {
      interrupt = given;
    };
    expect(await typeLogs(api, ['logs', 'shop'], { onListening })).toMatchObject({ code: 130, out: '' });
    expect(cancelled).toEqual(['q']);
  });

  it('keep nobody whose question is not answered', async () => {
    const api = aLogsApi({ ask: () => new Promise(() => undefined) });
    const slept: number[] = [];
    const typed = await typeLogs(api, ['logs', 'shop'], {
      onListening: (interrupt) => void setImmediate(interrupt),
      sleep: async (millis) => void slept.push(millis),
    });
    expect(typed).toMatchObject({ code: 130, out: '' });
    expect(slept).toEqual([3000]);
  });
});

describe('logs --follow', () => {
  const line = (log: string, second: number) => ({ log, time: `2026-11-21T22:33:${second}.000Z` });

  const follow = async (answers: readonly QueryAnswer[]) => {
    const { api, asked } = answering(...answers);
    let interrupt = (): void => undefined;
    const slept: number[] = [];
    const typed = await typeLogs(api, ['logs', 'shop/app', '--follow', '--limit', '5'], {
      onListening(given) {
        interrupt = given;
      },
      async sleep(millis) {
        slept.push(millis);
        if (slept.filter((each) => each === 2000).length === answers.length) interrupt();
      },
    });
    return { ...typed, asked, slept };
  };

  it('prints each line once, also those that come late and those that are the same', async () => {
    const { code, out, asked } = await follow([
      aPageOfLines([line('a', 10), line('b', 12), line('b', 12)]),
      aPageOfLines([
        line('a', 10),
        line('late', 11),
        line('b', 12),
        line('b', 12),
        line('b', 12),
        aMalformed,
      ]),
      aPageOfLines([line('late', 11), line('b', 12), line('b', 12), line('b', 12), line('c', 13)]),
    ]);
    expect(code).toBe(130);
    expect(
      out
        .trim()
        .split('\n')
        .map((text) => text.split(' ').at(-1)),
    ).toEqual(['a', 'b', 'b', 'late', 'b', 'c']);
    const [first, second, third] = asked;
    expect(first?.limit).toBe(5);
    expect(third?.limit).toBe(10_000);
    expect(second?.sinceMillis).toBe((first?.untilMillis ?? 0) - 120_000);
    expect(third?.sinceMillis).toBe((second?.untilMillis ?? 0) - 120_000);
  });

  it('goes back no further than to the oldest line that it had room for', async () => {
    const now = Date.now();
    const at = (millis: number) => ({ log: 'x', time: new Date(now - millis).toISOString() });
    const full = [9000, 8000, 7000, 6000, 5000].map(at);
    const { asked, err } = await follow([aPageOfLines(full), aPageOfLines([at(5000), at(100)])]);
    expect(asked[1]?.sinceMillis).toBe(now - 9000 + 1);
    expect(err).toBe('');
  });

  it('says when more came than it shows', async () => {
    const many = Array.from({ length: 10_000 }, (_, n) => ({
      log: String(n),
      time: '2026-11-21T22:33:44.000Z',
    }));
    const { err } = await follow([aPageOfLines([]), aPageOfLines(many)]);
    expect(err).toBe('More than 10000 lines came at once: the oldest of them are not shown.\n');
  });

  it('goes on when a look fails in a way that may pass', async () => {
    const { code, out, err } = await follow([
      aPageOfLines([line('a', 10)]),
      { kind: 'failed', message: 'a service is away', isPassing: true, scannedBytes: 0, usd: 0 },
      aPageOfLines([line('a', 10), line('b', 12)]),
    ]);
    expect(code).toBe(130);
    expect(out.match(/ (a|b)\n/g)).toHaveLength(2);
    expect(err).toBe('a service is away; trying again.\n');
  });
});

describe('sql', () => {
  const page = aPage({
    columns: [
      { name: 'step', type: 'varchar' },
      { name: 'n', type: 'bigint' },
      { name: 'n', type: 'boolean' },
    ],
    rows: [
      ['a "b",\nc', 7, true],
      [null, 12_345, null],
      ['', -1, false],
    ],
  });
  const asking = (...args: readonly string[]) => typeLogs(answering(page).api, ['sql', 'SELECT 1', ...args]);

  it('prints a table, numbers to the right', async () => {
    const { code, out, err } = await asking();
    expect(code).toBe(0);
    expect(out).toBe(
      'step          n  n\na "b", c      7  true\n-         12345  -\n             -1  false\n',
    );
    expect(err).toBe('3 rows; 1.50 MB scanned in 0.12 s.\n');
  });

  it('prints CSV that a reader gets the same from', async () => {
    expect((await asking('--format', 'csv')).out).toBe(
      'step,n,n\r\n"a ""b"",\nc",7,true\r\n,12345,\r\n"",-1,false\r\n',
    );
  });

  it('prints an array of objects, each name once', async () => {
    expect(JSON.parse((await asking('--format', 'json')).out)).toEqual([
      { step: 'a "b",\nc', n: 7, n_2: true },
      { step: null, n: 12_345, n_2: null },
      { step: '', n: -1, n_2: false },
    ]);
    const { out } = await typeLogs(answering(aPage()).api, ['sql', 'SELECT 1', '--format', 'json']);
    expect(out).toBe('[]\n');
  });

  it('fits a table into the terminal, without what a terminal would obey', async () => {
    const columns = ['time', 'log', 'task'].map((name) => ({ name, type: 'varchar' }));
    const rows = [['2026-11-21T22:33:44.123Z', `\u001b[31m\tred${'x'.repeat(90)}`, 'y'.repeat(90)]];
    const stdout = Object.assign(new TextSink(), { isTTY: true, columns: 100 });
    const { out } = await typeLogs(answering(aPage({ columns, rows })).api, ['sql', 'SELECT 1'], { stdout });
    const [titles = '', row = ''] = stripVTControlCharacters(out).split('\n');
    expect(row).toBe(`2026-11-21T22:33:44.123Z   red${'x'.repeat(31)}…  ${'y'.repeat(35)}…`);
    expect(titles.indexOf('task')).toBe(row.indexOf('y'));
    expect(out).not.toContain('\u001b[31m');
    const csv = Object.assign(new TextSink(), { isTTY: true });
    const asCsv = ['sql', 'SELECT 1', '--format', 'csv'];
    await typeLogs(answering(aPage({ columns, rows })).api, asCsv, { stdout: csv });
    expect(csv.text).not.toContain('\u001b');
    const piped = await typeLogs(answering(aPage({ columns, rows })).api, asCsv);
    expect(piped.out).toContain('\u001b[31m\tred');
  });

  it('goes through all pages, with one title', async () => {
    const { api, looked } = answering({ ...page, next: '2' }, page);
    const { out, err } = await typeLogs(api, ['sql', 'SELECT 1']);
    expect(looked).toEqual([undefined, '2']);
    expect(out.match(/step/g)).toHaveLength(1);
    expect(err).toContain('6 rows;');
  });

  it('passes on what is typed, and prints warnings first', async () => {
    const asked: unknown[] = [];
    const api = aLogsApi({
      async select(question) {
        asked.push(question);
        return { queryId: 'q', warnings: ['shop_app is read whole'] };
      },
      look: async () => aPage({ isReused: true }),
    });
    const { err } = await typeLogs(api, [
      'sql',
      'SELECT 1',
      '--max-scan',
      '10GB',
      '--no-reuse',
      '--stack',
      'load',
    ]);
    expect(asked).toEqual([{ sql: 'SELECT 1', maxScanBytes: 10 * 1024 ** 3, reuse: false }]);
    expect(err).toBe(
      'Warning: shop_app is read whole.\n0 rows; a result that was at hand: nothing was scanned (--no-reuse asks anew).\n',
    );
  });

  it.each([
    [['SELECT 1', '--format', 'xml'], "argument 'xml' is invalid"],
    [['SELECT 1', '--max-scan', 'much'], 'Expected a size'],
    [[], 'missing required argument'],
  ])('refuses %j', async (args, why) => {
    const { code, err } = await typeLogs(aLogsApi(), ['sql', ...args]);
    expect(code).toBe(2);
    expect(err).toContain(why);
  });
});

describe('catalog', () => {
  const table = {
    table: 'shop_app',
    family: 'shop',
    container: 'app',
    mode: 'registered' as const,
    retentionDays: 400,
    compactedDays: 3,
  };

  it('lists the tables there are', async () => {
    const api = aLogsApi({ tables: async () => [table] });
    const { out, err } = await typeLogs(api, ['catalog']);
    expect(out).toBe(
      'logs of   table     partitions      kept  days in Parquet\nshop/app  shop_app  registered  400 days                3\n',
    );
    expect(err).toContain('runs, run_timeline and decisions');
    expect(JSON.parse((await typeLogs(api, ['catalog', '--json'])).out)).toEqual([table]);
  });

  it('says how to find some when there are none', async () => {
    const { out } = await typeLogs(aLogsApi({ tables: async () => [] }), ['catalog', '--stack', 'load']);
    expect(out).toBe(
      'No tables of logs yet. What is in the store is found by: stormdrain catalog update --stack load\n',
    );
  });

  const update = { isDone: true, tablesMade: 3, partitionsMade: 1, partitionsRemoved: 0, problems: [] };

  it('is brought up to date', async () => {
    const done = await typeLogs(aLogsApi({ updateCatalog: async () => update }), ['catalog', 'update']);
    expect(done).toMatchObject({
      code: 0,
      out: '3 tables and 1 partition made, 0 partitions removed.\n',
      err: '',
    });
    const begun = await typeLogs(aLogsApi({ updateCatalog: async () => ({ ...update, isDone: false }) }), [
      'catalog',
      'update',
      '--stack',
      'load',
    ]);
    expect(begun.asked).toEqual([{ name: 'load' }]);
    expect(begun.out).toBe('Asked for; look in a minute: stormdrain catalog --stack load\n');
  });

  it('names what could not be done', async () => {
    const updateCatalog = async () => ({ ...update, problems: ['shop_app: refused'] });
    const { code, err } = await typeLogs(aLogsApi({ updateCatalog }), ['catalog', 'update']);
    expect({ code, err }).toEqual({ code: 1, err: 'shop_app: refused\n' });
  });
});
