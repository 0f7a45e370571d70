import { describe, expect, it } from 'vitest';
import type { CliStack } from '../../src/cli/cli-context.ts';
import { main } from '../../src/cli/main.ts';
import type { StackReference } from '../../src/cli/stack-reference.ts';
import type { DrainRecord } from '../../src/drain/records/drain-record.ts';
import type { StopTaskStep } from '../../src/drain/targets/stop-task.ts';
import {
  BadInputError,
  DrainAlreadyEndedError,
  DrainNotFoundError,
  ServiceUnavailableError,
} from '../../src/errors.ts';
import type { DrainApi, DrainListRequest, DrainRequested } from '../../src/platform/ports/drain-api.ts';
import { aLogsApi } from './a-logs-api.ts';
import { aContext, aRunApi, TextSink } from './builders.ts';
import {
  aClusterCheck,
  aDrainApi,
  aDrainEntry,
  aDrainRecord,
  drainId,
  instanceId,
} from './drain-builders.ts';
import { aScalingApi } from './scaling-builders.ts';

const task = 'arn:aws:ecs:eu-central-1:111122223333:task/web/0123456789abcdef0123456789abcdef';

/** A context in which only a stack can be opened; `asked` are those that were. */
const onStack = (
  drains: Partial<DrainApi>,
  more: { readonly env?: Record<string, string>; readonly stderr?: TextSink } = {},
) => {
  const asked: (StackReference | undefined)[] = [];
  const context = aContext(aRunApi(), {
    env: { USER: 'ada', ...more.env },
    ...(more.stderr === undefined ? {} : { stderr: more.stderr }),
    openApp(reference) {
      asked.push(reference);
      if (reference === undefined) throw new Error('this machine was opened');
      const unexpected = () => Promise.reject(new Error('a schedule was not expected'));
      const schedules = { put: unexpected, list: unexpected, delete: unexpected };
      const stack: CliStack = {
        ...reference,
        bucketName: 'load-bucket',
        schedules,
        drains: aDrainApi(drains),
        scaling: aScalingApi(),
        logs: aLogsApi(),
      };
      return Promise.resolve({ api: aRunApi(), stack, close: () => Promise.resolve() });
    },
  });
  return Object.assign(context, { asked });
};

const cli = async (
  args: readonly string[],
  drains: Partial<DrainApi> = {},
  more: Parameters<typeof onStack>[1] = {},
) => {
  const context = onStack(drains, more);
  const code = await main(args, context);
  return { code, out: context.stdout.text, err: context.stderr.text, context };
};

const stack = ['--stack', 'load'] as const;
const running = aDrainRecord({ outcome: 'running', endedAtMillis: null, marginSeconds: null });

const accepting = (requests: DrainRequested[] = [], created = true): Partial<DrainApi> => ({
  request(request) {
    requests.push(request);
    return Promise.resolve({ drainId, cluster: 'web', pace: 'hurried', created });
  },
});

/** Answers in turn; the last one for ever. */
const inTurn = <Value>(...answers: readonly (Value | Error)[]): (() => Promise<Value>) => {
  let asked = 0;
  return () => {
    const answer = answers[Math.min(asked++, answers.length - 1)];
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer as Value);
  };
};

