import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planDemoSteps } from '../../src/cli/commands/demo.ts';
import { main } from '../../src/cli/main.ts';
import { RunAlreadyEndedError, StoreUnavailableError } from '../../src/errors.ts';
import type { RunApi, RunListEntry, StartRequest } from '../../src/platform/ports/run-api.ts';
import { aContext, aPreflight, aProgress, aRunApi, aSummary } from './builders.ts';

const runId = aSummary().runId;
const entry = (overrides: Partial<RunListEntry> = {}): RunListEntry => ({
  runId,
  name: 'shop',
  target: 'http://127.0.0.1:8080',
  createdAt: '2026-01-31T10:20:30.000Z',
  status: 'passed',
  ...overrides,
});
const listing = (...runs: readonly RunListEntry[]): Partial<RunApi> => ({
  list: ({ limit }) => Promise.resolve({ runs: runs.slice(0, limit) }),
});

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormdrain-cli-'));
  await writeFile(
    join(folder, 'plan.yml'),
    `version: 1
name: small
target: http://127.0.0.1:{{port}}
variables: { port: 8080 }
load: [{ for: 1s, rate: 10 }]
scenarios:
  - name: only
    steps: [{ get: / }]
`,
  );
  await writeFile(
    join(folder, 'bad.yml'),
    'version: 1\nname: bad\ntarget: http://127.0.0.1\nload: [{ for: 1s, rate: -5 }]\nscenarios: []\n',
  );
  await writeFile(
    join(folder, 'far.yml'),
    'version: 1\nname: far\ntarget: http://shop.test\nload: [{ for: 1s, rate: 5 }]\nscenarios: [{ name: a, steps: [{ get: / }] }]\n',
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const cli = async (args: readonly string[], api: Partial<RunApi> = {}) => {
  const context = aContext(aRunApi(api), { cwd: folder });
  const code = await main(args, context);
  return { code, out: context.stdout.text, err: context.stderr.text, context };
};

describe('the command line', () => {
  it('explains itself without opening anything', async () => {
    const context = aContext(aRunApi(), { openApp: () => Promise.reject(new Error('opened')) });
    expect(await main(['--help'], context)).toBe(0);
    for (const name of ['run', 'runs', 'show', 'watch', 'stop', 'scale', 'plan', 'demo'])
      expect(context.stdout.text).toContain(`  ${name}`);
    expect(context.stdout.text).toContain('Exit codes');
    expect(await main(['run', '--help'], context)).toBe(0);
  });

  it('tells its version', async () => {
    expect(await cli(['--version'])).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });

  it.each([
    [[]],
    [['frobnicate']],
    [['run']],
    [['run', 'plan.yml', '--frobnicate']],
    [['run', 'plan.yml', 'another.yml']],
    [['run', 'plan.yml', '--workers', 'two']],
    [['run', 'plan.yml', '--set', 'port']],
    [['scale', 'last', '--rate', '0x']],
    [['scale', 'last']],
    [['runs', '--limit', '0']],
    [['plan']],
    [['plan', 'check']],
  ])('refuses %j with exit code 2 and something to read', async (args) => {
    const { code, out, err } = await cli(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err.trim()).not.toBe('');
  });

  it('suggests the flag that was meant', async () => {
    expect((await cli(['run', 'plan.yml', '--worker', '2'])).err).toContain('--workers');
  });

  it('closes what it opened, also after an error', async () => {
    const failed = await cli(['runs'], {
      list: () => Promise.reject(new StoreUnavailableError('the disk is full')),
    });
    expect(failed).toMatchObject({ code: 75, err: 'stormdrain: the disk is full\n' });
    expect(failed.context.closedWith).toHaveLength(1);
  });

  it('calls an unexpected error one, in a line', async () => {
    const { code, err } = await cli(['runs'], {
      list: () => Promise.reject(new TypeError('x is undefined')),
    });
    expect(code).toBe(70);
    expect(err).toMatch(/^stormdrain: unexpected error: x is undefined \(STORMDRAIN_DEBUG=1 .*\)\n$/);
  });
});

describe('run', () => {
  const passing = (started: StartRequest[] = []): Partial<RunApi> => ({
    start(request) {
      started.push(request);
      return Promise.resolve({ runId, created: true });
    },
    summary: () => Promise.resolve(aSummary()),
  });

  it('starts the plan with its settings and exits by the outcome', async () => {
    const started: StartRequest[] = [];
    const { code, out } = await cli(
      ['run', 'plan.yml', '--workers', '3', '--set', 'port=9090'],
      passing(started),
    );
    expect(code).toBe(0);
    expect(out).toMatch(/^PASSED/);
    expect(started[0]?.plan).toMatchObject({
      name: 'small',
      target: 'http://127.0.0.1:9090',
      workers: { count: 3 },
    });
  });

  it('exits 1 when thresholds were missed', async () => {
    const api = { ...passing(), summary: () => Promise.resolve(aSummary({ outcome: 'failed' })) };
    expect((await cli(['run', 'plan.yml', '--json'], api)).code).toBe(1);
  });

  it('starts nothing for a plan with mistakes', async () => {
    const { code, out, err } = await cli(['run', 'bad.yml', '--json']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('bad.yml:4:');
  });

  it('starts nothing against a target that is not allowed', async () => {
    const { code, err } = await cli(['run', 'far.yml']);
    expect(code).toBe(2);
    expect(err).toContain('not in allowedTargets');
    expect(err).toContain('stormdrain.config.yml');
  });

  it('says which plan file is missing', async () => {
    expect(await cli(['run', 'nowhere.yml'])).toMatchObject({
      code: 2,
      err: "stormdrain: the plan nowhere.yml can't be read: there is no such file\n",
    });
    expect((await cli(['run', '.'])).err).toContain('it is a folder');
  });

  it('refuses a broken configuration', async () => {
    const config = join(folder, 'stormdrain.config.yml');
    await writeFile(config, 'allowed: [x]\n');
    try {
      const { code, err } = await cli(['run', 'plan.yml']);
      expect({ code, err }).toEqual({
        code: 2,
        err: expect.stringContaining('stormdrain.config.yml: unknown key allowed'),
      });
    } finally {
      await rm(config);
    }
  });
});

describe('plan check', () => {
  it('says what a plan would send, and sends nothing', async () => {
    const { code, out } = await cli(['plan', 'check', 'plan.yml', '--workers', '2']);
    expect(code).toBe(0);
    expect(out).toContain('10');
    expect(out).toContain('all launched at once\n  costs nothing\n');
  });

  it('prints one JSON document', async () => {
    const { code, out } = await cli(['plan', 'check', 'plan.yml', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      plan: { name: 'small', arrivals: 10 },
      preflight: { workers: { count: 1 }, costUsd: null, problems: [] },
    });
  });

  it('ends as bad input when something stands in the way', async () => {
    const refusing: Partial<RunApi> = {
      check: ({ plan }) =>
        Promise.resolve({ kind: 'accepted', plan, preflight: aPreflight({ problems: ['Too large.'] }) }),
    };
    const { code, out } = await cli(['plan', 'check', 'plan.yml'], refusing);
    expect(code).toBe(2);
    expect(out).toContain('Stands in the way\n  - Too large.\n');
  });

  it('reports what the platform finds wrong with a plan', async () => {
    const place = { file: 'plan.yml', line: 3, column: 9, sourceLine: '', path: 'target', value: 'x' };
    const problem = { ...place, code: 'target-not-allowed', expected: 'another target' } as const;
    const { code, out, err } = await cli(['plan', 'check', 'plan.yml'], {
      check: () => Promise.resolve({ kind: 'refused', problems: [problem] }),
    });
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('another target');
  });

  it('reports mistakes as run does', async () => {
    expect(await cli(['plan', 'check', 'bad.yml'])).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('bad.yml:4:'),
    });
  });
});

