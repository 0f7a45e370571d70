import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { loadChart } from '../../src/cli/render/load-chart.ts';
import type { SimulationReport } from '../../src/cli/simulation-report.ts';
import { aContext, aRunApi } from './builders.ts';

let folder = '';
const policy = (cpu: string, extra = '') => `version: 1
cluster: shop
services:
  web: { minimum: 2, maximum: 40, cpu: ${cpu}${extra} }
simulation:
  services:
    web: { requestsPerSecondPerTask: 25 }
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormdrain-scaling-'));
  await writeFile(join(folder, 'web.yaml'), policy('{ target: 60 }'));
  await writeFile(join(folder, 'old.yaml'), policy('{ above: 30, below: 10 }'));
  await writeFile(join(folder, 'wrong.yaml'), policy('{ target: sixty }'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const cli = async (...args: readonly string[]) => {
  const row = { step: null, time: '2026-01-31T10:00:00.000Z' };
  const api = aRunApi({
    list: () => Promise.resolve({ runs: [{ runId: '20260131-100000-abcd' } as never] }),
    timeline: (_, after) =>
      Promise.resolve({
        rows: [{ ...row, second: after, scheduled: 40 } as never],
        nextSecond: after + 1,
        complete: after === 2,
      }),
  });
  const context = aContext(api, { cwd: folder });
  const code = await main(['scaling', 'simulate', ...args], context);
  return { code, out: context.stdout.text, err: context.stderr.text };
};

const figures = (out: string) =>
  JSON.parse(out) as Omit<SimulationReport, 'runs'> & {
    runs: (SimulationReport['runs'][number]['summary'] & { decisions: unknown[] })[];
  };

describe('scaling simulate', () => {
  it('draws load and capacity, and prints what came of it', async () => {
    const { code, out, err } = await cli('web.yaml', '--shape', 'spike:to=400');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^spike:to=400 for 50m: web, seed 1\n/);
    expect(out).toMatch(/░/);
    expect(out).toMatch(/\n {2}desired \d+ │/);
    expect(out).toMatch(/\nrequests +5[\d,]+\n/);
    expect(out).toMatch(/\ncost +\$0\.\d+\n/);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('gives the same figures as one JSON document, the same for the same seed', async () => {
    const flags = ['web.yaml', '--shape', 'sawtooth', '--for', '30m', '--json'];
    const { out } = await cli(...flags);
    expect(figures(out)).toMatchObject({
      version: 1,
      world: { load: 'sawtooth', seconds: 1800, seed: 1, services: ['web'] },
      runs: [{ scaler: 'web', everySeconds: 60 }],
    });
    expect((await cli(...flags)).out).toBe(out);
  });

  it('compares two policies in one world', async () => {
    const { out } = await cli('web.yaml', '--compare', 'old.yaml', '--shape', 'spike');
    expect(out).toMatch(/\n +web +old\nrequests/);
    expect(out).toMatch(/\nAdvice {6}.*(serves better|costs less|alike)/);
  });

  it('says which interval to take', async () => {
    const { out } = await cli('web.yaml', '--sweep', 'interval=30s..2m', '--shape', 'spike');
    expect(out).toMatch(/\nevery +dropped.*\n30s .*\n1m .*\n2m .*\n/);
    expect(out).toMatch(/\nAdvice {6}Take every: /);
  });

  it('compares in several worlds, and says so', async () => {
    const { out } = await cli('web.yaml', '--sweep', 'interval=1m..2m', '--shape', 'spike', '--seed', '7');
    expect(out.replace(/\s+/g, ' ')).toContain('Figures are means of 5 worlds: seeds 7 to 11');
  });

  it('draws days of seconds, with the axis of all lines in one column', () => {
    const row = {
      load: 40,
      queued: 0,
      desired: 3,
      running: 3,
      capacity: 75,
      instances: 0,
      readyInstances: 0,
    };
    const rows = Array.from({ length: 200_000 }, (_, second) => ({ ...row, second, dropped: second % 2 }));
    const peak = { ...row, second: 200_000, load: 9e6, dropped: 9e6 };
    const lines = loadChart([...rows, peak], 200_001, { columns: 80, colour: false });
    expect(lines.at(-1)).toMatch(/^dropped 9,000,000 │/);
    expect(lines.find((line) => line.includes('└'))).toContain('55h33m');
    expect(new Set(lines.map((line) => line.search(/[│└]/))).size).toBe(1);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('replays a file, a packed timeline, and a run', async () => {
    await writeFile(join(folder, 'load.csv'), 'second,web\n0,40\n9,50\n');
    const rows = [0, 1, 2].map((second) => ({
      second,
      step: null,
      time: '2026-01-31T10:00:00Z',
      scheduled: 40,
    }));
    await writeFile(
      join(folder, 'timeline.json.gz'),
      gzipSync(rows.map((row) => JSON.stringify(row)).join('\n')),
    );
    const requests = async (trace: string) =>
      figures((await cli('web.yaml', '--trace', trace, '--json')).out).runs[0]?.requests;
    expect(await requests('load.csv')).toBe(410);
    expect(await requests('timeline.json.gz')).toBe(120);
    expect(await requests('run:last')).toBe(120);
  });

  it('writes one HTML file that loads nothing, with names escaped', async () => {
    const name = 'a<b>&.csv';
    await writeFile(join(folder, name), 'second,rps\n0,10\n600,900\n900,10\n1800,10\n');
    const { code, err } = await cli('web.yaml', '--trace', name, '--html', 'page.html');
    expect({ code, err }).toEqual({ code: 0, err: 'Written: page.html\n' });
    const page = await readFile(join(folder, 'page.html'), 'utf8');
    expect(page).toContain('a&lt;b&gt;&amp;.csv');
    expect(page).not.toContain('<b>&');
    expect(page).not.toMatch(/<script|https?:|@import|url\(|NaN|Infinity|undefined/);
    expect(page.match(/<svg/g)).toHaveLength(2);
    expect(page).toContain('prefers-color-scheme:dark');
    expect(page).toContain('decisions that changed something');
  });

  it.each([
    [['web.yaml'], 'give the load as --trace FILE, --trace run:last or --shape spike: one of them'],
    [['web.yaml', '--shape', 'spike', '--trace', 'x'], 'one of them'],
    [['web.yaml', '--shape', 'spikes:'], '--shape: "spikes" is no shape'],
    [['none.yaml', '--shape', 'spike'], "the policy none.yaml can't be read"],
    [['web.yaml', '--trace', 'none.csv'], "--trace none.csv can't be read"],
    [['web.yaml', '--trace', 'web.yaml'], 'web.yaml:1:1  "version: 1"  expected a header'],
    [
      ['web.yaml', '--shape', 'spike', '--service', 'api'],
      'web.yaml: the policy has no service "api": it has web',
    ],
    [['web.yaml', '--shape', 'spike', '--sweep', '1m'], '--sweep: "1m" is no range of intervals'],
    [['web.yaml', '--shape', 'spike', '--sweep', 'interval=1m..2m', '--compare', 'x'], 'give one of them'],
    [
      ['web.yaml', '--shape', 'spike', '--interruptions', 'often'],
      'Expected interruptions of an instance in an hour',
    ],
    [['web.yaml', '--shape', 'spike', '--per-task', '0'], 'more than 0'],
    [['web.yaml', '--shape', 'spike', '--boot', '3h'], 'Expected a duration up to 1h'],
    [
      ['web.yaml', '--shape', 'spike', '--html', 'no/such/folder.html'],
      "--html no/such/folder.html can't be written",
    ],
    [['wrong.yaml', '--shape', 'spike'], 'wrong.yaml:4:'],
  ])('%j is refused, and the message says where and what', async (args, message) => {
    const { code, err } = await cli(...args);
    expect(err).toContain(message);
    expect(code).toBe(2);
  });
});
