import { describe, expect, it } from 'vitest';
import type { ExplainRequest } from '../../src/platform/ports/scaling-api.ts';
import type { DecisionRow } from '../../src/scaling/decisions/decision-row.ts';
import { TextSink } from './builders.ts';
import { aRow, aScalingApi, typeScaling as cli, decidedAt, nothingHere as here } from './scaling-builders.ts';

const stack = ['--stack', 'load'] as const;

/** Decisions a minute apart, newest first, given in pages as a stack gives them. */
const decided = (count: number, of: (n: number) => Partial<DecisionRow> = () => ({})) => {
  const pages: ExplainRequest[] = [];
  const scaling = aScalingApi({
    async explain(request) {
      pages.push(request);
      const from = Number(request.after ?? 0);
      const upTo = Math.min(count, from + request.limit);
      const decisions = Array.from({ length: upTo - from }, (_, n) =>
        aRow({ at: new Date(decidedAt - (from + n) * 60_000).toISOString(), ...of(from + n) }),
      );
      // A page that is full has a next one, which may be empty.
      return { decisions, ...(upTo - from === request.limit ? { next: String(upTo) } : {}) };
    },
  });
  return { scaling, pages };
};

describe('scaling explain', () => {
  it('reads as a log: oldest first, a line for each day, with what was not done', async () => {
    const rows = [
      aRow(),
      aRow({ outcome: 'in', carriedOut: 'dry-run', sentence: 'web: 5 to 4 tasks' }),
      aRow({
        at: '2026-11-20T23:59:59.000Z',
        outcome: 'hold',
        carriedOut: '',
        sentence: 'web: nothing while it is being deployed\u001b[31m',
      }),
    ];
    const api = aScalingApi({ explain: async () => ({ decisions: rows }) });
    const { code, out, err } = await cli(api, ['explain', ...stack]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(
      [
        '2026-11-20 (UTC)',
        '23:59:59  hold  web: nothing while it is being deployed [31m',
        '2026-11-21 (UTC)',
        '09:31:00  in    web: 5 to 4 tasks [dry-run]',
        '09:31:00  out   web: 4 to 5 tasks, as its CPU is 50%, above 30%',
        '',
      ].join('\n'),
    );
  });

  it('gives the figures when asked', async () => {
    const { scaling } = decided(1);
    const { out } = await cli(scaling, ['explain', '--figures', ...stack]);
    expect(out).toContain('\n                value 50, threshold 30\n');
  });

  it.each([80, 120])('keeps within %d columns', async (columns) => {
    const { scaling } = decided(3, (n) => ({ cluster: `c${n}`, sentence: 'some words '.repeat(30) }));
    const stdout = new TextSink({ columns });
    await cli(scaling, ['explain', '--figures', ...stack], { stdout });
    const lengths = stdout.text.split('\n').map((line) => line.length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(columns);
    expect(Math.max(...lengths)).toBeGreaterThan(columns - 12);
  });

  it('asks for what is wanted', async () => {
    const { scaling, pages } = decided(0);
    const flags = ['--since', '1h', '--cluster', 'shop', '--service', 'web'];
    const begunAt = Date.now();
    await cli(scaling, ['explain', ...flags, ...stack]);
    expect(pages).toEqual([
      { cluster: 'shop', subject: 'service/web', limit: 201, sinceMillis: expect.any(Number) },
    ]);
    expect(pages[0]?.sinceMillis).toBeGreaterThanOrEqual(begunAt - 3_600_000);
    expect(pages[0]?.sinceMillis).toBeLessThanOrEqual(Date.now() - 3_600_000);
  });

  it('says that there are older ones only when there are, and how to see them', async () => {
    const exactly = await cli(decided(3).scaling, ['explain', '--limit', '3', ...stack]);
    expect(exactly.out.match(/09:\d\d:00/g)).toHaveLength(3);
    expect(exactly.err).toBe('');
    const flags = ['--limit', '3', '--pool', 'spot', '--since', '90m'];
    const more = await cli(decided(4).scaling, ['explain', ...flags, ...stack]);
    expect(more.out.match(/09:\d\d:00/g)).toHaveLength(3);
    expect(more.err).toBe(
      'There are older ones: stormdrain scaling explain --since 1h30m --pool spot --limit 15 --stack load\n',
    );
  });

  it('reads page by page what is more than a page', async () => {
    const { scaling, pages } = decided(1_300);
    const { out } = await cli(scaling, ['explain', '--limit', '1200', '--json', ...stack]);
    const rows = JSON.parse(out) as DecisionRow[];
    expect(rows).toHaveLength(1_200);
    expect(rows.at(-1)?.at).toBe(new Date(decidedAt).toISOString());
    expect(pages.map(({ limit }) => limit)).toEqual([500, 500, 201]);
  });

  it('leaves out with --acted what changed nothing, without asking for each alone', async () => {
    const { scaling, pages } = decided(600, (n) => ({ outcome: n % 300 === 0 ? 'in' : 'hold' }));
    const { out, err } = await cli(scaling, ['explain', '--acted', '--limit', '2', '--json', ...stack]);
    expect((JSON.parse(out) as DecisionRow[]).map(({ outcome }) => outcome)).toEqual(['in', 'in']);
    expect({ err, pages: pages.length }).toEqual({ err: '', pages: 2 });
  });

  it.each([
    [[], ' Look further back: stormdrain scaling explain --since 24h --stack load'],
    [
      ['--since', '24h', '--cluster', 'shop'],
      ' Look further back: stormdrain scaling explain --since 168h --cluster shop --stack load',
    ],
    [['--since', '168h'], ''],
  ])('says so when nothing was decided: %j', async (flags, hint) => {
    const { scaling } = decided(0);
    const { out } = await cli(scaling, ['explain', ...flags, ...stack]);
    expect(out).toBe(`Nothing was decided in that time.${hint}\n`);
    expect((await cli(scaling, ['explain', '--json', ...flags, ...stack])).out).toBe('[]\n');
  });

  it('says on this machine that nothing is decided here', async () => {
    const { scaling } = decided(0);
    expect((await cli(scaling, ['explain'])).err).toBe(here);
    expect((await cli(scaling, ['explain', '--json'])).err).toBe('');
  });
});