describe('runs', () => {
  it('lists runs', async () => {
    const { out } = await cli(['runs'], listing(entry(), entry({ runId: 'other', status: 'running' })));
    expect(out).toContain(runId);
    expect(out).toContain('running');
  });

  it('lists as many as asked for, as JSON', async () => {
    const { out } = await cli(
      ['runs', '--json', '--limit', '1'],
      listing(entry(), entry({ runId: 'other' })),
    );
    expect(JSON.parse(out)).toEqual([entry()]);
  });

  it('says how to start one when there are none', async () => {
    expect((await cli(['runs'], listing())).out).toContain('demo');
    expect(JSON.parse((await cli(['runs', '--json'], listing())).out)).toEqual([]);
  });
});

describe('show', () => {
  const ended = { ...listing(entry()), summary: () => Promise.resolve(aSummary({ outcome: 'failed' })) };

  it.each(['last', runId, 'shop-2026'])(
    'shows the summary of %s, and exits 0 whatever the outcome',
    async (reference) => {
      expect(await cli(['show', reference], ended)).toMatchObject({
        code: 0,
        out: expect.stringMatching(/^FAILED {2}shop/),
      });
    },
  );

  it('prints one JSON document', async () => {
    expect(JSON.parse((await cli(['show', 'last', '--json'], ended)).out)).toMatchObject({
      runId,
      outcome: 'failed',
    });
  });

  it('shows how a running one is doing', async () => {
    const running = {
      ...listing(entry()),
      summary: () => Promise.resolve(undefined),
      progress: () => Promise.resolve(aProgress()),
    };
    expect((await cli(['show', 'last'], running)).out).toContain(`watch ${runId}`);
    expect(JSON.parse((await cli(['show', 'last', '--json'], running)).out)).toMatchObject({
      phase: 'running',
    });
  });

  it('says so when there is no such run, or more than one', async () => {
    expect(await cli(['show', 'x'], ended)).toMatchObject({
      code: 2,
      err: expect.stringContaining('no run "x" here'),
    });
    expect(await cli(['show', 'last'], listing())).toMatchObject({
      code: 2,
      err: expect.stringContaining('no runs here yet'),
    });
    const two = listing(entry({ runId: 'shop-1' }), entry({ runId: 'shop-2' }));
    expect(await cli(['show', 'shop'], two)).toMatchObject({
      code: 2,
      err: expect.stringContaining('shop-1, shop-2'),
    });
  });
});

