import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CliStack } from '../../src/cli/cli-context.ts';
import { main } from '../../src/cli/main.ts';
import type { StackReference } from '../../src/cli/stack-reference.ts';
import {
  BadInputError,
  NotAllowedError,
  PlanRefusedError,
  RunNotPlannedError,
  ServiceUnavailableError,
} from '../../src/errors.ts';
import type { RunApi, RunListEntry, StartRequest } from '../../src/platform/ports/run-api.ts';
import type { ListedSchedule, ScheduleApi } from '../../src/platform/ports/schedule-api.ts';
import { aLogsApi } from './a-logs-api.ts';
import { aContext, aPreflight, aProgress, aRunApi, aSummary, type TestContext } from './builders.ts';
import { aDrainApi } from './drain-builders.ts';
import { aScalingApi } from './scaling-builders.ts';

const runId = '20260131-102030-k7fq';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormdrain-stack-'));
  // No name of it resolves, and no configuration allows it: both are left to the stack.
  await writeFile(
    join(folder, 'plan.yml'),
    'version: 1\nname: nightly shop\ntarget: http://shop.invalid\nload: [{ for: 1s, rate: 10 }]\nscenarios: [{ name: a, steps: [{ get: / }] }]\n',
  );
  await writeFile(join(folder, 'bad.yml'), 'version: 1\ntarget: http://shop.invalid\nload: []\n');
  await writeFile(join(folder, 'stormdrain.config.yml'), 'nonsense: [\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const noSchedules: ScheduleApi = {
  put: () => Promise.reject(new Error('put was not expected')),
  list: () => Promise.reject(new Error('list was not expected')),
  delete: () => Promise.reject(new Error('delete was not expected')),
};

/** A context in which only a stack can be opened; `asked` are those that were. */
const onStack = (
  api: Partial<RunApi>,
  more: { readonly schedules?: Partial<ScheduleApi>; readonly env?: Record<string, string> } = {},
): TestContext & { readonly asked: (StackReference | undefined)[] } => {
  const asked: (StackReference | undefined)[] = [];
  const context = aContext(aRunApi(api), {
    cwd: folder,
    env: more.env ?? {},
    openApp(reference) {
      asked.push(reference);
      if (reference === undefined) throw new Error('this machine was opened');
      const stack: CliStack = {
        ...reference,
        bucketName: 'load-bucket',
        schedules: { ...noSchedules, ...more.schedules },
        drains: aDrainApi(),
        scaling: aScalingApi(),
        logs: aLogsApi(),
      };
      return Promise.resolve({ api: aRunApi(api), stack, close: () => Promise.resolve() });
    },
  });
  return Object.assign(context, { asked });
};

const cli = async (
  args: readonly string[],
  api: Partial<RunApi> = {},
  more: Parameters<typeof onStack>[1] = {},
) => {
  const context = onStack(api, more);
  const code = await main(args, context);
  return { code, out: context.stdout.text, err: context.stderr.text, context };
};

const ended: Partial<RunApi> = { summary: () => Promise.resolve(aSummary({ runId })) };
const starting = (started: StartRequest[] = []): Partial<RunApi> => ({
  start(request) {
    started.push(request);
    return Promise.resolve({ runId, created: true });
  },
});
const entry = (id: string): RunListEntry => ({
  runId: id,
  name: 'shop',
  target: 'http://shop.invalid',
  createdAt: '2026-01-31T10:20:30.000Z',
  status: 'running',
});

