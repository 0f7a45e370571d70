import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { GetScheduleCommand, ListSchedulesCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunApi } from '../../src/platform/ports/run-api.ts';
import type { TimelineRow } from '../../src/stats/timeline.ts';
import { openPlatform, openTarget } from '../runs/harness.ts';
import { testClientOptions } from '../wire/aws-clients.ts';
import { type PlanFolder, patience, writePlan } from './plan-folder.ts';
import { openRehearsalStack, type RehearsalStack } from './rehearsal-stack.ts';

let stack: RehearsalStack;
beforeAll(async () => {
  stack = await openRehearsalStack();
});
afterAll(() => stack?.close());

const users = `user\n${Array.from({ length: 400 }, (_, index) => `u${index}`).join('\n')}\n`;

const hooks = `
export const sign = (request, context) => {
  request.headers['x-signature'] = [...context.get('user')].reverse().join('');
};
`;

/** Random arrivals, random values, rows that are used once, a hook, and a rate that changes: all of it seeded. */
const plan = (port: number) => `
version: 1
name: same as local
target: http://127.0.0.1:${port}
seed: 42
arrivals: poisson
load: [{ for: 4s, rate: 20 }, { for: 6s, rate: 20 to 50 }]
workers: { count: 3 }
hooks: hooks.mjs
scenarios:
  - name: visit
    weight: 2
    data: { file: users.csv, use: once }
    steps: [{ get: "/visit?user={{user}}&n={{$randomInt 1 1000000}}", name: visit, before: sign }]
  - name: look
    steps: [{ get: "/look?s={{$randomString 8}}", name: look }]
thresholds: ["failures < 1%"]
${patience}
`;

/** The stormdrain command of this package, in the plan's folder. */
const command = async (folder: PlanFolder, ...arguments_: readonly string[]) => {
  const child = spawn(process.execPath, [resolve('bin/stormdrain.mjs'), ...arguments_], {
    cwd: folder.path,
    env: { ...process.env, ...stack.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => void chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => void chunks.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output: Buffer.concat(chunks).toString() };
};

const requestsAt = async (run: (folder: PlanFolder) => Promise<void>): Promise<readonly string[]> => {
  const requests: string[] = [];
  const target = await openTarget((request, response) => {
    requests.push(`${request.url} ${request.headers['x-signature'] ?? 'unsigned'}`);
    response.end('ok');
  });
  const folder = await writePlan(plan(target.port), { 'users.csv': users, 'hooks.mjs': hooks });
  await run(folder);
  await folder.close();
  await target.close();
  return requests.sort();
};

const arrivalsBySecond = async (api: RunApi, runId: string) => {
  const rows: TimelineRow[] = [];
  for (let second = 0; ; ) {
    const page = await api.timeline(runId, second);
    rows.push(...page.rows);
    if (page.complete || page.nextSecond === second) break;
    second = page.nextSecond;
  }
  return rows.filter(({ step }) => step === null).map(({ second, arrived }) => [second, arrived]);
};

describe('a run on the packaged service, started by the command line', () => {
  it('sends what the same plan sends on this machine: the same arrivals in each second, the same rows, the same values', async () => {
    const platform = await openPlatform();
    let local: unknown;
    let localSeconds: unknown;
    const locally = await requestsAt(async (folder) => {
      const { runId } = await platform.api.start(await folder.load());
      const { requests, steps } = await platform.ended(runId);
      local = { requests, steps: steps.map(({ name, completed, failed }) => ({ name, completed, failed })) };
      localSeconds = await arrivalsBySecond(platform.api, runId);
    });
    await platform.close();

    let said = '';
    const onStack = await requestsAt(async (folder) => {
      const { code, output } = await command(folder, 'run', 'plan.yml', '--stack', 'stormdrain-dev');
      said = output;
      expect(code, output).toBe(0);
    });
    const [run] = (await stack.remote.api.list({ limit: 1 })).runs;
    const runId = run?.runId ?? '';
    const summary = await stack.ended(runId);
    const { requests, steps } = summary;

    expect(said).toMatch(/passed/i);
    expect(onStack).toEqual(locally);
    expect({
      requests,
      steps: steps.map(({ name, completed, failed }) => ({ name, completed, failed })),
    }).toEqual(local);
    expect(await arrivalsBySecond(stack.remote.api, runId)).toEqual(localSeconds);
    const rowsUsed = onStack.flatMap((line) => /user=(u\d+)/.exec(line)?.[1] ?? []);
    expect(rowsUsed.length).toBe(steps.find(({ name }) => name === 'visit')?.completed);
    expect(new Set(rowsUsed).size).toBe(rowsUsed.length);
    expect(onStack.some((line) => line.startsWith('/visit?user=u12&') && line.endsWith(' 21u'))).toBe(true);

    expect(summary.outcome).toBe('passed');
    expect(summary.workers.map(({ state }) => state)).toEqual(['finished', 'finished', 'finished']);
    expect(stack.executions.statusOf(runId)).toBe('SUCCEEDED');
    expect(stack.executions.statesOf(runId).slice(0, 3)).toEqual([
      'PlanRun',
      'LaunchWorkers',
      'CheckWorkers',
    ]);
    expect(stack.tasks.tasksOf(runId)).toHaveLength(3);
    expect(stack.running(runId)).toEqual([]);
  });
});

/** What the scheduler sends at the time of a schedule: the input it was given, with its placeholder filled in. */
const scheduledEvent = async (name: string): Promise<unknown> => {
  const scheduler = new SchedulerClient(testClientOptions(stack.proxy.url));
  const { Schedules = [] } = await scheduler.send(new ListSchedulesCommand({}));
  const GroupName = Schedules.find(({ Name }) => Name === name)?.GroupName;
  const { Target } = await scheduler.send(new GetScheduleCommand({ Name: name, GroupName }));
  scheduler.destroy();
  return JSON.parse((Target?.Input ?? '').replace('<aws.scheduler.scheduled-time>', '2026-11-21T06:00:00Z'));
};

describe('a scheduled run on the packaged service', () => {
  it('starts once, however often its time is told', async () => {
    const target = await openTarget();
    const folder = await writePlan(
      `version: 1\ntarget: http://127.0.0.1:${target.port}\nload: [{ for: 2s, rate: 20 }]\nscenarios: [{ name: a, steps: [{ get: / }] }]\n${patience}\n`,
    );
    const said = await command(
      folder,
      ...['schedule', 'plan.yml', '--name', 'nightly', '--cron', '0 6 * * ? *', '--stack', 'stormdrain-dev'],
    );
    expect(said.code, said.output).toBe(0);
    await folder.close();

    const event = await scheduledEvent('nightly');
    const told = await Promise.all([
      stack.functions.invoke('StartScheduledRun', event),
      stack.functions.invoke('StartScheduledRun', event),
    ]);
    told.push(await stack.functions.invoke('StartScheduledRun', event));
    const runIds = new Set(told.map((each) => (each as { readonly runId: string }).runId));
    expect(runIds.size).toBe(1);
    const [runId = ''] = runIds;
    const summary = await stack.ended(runId);
    expect(summary.outcome, summary.verdict.reasons.join('\n')).toBe('passed');
    expect(target.paths).toHaveLength(40);
    expect(stack.tasks.tasksOf(runId)).toHaveLength(1);
    await target.close();
  });
});