describe('watch', () => {
  it('follows the last run to its end and exits by its outcome', async () => {
    let polls = 0;
    const api = {
      ...listing(entry()),
      progress: () => Promise.resolve(aProgress()),
      summary: () => Promise.resolve(++polls > 3 ? aSummary({ outcome: 'invalid' }) : undefined),
    };
    expect(await cli(['watch'], api)).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^INVALID/),
      err: expect.stringContaining('running |'),
    });
  });

  it('leaves the run alone when it is interrupted', async () => {
    let polls = 0;
    const context = aContext(
      aRunApi({
        ...listing(entry()),
        progress: () => Promise.resolve(aProgress()),
        summary() {
          polls += 1;
          if (polls === 2) context.interrupt();
          return Promise.resolve(undefined);
        },
      }),
    );
    expect(await main(['watch', 'last'], context)).toBe(130);
    expect(context.stderr.text).toContain(`stop ${runId}`);
    expect(context.stdout.text).toBe('');
  });
});

describe('stop and scale', () => {
  it('ask the run that was meant to stop', async () => {
    const stopped: string[] = [];
    const api = {
      ...listing(entry()),
      stop(id: string) {
        stopped.push(id);
        return Promise.resolve();
      },
    };
    expect((await cli(['stop', 'shop-2'], api)).code).toBe(0);
    expect(stopped).toEqual([runId]);
  });

  it('say so when it is over', async () => {
    const api = {
      ...listing(entry()),
      stop: () => Promise.reject(new RunAlreadyEndedError('Run x has ended; nothing was changed.')),
    };
    expect(await cli(['stop', 'last'], api)).toMatchObject({
      code: 2,
      err: 'stormdrain: Run x has ended; nothing was changed.\n',
    });
  });

  it('change workers and rate, together or alone', async () => {
    const changes: unknown[] = [];
    const api = {
      ...listing(entry()),
      scale(_: string, change: unknown) {
        changes.push(change);
        return Promise.resolve();
      },
    };
    const { out } = await cli(['scale', 'last', '--workers', '4', '--rate', '1.5x'], api);
    expect(out).toContain("4 workers and 1.5x the plan's rate");
    await cli(['scale', 'last', '--rate', '2'], api);
    await cli(['scale', 'last', '--workers', '1'], api);
    expect(changes).toEqual([{ workers: 4, rateScale: 1.5 }, { rateScale: 2 }, { workers: 1 }]);
  });
});

describe('the demo', () => {
  const facts = { invocation: 'npx stormdrain', plan: 'p.yml', server: 's.mjs' };
  const sqlOf = (startedAt: string | null) =>
    planDemoSteps({ runId: 'r1', startedAt, durationSeconds: 15 }, facts).find((step) =>
      step.startsWith('npx stormdrain sql "'),
    );

  it('ends with commands to try next', () => {
    const steps = planDemoSteps(
      { runId: 'r1', startedAt: '2026-01-05T12:00:00.123Z', durationSeconds: 15 },
      facts,
    );
    expect(steps).toContain('npx stormdrain show r1 --json');
    expect(steps).toContain('npx stormdrain run p.yml --workers 3');
    expect(steps).toContain('npx stormdrain scale last --workers 4 --rate 2x');
    expect(steps).toContain('npx stormdrain logs shop/app --grep ERROR');
    const sql = sqlOf('2026-01-05T12:00:00.123Z');
    expect(sql).toMatch(
      /t\.run_id = 'r1' and t\.step is null and l\.year = 2026 and l\.month = 1 and l\.day = 5 and l\.log/,
    );
    expect(sqlOf(null)).toBeUndefined();
  });

  it('asks for all days that a run may have lines in, in SQL that a shell leaves as it is', () => {
    const sql = sqlOf('2026-12-31T23:59:50.123Z');
    expect(sql).toContain(
      "where t.year = 2026 and t.run_id = 'r1' and t.step is null and (l.year = 2026 and l.month = 12 and l.day = 31 or l.year = 2027 and l.month = 1 and l.day = 1) and",
    );
    expect(sql?.split('"')).toHaveLength(3);
  });
});