describe('a command with --stack', () => {
  it.each([
    [['runs'], { list: () => Promise.resolve({ runs: [] }) }],
    [['show', runId], ended],
    [['watch', runId], ended],
    [['stop', runId], { stop: () => Promise.resolve() }],
    [['scale', runId, '--workers', '4'], { scale: () => Promise.resolve() }],
    [['run', 'plan.yml'], { ...starting(), ...ended }],
    [['plan', 'check', 'plan.yml'], {}],
  ])('opens the stack and nothing of this machine: %j', async (args, api) => {
    const named = await cli([...args, '--stack', 'load', '--region', 'eu-central-1'], api);
    expect(named.code, named.err).toBe(0);
    expect(named.context.asked).toEqual([{ name: 'load', region: 'eu-central-1' }]);
    const byEnvironment = await cli(args, api, { env: { STORMDRAIN_STACK: 'nightly' } });
    expect(byEnvironment.context.asked).toEqual([{ name: 'nightly' }]);
  });

  it.each([
    [['runs', '--region', 'eu-central-1'], {}, '--stack'],
    [['runs', '--stack', ''], {}, '--stack needs the name'],
    [['runs', '--stack', 'my_stack'], {}, '--stack: "my_stack"'],
    [['runs'], { STORMDRAIN_STACK: '7' }, 'STORMDRAIN_STACK: "7"'],
    [['runs', '--stack', 'load', '--region', 'evil.test/'], {}, 'is no AWS region'],
  ])('refuses %j with %j', async (args, env, message) => {
    expect(await cli(args, {}, { env })).toMatchObject({ code: 2, err: expect.stringContaining(message) });
  });

  it('says so when the stack can not be opened', async () => {
    const context = aContext(aRunApi(), {
      openApp: () => Promise.reject(new BadInputError('there is no stack load in eu-central-1')),
    });
    expect(await main(['runs', '--stack', 'load'], context)).toBe(2);
    expect(context.stderr.text).toBe('stormdrain: there is no stack load in eu-central-1\n');
  });
});

describe('run --stack', () => {
  const run = ['run', 'plan.yml', '--stack', 'load'];

  it('posts the document as written and prints commands for the stack', async () => {
    const started: StartRequest[] = [];
    const { code, out } = await cli(run, { ...starting(started), ...ended });
    expect(code).toBe(0);
    expect(started[0]?.source.text).toContain('http://shop.invalid');
    expect(out).toContain(`show ${runId} --json --stack load`);
    expect(out).toContain('runs --stack load');
    expect(out).toContain(`s3://load-bucket/${aSummary().timeline}`);
  });

  it('prints the timeline as an S3 URI in the document', async () => {
    const { out } = await cli([...run, '--json'], { ...starting(), ...ended });
    expect(JSON.parse(out)).toMatchObject({ timeline: `s3://load-bucket/${aSummary().timeline}` });
  });

  it('finds mistakes before the stack is asked', async () => {
    const { code, err, context } = await cli(['run', 'bad.yml', '--stack', 'load']);
    expect(code).toBe(2);
    expect(err).toContain('bad.yml:3:');
    expect(context.asked).toEqual([]);
  });

  it('prints problems that the stack found as those of this machine are', async () => {
    const problem = {
      code: 'target-not-allowed' as const,
      file: 'plan.yml',
      line: 3,
      column: 9,
      path: 'target',
      value: '"http://shop.invalid"',
      expected: 'shop.invalid is not in allowedTargets',
      sourceLine: 'target: http://shop.invalid',
    };
    const refused = new PlanRefusedError('the plan is wrong', [problem]);
    const { code, out, err } = await cli(run, { start: () => Promise.reject(refused) });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^plan\.yml:3:9 {2}target/);
    expect(err).toContain('3 | target: http://shop.invalid');
    expect(err).toContain('The stack load sends load only to what its parameter AllowedTargets lists.');
    expect(
      (
        await cli(['plan', 'check', 'plan.yml', '--stack', 'load'], {
          check: () => Promise.resolve({ kind: 'refused', problems: [problem] }),
        })
      ).err,
    ).toBe(err);
  });

  it('prints what stands in the way', async () => {
    const refused = new PlanRefusedError('raise the quota L-3032A538');
    expect(await cli(run, { start: () => Promise.reject(refused) })).toMatchObject({
      code: 2,
      err: 'raise the quota L-3032A538\n',
    });
  });

  /** A run that goes on until it is asked to stop; `onPoll` is called at each look. */
  const goingOn = (onPoll: (poll: number) => void, more: Partial<RunApi> = {}) => {
    let polls = 0;
    let stopped = false;
    const api: Partial<RunApi> = {
      ...starting(),
      summary() {
        polls += 1;
        onPoll(polls);
        return Promise.resolve(stopped && polls > 6 ? aSummary({ runId, outcome: 'stopped' }) : undefined);
      },
      progress: () => Promise.resolve(aProgress({ runId })),
      stop() {
        stopped = true;
        return Promise.resolve();
      },
      ...more,
    };
    return api;
  };

  it('stops the run at Ctrl-C and waits for its summary', async () => {
    const context = onStack(goingOn((poll) => poll === 2 && context.interrupt()));
    expect(await main(run, context)).toBe(130);
    expect(context.stderr.text).toContain('Stopping the run on the stack');
    expect(context.stdout.text).toMatch(/^STOPPED/);
  });

  it('leaves at a second Ctrl-C, and the run ends by itself', async () => {
    const context = onStack(
      goingOn((poll) => (poll === 2 || poll === 5) && context.interrupt(), {
        stop: () => Promise.resolve(),
      }),
    );
    expect(await main(run, context)).toBe(130);
    expect(context.stdout.text).toBe('');
    expect(context.stderr.text).toContain(
      `Left run ${runId}, which is stopping on the stack. Its summary: stormdrain show ${runId} --stack load`,
    );
  });

  it('says how to stop the run when the stack was not told yet', async () => {
    const context = onStack(
      goingOn((poll) => (poll === 2 || poll === 5) && context.interrupt(), {
        stop: () => Promise.reject(new RunNotPlannedError('not yet')),
      }),
    );
    expect(await main(run, context)).toBe(130);
    expect(context.stderr.text).toContain(`Stop it: stormdrain stop ${runId} --stack load`);
  });

  it('can be left while the run is being started', async () => {
    const context = onStack({
      start() {
        context.interrupt();
        void context.sleep(1000).then(() => context.interrupt());
        return new Promise(() => undefined);
      },
    });
    expect(await main(run, context)).toBe(130);
    expect(context.stderr.text).toContain('stormdrain runs --stack load');
  });

  it('outlives a connection that is gone for minutes, and says so once', async () => {
    let polls = 0;
    const api: Partial<RunApi> = {
      ...starting(),
      progress: () => Promise.resolve(aProgress({ runId })),
      summary() {
        polls += 1;
        if (polls > 3 && polls < 60) return Promise.reject(new ServiceUnavailableError('no answer'));
        return Promise.resolve(polls > 65 ? aSummary({ runId }) : undefined);
      },
    };
    const { code, err } = await cli(run, api);
    expect(code).toBe(0);
    expect(err.match(/no answer; trying again/g)).toHaveLength(1);
    expect(err).toContain('Connected again.');
  });

  it.each([
    [new ServiceUnavailableError('no answer'), 75],
    [new NotAllowedError('the session has expired'), 2],
  ])('that has lost the stack for good says how to come back: %s', async (error, exit) => {
    const { code, err } = await cli(run, { ...starting(), summary: () => Promise.reject(error) });
    expect(code).toBe(exit);
    expect(err).toContain(`stormdrain watch ${runId} --stack load`);
    expect(err).toContain(`stormdrain: ${error.message}\n`);
  });
});