describe('a command on clusters', () => {
  it.each([
    [['drain', instanceId], accepting()],
    [['drain', 'check', 'web'], { check: () => Promise.resolve(aClusterCheck({ risks: [] })) }],
    [['drains'], { list: () => Promise.resolve({ drains: [] }) }],
    [['drains', instanceId], { show: () => Promise.resolve(aDrainRecord()) }],
    [
      ['stop-task', task, '--cluster', 'web'],
      { stopTask: inTurn<StopTaskStep>({ stage: 'stopped', inFlight: null, waitMillis: 0 }) },
    ],
  ])('opens the stack and nothing of this machine: %j', async (args, api) => {
    const named = await cli([...args, '--stack', 'load', '--region', 'eu-central-1'], api);
    expect(named.code, named.err).toBe(0);
    expect(named.context.asked).toEqual([{ name: 'load', region: 'eu-central-1' }]);
    const byEnvironment = await cli(args, api, { env: { STORMDRAIN_STACK: 'nightly' } });
    expect(byEnvironment.context.asked).toEqual([{ name: 'nightly' }]);
  });

  it.each([[['drain', instanceId]], [['drain', 'check', 'web']], [['stop-task', task, '--cluster', 'web']]])(
    'needs a stack: %j',
    async (args) => {
      expect(await cli(args)).toMatchObject({ code: 2, err: expect.stringContaining('give --stack NAME') });
    },
  );

  it.each([
    [['drain'], 'missing required argument'],
    [['drain', 'chek', ...stack], 'drain: "chek" is no id of an EC2 instance'],
    [['drain', 'i-0B662EF9931388BA0', ...stack], 'is no id of an EC2 instance'],
    [['drain', drainId, ...stack], 'is no id of an EC2 instance'],
    [['drain', instanceId, '--deadline', 'soon', ...stack], 'Expected a duration from 1s to 168h'],
    [['drain', instanceId, '--deadline', '0s', ...stack], 'Expected a duration'],
    [['drain', instanceId, '--deadline', '169h', ...stack], 'Expected a duration'],
    [['drain', instanceId, '--deadline', '5m', '--cancel', ...stack], 'give one of them'],
    [['drain', 'check', ...stack], 'missing required argument'],
    [
      ['drain', 'check', 'arn:aws:ecs:eu-central-1:1:cluster/web', ...stack],
      "can't be the name of a cluster",
    ],
    [['drain', 'simulate', '--instances', '0'], 'a whole number from 1 to 1000'],
    [['drain', 'simulate', '--cause', 'whim'], 'Allowed choices are spot'],
    [['drain', 'simulate', '--deadline-seconds', '60'], '--deadline-seconds: 60 is not what EC2 gives'],
    [['drain', 'simulate', '--tasks', '2', '--groups', '3'], '--groups: 3 groups need as many tasks'],
    [['drain', 'simulate', '--stack', 'load'], 'unknown option'],
    [['drains', '--limit', '0', ...stack], 'a whole number from 1'],
    [['stop-task', task, ...stack], '--cluster'],
    [['stop-task', 'shop', '--cluster', 'web', ...stack], 'stop-task: "shop" is no task: give its ARN'],
    [['stop-task', task, '--cluster', 'api', ...stack], '--cluster: the task is one of cluster "web"'],
  ])('refuses %j', async (args, message) => {
    const { code, out, err } = await cli(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });
});

describe('drain', () => {
  it('asks the stack in the name of who typed it, and says how to see how it goes', async () => {
    const requests: DrainRequested[] = [];
    const { code, out } = await cli(
      ['drain', instanceId, '--deadline', '10m', ...stack],
      accepting(requests),
    );
    expect(code).toBe(0);
    expect(requests).toEqual([{ instanceId, deadlineSeconds: 600, requestedBy: 'ada' }]);
    expect(out).toBe(
      `Drains ${instanceId} of cluster web within 10 min 0 s: drain ${drainId}\nSee how it goes: stormdrain drains ${drainId} --stack load\n`,
    );
  });

  it('is without hurry unless told', async () => {
    const requests: DrainRequested[] = [];
    const { out } = await cli(['drain', instanceId, ...stack], accepting(requests));
    expect(requests[0]?.deadlineSeconds).toBeNull();
    expect(out).toContain('of cluster web without hurry');
  });

  it('says so when one was under way', async () => {
    const { code, out } = await cli(['drain', instanceId, ...stack], accepting([], false));
    expect(code).toBe(0);
    expect(out).toContain(`is under way already: drain ${drainId}`);
    const hastened = await cli(['drain', instanceId, '--deadline', '2m', ...stack], accepting([], false));
    expect(hastened.out).toContain('is under way already; the earlier deadline counts: drain');
  });

  it.each([
    [new BadInputError('in none of the clusters'), 2],
    [new ServiceUnavailableError('the stack load does not answer'), 75],
  ])('passes on what the stack says: %s', async (error, code) => {
    const api = { request: () => Promise.reject(error) };
    expect(await cli(['drain', instanceId, ...stack], api)).toMatchObject({
      code,
      err: `stormdrain: ${error.message}\n`,
    });
  });

  it.each([[instanceId], [drainId]])('takes the drain of %s back', async (reference) => {
    const cancelled: string[][] = [];
    const { code, out } = await cli(['drain', reference, '--cancel', ...stack], {
      show: () => Promise.resolve(running),
      cancel(id, by) {
        cancelled.push([id, by]);
        return Promise.resolve();
      },
    });
    expect(code).toBe(0);
    expect(cancelled).toEqual([[drainId, 'ada']]);
    expect(out).toContain(`${instanceId} becomes ACTIVE again`);
  });

  it('takes nothing back that is over', async () => {
    const { code, err } = await cli(['drain', instanceId, '--cancel', ...stack], {
      show: () => Promise.resolve(aDrainRecord()),
      cancel: () => Promise.reject(new DrainAlreadyEndedError('it has ended')),
    });
    expect({ code, err }).toEqual({ code: 2, err: 'stormdrain: it has ended\n' });
  });
});

describe('drain --follow', () => {
  const follow = (...records: readonly (DrainRecord | Error)[]): Partial<DrainApi> => ({
    ...accepting(),
    show: inTurn<DrainRecord>(...records),
  });
  const args = ['drain', instanceId, '--follow', ...stack];

  it('tells each step once, and ends with the timeline', async () => {
    const early = { ...running, steps: { ...running.steps, verified: null, lastStop: null, empty: null } };
    const { code, out, err } = await cli(args, follow(early, early, running, aDrainRecord()));
    expect(code).toBe(0);
    expect(err.match(/DRAINING/g)).toHaveLength(1);
    expect(err).toContain('    10.4 s  nothing new is sent to them');
    expect(err).not.toContain('deadline');
    expect(out).toContain(`\nEMPTY  ${instanceId} in cluster web\n`);
  });

  it.each([
    ['missed something', { missed: ['not seen to stop: task-1'] }, 1],
    ['was abandoned', { outcome: 'abandoned' }, 1],
    ['was taken back by somebody', { outcome: 'taken-back' }, 130],
    ['ended with the instance', { outcome: 'gone' }, 0],
  ] as const)('tells by the exit code that a drain %s', async (_, overrides, code) => {
    const record = aDrainRecord(overrides as Partial<DrainRecord>);
    expect((await cli(args, follow(record))).code).toBe(code);
  });

  it('of a drain that is taken back ends well when it is', async () => {
    const api = {
      ...follow(running, running, aDrainRecord({ outcome: 'taken-back' })),
      cancel: () => Promise.resolve(),
    };
    const taken = ['drain', instanceId, '--cancel', '--follow', ...stack];
    expect((await cli(taken, api)).code).toBe(0);
  });

  it('outlives a stack that is away for a moment', async () => {
    const away = new ServiceUnavailableError('the stack load does not answer');
    const { code, err } = await cli(args, follow(running, away, away, aDrainRecord()));
    expect(code).toBe(0);
    expect(err).toContain('the stack load does not answer; trying again.\n');
    expect(err).toContain('Connected again.\n');
  });

  it('gives up on a stack that stays away, and on what will not pass', async () => {
    const away = new ServiceUnavailableError('the stack load does not answer');
    expect((await cli(args, follow(away))).code).toBe(75);
    expect((await cli(args, follow(new DrainNotFoundError('no such drain')))).code).toBe(2);
  });

  it('is left by Ctrl-C at once, and the drain goes on', async () => {
    const context = onStack({
      ...accepting(),
      show() {
        context.interrupt();
        return Promise.resolve(running);
      },
    });
    expect(await main(args, context)).toBe(130);
    expect(context.stderr.text).toContain(
      `The drain goes on. See how it goes: stormdrain drains ${drainId} --stack load\n`,
    );
    expect(context.listeners()).toBe(0);
  });

  it('redraws a block at a terminal, and takes it away at the end', async () => {
    const stderr = new TextSink({ terminal: true, columns: 100 });
    const { out } = await cli(args, follow(running, aDrainRecord()), { stderr });
    expect(stderr.text).toContain('UNDER WAY');
    expect(stderr.text).toContain('Ctrl-C leaves; the drain goes on');
    expect(out).not.toContain('UNDER WAY');
  });
});

describe('drain check', () => {
  const check = (risks = aClusterCheck().risks): Partial<DrainApi> => ({
    check: (cluster) => Promise.resolve(aClusterCheck({ cluster, risks })),
  });

  it('exits with 1 when something would spoil a drain', async () => {
    const { code, out } = await cli(['drain', 'check', 'api', ...stack], check());
    expect(code).toBe(1);
    expect(out).toContain('Cluster api:');
    expect(out).toContain('Fix: set stopTimeout of its containers to 110 or less');
  });

  it('exits with 0 when there are but notes', async () => {
    const notes = aClusterCheck().risks.filter(({ severity }) => severity === 'note');
    expect((await cli(['drain', 'check', 'web', ...stack], check(notes))).code).toBe(0);
  });

  it('takes the stack before its own name too', async () => {
    expect((await cli(['drain', '--stack', 'load', 'check', 'web'], check([]))).code).toBe(0);
  });

  it('prints the document with --json', async () => {
    const { out } = await cli(['drain', 'check', 'web', '--json', ...stack], check());
    expect(JSON.parse(out)).toEqual(aClusterCheck());
  });
});

describe('drains', () => {
  /** Numbered from the newest; pages as a stack gives them. */
  const history = (count: number, pages: DrainListRequest[] = []): Partial<DrainApi> => ({
    list(page) {
      pages.push(page);
      const from = Number(page.after ?? 0);
      const upTo = Math.min(count, from + page.limit);
      const drains = Array.from({ length: upTo - from }, (_, n) =>
        aDrainEntry({ drainId: `${instanceId}-${from + n}` }),
      );
      return Promise.resolve({ drains, ...(upTo < count ? { next: String(upTo) } : {}) });
    },
  });

  it('lists the newest, and says that there are older ones', async () => {
    const { code, out } = await cli(['drains', ...stack], history(30));
    expect(code).toBe(0);
    expect(out.match(/09:31/g)).toHaveLength(20);
    expect(out).toContain('There are older ones: stormdrain drains --limit 100 --stack load\n');
  });

  it('lists five hundred page by page', async () => {
    const pages: DrainListRequest[] = [];
    const { out } = await cli(['drains', '--limit', '500', '--json', ...stack], history(700, pages));
    const ids = (JSON.parse(out) as { drainId: string }[]).map((drain) => drain.drainId);
    expect(ids).toEqual(Array.from({ length: 500 }, (_, n) => `${instanceId}-${n}`));
    expect(pages).toHaveLength(10);
    expect(Math.max(...pages.map(({ limit }) => limit))).toBeLessThanOrEqual(50);
  });

  it('says how to begin when there are none', async () => {
    expect((await cli(['drains', ...stack], history(0))).out).toBe(
      'No drains here yet. Begin one: stormdrain drain INSTANCE --stack load\n',
    );
    expect((await cli(['drains', '--json', ...stack], history(0))).out).toBe('[]\n');
  });

  it('shows one, by whatever the stack finds it', async () => {
    const asked: string[] = [];
    const api: Partial<DrainApi> = {
      show(id) {
        asked.push(id);
        return Promise.resolve(aDrainRecord());
      },
    };
    const { code, out } = await cli(['drains', 'i-0b66', ...stack], api);
    expect({ code, asked }).toEqual({ code: 0, asked: ['i-0b66'] });
    expect(out).toContain('Margin      16.1 s');
    expect(JSON.parse((await cli(['drains', 'i-0b66', '--json', ...stack], api)).out)).toEqual(
      aDrainRecord(),
    );
  });

  it('exits with 2 for one that there is not', async () => {
    const api = { show: () => Promise.reject(new DrainNotFoundError('no drain has that id')) };
    expect(await cli(['drains', 'i-0b66', ...stack], api)).toMatchObject({
      code: 2,
      err: 'stormdrain: no drain has that id\n',
    });
  });
});

describe('stop-task', () => {
  const args = ['stop-task', task, '--cluster', 'web', ...stack];
  const step = (
    stage: StopTaskStep['stage'],
    inFlight: number | null = null,
    waitMillis = 500,
  ): StopTaskStep => ({ stage, inFlight, waitMillis });

  it('goes on until the task was told to stop, and says what it waited for', async () => {
    const requests: unknown[] = [];
    const steps = inTurn(
      step('deregistering'),
      step('deregistering'),
      step('settling', null, 5_000),
      step('in-flight', 3),
      step('stopped', 0, 0),
    );
    const { code, out, err } = await cli([...args, '--reason', 'too old'], {
      stopTask(request) {
        requests.push(request);
        return steps();
      },
    });
    expect(code).toBe(0);
    expect(requests).toHaveLength(5);
    expect(requests[0]).toEqual({ cluster: 'web', task, reason: 'too old' });
    expect(err.split('\n')).toEqual([
      '   0.0 s  its targets are being deregistered',
      '   1.0 s  the balancers send it nothing new; settling',
      '   6.0 s  3 requests in flight',
      '',
    ]);
    expect(out).toBe(`Told task ${task} of cluster web to stop after 6.5 s.\n`);
  });

  it('says how many requests were in flight when the budget was over', async () => {
    const { out } = await cli(args, { stopTask: inTurn(step('in-flight', 3), step('stopped', 2, 0)) });
    expect(out).toContain(', with 2 requests in flight.\n');
  });

  it('gives a reason of its own', async () => {
    const reasons: string[] = [];
    await cli(['stop-task', '0123456789abcdef0123456789abcdef', '--cluster', 'web', ...stack], {
      stopTask({ reason }) {
        reasons.push(reason);
        return Promise.resolve(step('stopped'));
      },
    });
    expect(reasons).toEqual(['stopped by ada with stormdrain stop-task']);
  });

  it('tries again what may pass', async () => {
    const away = new ServiceUnavailableError('the stack load does not answer');
    expect(await cli(args, { stopTask: inTurn<StopTaskStep>(away, step('stopped')) })).toMatchObject({
      code: 0,
      err: expect.stringContaining('trying again'),
    });
  });

  it('says at Ctrl-C where it stands and how to go on', async () => {
    const context = onStack({
      stopTask() {
        context.interrupt();
        return Promise.resolve(step('settling'));
      },
    });
    expect(await main(args, context)).toBe(130);
    expect(context.stderr.text).toContain(
      'The task runs on; where it stands: the balancers send it nothing new',
    );
    expect(context.stderr.text).toContain(`stormdrain stop-task ${task} --cluster web --stack load`);
    expect(context.stdout.text).toBe('');
    expect(context.listeners()).toBe(0);
  });
});