describe('the run that is meant on a stack', () => {
  it('is taken at its word by its whole id, without listing', async () => {
    expect((await cli(['show', runId, '--stack', 'load'], ended)).code).toBe(0);
  });

  it('is looked for page by page, no further back than it can be', async () => {
    const pages = [
      { runs: [entry('20260203-000000-aaaa')], next: '1' },
      { runs: [entry('20260131-102030-bbbb'), entry('20260131-102000-cccc')], next: '2' },
      { runs: [entry('20260130-102030-dddd')], next: '3' },
    ];
    const cursors: (string | undefined)[] = [];
    const shown: string[] = [];
    const api: Partial<RunApi> = {
      list({ after }) {
        cursors.push(after);
        const page = pages[Number(after ?? 0)];
        return page === undefined ? Promise.reject(new Error('too far')) : Promise.resolve(page);
      },
      summary(id) {
        shown.push(id);
        return Promise.resolve(aSummary({ runId: id }));
      },
    };
    expect((await cli(['show', '20260131-1020', '--stack', 'load'], api)).err).toContain('2 runs');
    expect(cursors).toEqual([undefined, '1', '2']);
    await cli(['show', '20260131-102030', '--stack', 'load'], api);
    expect(shown).toEqual(['20260131-102030-bbbb']);
  });

  it('is said to be missing on that stack', async () => {
    const api: Partial<RunApi> = { list: () => Promise.resolve({ runs: [] }) };
    expect((await cli(['show', 'last', '--stack', 'load'], api)).err).toContain(
      'no runs on the stack load yet: start one with "run PLAN --stack load"',
    );
    expect((await cli(['show', '2026', '--stack', 'load'], api)).err).toContain('"runs --stack load"');
  });

  it('is named in what can be done next', async () => {
    const api: Partial<RunApi> = {
      summary: () => Promise.resolve(undefined),
      progress: () => Promise.resolve(aProgress({ runId })),
      stop: () => Promise.resolve(),
    };
    expect((await cli(['show', runId, '--stack', 'load'], api)).out).toContain(
      `stormdrain watch ${runId} --stack load`,
    );
    expect((await cli(['stop', runId, '--stack', 'load', '--region', 'eu-west-1'], api)).out).toContain(
      `stormdrain show ${runId} --stack load --region eu-west-1`,
    );
  });
});

describe('plan check --stack', () => {
  it('shows workers, time to launch and cost, and refuses what stands in the way', async () => {
    const check = (problems: readonly string[]): Partial<RunApi> => ({
      check: ({ plan }) =>
        Promise.resolve({ kind: 'accepted', plan, preflight: aPreflight({ launchSeconds: 40, problems }) }),
    });
    const fine = await cli(['plan', 'check', 'plan.yml', '--stack', 'load'], check([]));
    expect(fine).toMatchObject({ code: 0, err: '' });
    for (const part of ['10 workers', 'launched within', 'costs about']) expect(fine.out).toContain(part);
    const refused = await cli(['plan', 'check', 'plan.yml', '--stack', 'load'], check(['raise the quota']));
    expect(refused).toMatchObject({ code: 2, out: expect.stringContaining('raise the quota') });
  });
});

describe('schedules', () => {
  const nightly: ListedSchedule = {
    name: 'nightly',
    expression: 'cron(30 6 ? * MON-FRI *)',
    timezone: 'Europe/Berlin',
    enabled: true,
  };

  it('are made of a plan, named after it', async () => {
    const put: unknown[] = [];
    const args = ['schedule', 'plan.yml', '--cron', '30 6 ? * MON-FRI *', '--timezone', 'Europe/Berlin'];
    const { code, out } = await cli(
      [...args, '--stack', 'load'],
      {},
      {
        schedules: {
          put(schedule, { source }) {
            put.push(schedule, source.text);
            return Promise.resolve();
          },
        },
      },
    );
    expect(code).toBe(0);
    expect(put).toEqual([
      { name: 'nightly-shop', expression: nightly.expression, timezone: 'Europe/Berlin' },
      expect.stringContaining('shop.invalid'),
    ]);
    expect(out).toContain('stormdrain unschedule nightly-shop --stack load');
  });

  it('are listed', async () => {
    const schedules = { list: () => Promise.resolve([nightly, { ...nightly, name: 'b', enabled: false }]) };
    const { out } = await cli(['schedules', '--stack', 'load'], {}, { schedules });
    expect(out).toMatch(/nightly +cron\(30 6 \? \* MON-FRI \*\) +Europe\/Berlin/);
    expect(out).toMatch(/^b .*off$/m);
    expect(
      JSON.parse((await cli(['schedules', '--stack', 'load', '--json'], {}, { schedules })).out),
    ).toHaveLength(2);
    const none = { list: () => Promise.resolve([]) };
    expect((await cli(['schedules', '--stack', 'load'], {}, { schedules: none })).out).toContain(
      'no schedules',
    );
  });

  it('are removed', async () => {
    const schedules = { delete: (name: string) => Promise.resolve(name === 'nightly') };
    expect((await cli(['unschedule', 'nightly', '--stack', 'load'], {}, { schedules })).code).toBe(0);
    expect(await cli(['unschedule', 'daily', '--stack', 'load'], {}, { schedules })).toMatchObject({
      code: 2,
      err: expect.stringContaining('no schedule "daily"; see stormdrain schedules --stack load'),
    });
  });

  it.each(['..', '', 'a/b'])('are not removed by what is no name: "%s"', async (name) => {
    const schedules = { delete: () => Promise.reject(new Error('asked')) };
    expect(await cli(['unschedule', name, '--stack', 'load'], {}, { schedules })).toMatchObject({
      code: 2,
      err: expect.stringContaining(`"${name}" can't be the name of a schedule`),
    });
  });

  it.each([[['schedule', 'plan.yml', '--rate', '1 day']], [['schedules']], [['unschedule', 'nightly']]])(
    'need a stack: %j',
    async (args) => {
      expect(await cli(args)).toMatchObject({ code: 2, err: expect.stringContaining('give --stack NAME') });
    },
  );

  it('of a plan that the stack refuses are refused as a run is', async () => {
    const schedules = { put: () => Promise.reject(new PlanRefusedError('raise the quota')) };
    const args = ['schedule', 'plan.yml', '--rate', '1 day', '--stack', 'load'];
    expect(await cli(args, {}, { schedules })).toMatchObject({ code: 2, err: 'raise the quota\n' });
  });
});
