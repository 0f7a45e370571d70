import { setTimeout as sleep } from 'node:timers/promises';
import { ECSClient, ListTasksCommand } from '@aws-sdk/client-ecs';
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunSummary } from '../../src/run/summary.ts';
import { openTarget, type RecordingTarget } from '../runs/harness.ts';
import { testClientOptions } from '../wire/aws-clients.ts';
import { s3InternalError, throttled } from './fault-rules.ts';
import { FunctionError } from './function-host.ts';
import { patience, writePlan } from './plan-folder.ts';
import { openRehearsalStack, type RehearsalStack } from './rehearsal-stack.ts';
import type { ServiceCall } from './service-call.ts';

let stack: RehearsalStack;
beforeAll(async () => {
  stack = await openRehearsalStack();
});
afterAll(() => stack?.close());

interface Load {
  readonly seconds: number;
  readonly rate: number;
  readonly workers: number;
  /** Of `workers:`, beside the count. */
  readonly more?: string;
}

/** A plan of a steady rate against a target of its own, which records what reached it. */
const aRun = async ({ seconds, rate, workers, more = '' }: Load) => {
  const target = await openTarget();
  const folder = await writePlan(`
version: 1
name: faults
target: http://127.0.0.1:${target.port}
load: [{ for: ${seconds}s, rate: ${rate} }]
workers: { count: ${workers}${more} }
scenarios: [{ name: visit, steps: [{ get: "/?id={{$uuid}}" }] }]
${patience}
`);
  const request = await folder.load();
  await folder.close();
  return { request, target };
};

/** Nothing of the run is left: no process, and no task that ECS would call running. */
const expectNothingLeft = async (runId: string): Promise<void> => {
  const ecs = new ECSClient(testClientOptions(stack.proxy.url));
  const giveUpAt = Date.now() + 30_000;
  while (stack.running(runId).length > 0 && Date.now() < giveUpAt) await sleep(250);
  expect(stack.running(runId)).toEqual([]);
  const cluster = stack.tasks.tasksOf(runId)[0]?.state.clusterArn;
  const listed = await ecs.send(
    new ListTasksCommand({ cluster, startedBy: runId, desiredStatus: 'RUNNING' }),
  );
  ecs.destroy();
  expect(listed.taskArns).toEqual([]);
};

/** Everything that was scheduled was sent, once, and counted. */
const expectExact = (summary: RunSummary, target: RecordingTarget, scheduled: number): void => {
  expect(summary.requests).toEqual({
    scheduled,
    started: scheduled,
    completed: scheduled,
    failed: 0,
    dropped: 0,
    missed: 0,
    unfinished: 0,
  });
  expect(target.paths).toHaveLength(scheduled);
  expect(new Set(target.paths).size).toBe(scheduled);
  expect(summary.outcome, summary.verdict.reasons.join('\n')).toBe('passed');
};

/** Every arrival was sent once or named as missed. */
const expectAccounted = (summary: RunSummary, target: RecordingTarget, scheduled: number): void => {
  const { completed, failed, missed, unfinished } = summary.requests;
  expect(summary.requests.scheduled).toBe(scheduled);
  expect(completed + failed + missed + unfinished).toBe(scheduled);
  expect(new Set(target.paths).size).toBe(target.paths.length);
};

const ofRun =
  (runId: string) =>
  ({ service, target }: ServiceCall): boolean =>
    service === 's3' && target.includes(`/${runId}/`);

const running = (runId: string) => stack.waitFor(runId, ({ elapsedSeconds }) => (elapsedSeconds ?? -1) > 3);

const abort = async (runId: string): Promise<void> => {
  const sfn = new SFNClient(testClientOptions(stack.proxy.url));
  const executionArn = `${stack.stateMachineArn.replace(':stateMachine:', ':execution:')}:${runId}`;
  await sfn.send(new StopExecutionCommand({ executionArn }));
  sfn.destroy();
};

const unavailable = () =>
  new FunctionError({ errorType: 'Lambda.ServiceException', errorMessage: 'as rehearsed', trace: [] });

describe.concurrent('a run on the packaged service', () => {
  it('is closed by the reaper when its execution was aborted and nobody heard of it', async () => {
    const { request, target } = await aRun({ seconds: 600, rate: 10, workers: 2 });
    const startedAt = Date.now();
    const runId = await stack.start(request, (id) =>
      stack.functions.intercept('ExecutionEnded', id, async () => {
        throw unavailable();
      }),
    );
    await running(runId);
    await abort(runId);
    // The reaper leaves runs alone that are younger than two minutes: their execution may not be seen yet.
    await sleep(startedAt + 125_000 - Date.now());
    expect(stack.running(runId)).toHaveLength(2);
    await stack.functions.invoke('ReapRuns', {});
    const summary = await stack.ended(runId);
    expect(summary.outcome).toBe('error');
    expect(summary.verdict.reasons.join('\n')).toMatch(/^OrchestratorLost/);
    await expectNothingLeft(runId);
    expect(stack.tasks.tasksOf(runId)).toHaveLength(2);
    expect(stack.delivery.undelivered.map(({ functionName }) => functionName)).toEqual(['ExecutionEnded']);
    await target.close();
  });

  it('gets its workers from a RunTask that is answered in part, and outlives an ObserveRun that fails three times', async () => {
    const { request, target } = await aRun({ seconds: 8, rate: 30, workers: 3 });
    let failures = 0;
    const runId = await stack.start(request, (id) => {
      let calls = 0;
      stack.tasks.limitCapacity(id, (count) => (++calls <= 2 ? Math.min(1, count) : count));
      stack.functions.intercept('ObserveRun', id, (carryOut) => {
        const errorType = ['Lambda.ServiceException', 'StoreUnavailable', 'Lambda.TooManyRequestsException'][
          failures++
        ];
        if (errorType === undefined) return carryOut();
        throw new FunctionError({ errorType, errorMessage: 'as rehearsed', trace: [] });
      });
    });
    const summary = await stack.ended(runId);
    expect(failures).toBeGreaterThan(3);
    expect(stack.tasks.tasksOf(runId)).toHaveLength(3);
    expectExact(summary, target, 240);
    await expectNothingLeft(runId);
    await target.close();
  });

  it('is one run when it is posted twice and each of its functions is invoked twice at once or again', async () => {
    const { request, target } = await aRun({ seconds: 8, rate: 30, workers: 3 });
    const twice = (carryOut: () => Promise<unknown>) =>
      Promise.all([carryOut(), carryOut()]).then(([first]) => first);
    let starts = 0;
    let lostAnswer: { hits(): number } | undefined;
    const prepare = (id: string) => {
      stack.functions.intercept('LaunchWorkers', id, twice);
      stack.functions.intercept('ObserveRun', id, twice);
      stack.functions.intercept('FinishRun', id, twice);
      // The tasks are started, the answer is lost: the client asks again with the same token.
      lostAnswer ??= stack.proxy.inject({
        fault: { kind: 'cut', when: 'after' },
        matches: ({ action, body }) => action === 'RunTask' && body.includes(id),
        hits: { first: 1 },
      });
      stack.functions.intercept('StartRun', id, async (carryOut) => {
        starts++;
        const result = await carryOut();
        // Carried out, but nobody learns of it: the state machine tries again.
        if (starts === 1) throw unavailable();
        return result;
      });
    };
    const key = crypto.randomUUID();
    const [runId, same] = await Promise.all([
      stack.start(request, prepare, key),
      stack.start(request, prepare, key),
    ]);
    expect(same).toBe(runId);
    const summary = await stack.ended(runId);
    expect(await stack.remote.api.start(request, { idempotencyKey: key })).toEqual({ runId, created: false });
    expect(starts).toBe(2);
    expect(lostAnswer?.hits()).toBe(1);
    expect(stack.tasks.tasksOf(runId)).toHaveLength(3);
    expect(summary.workers.map(({ shard, attempt, state }) => [shard, attempt, state])).toEqual([
      [0, 0, 'finished'],
      [1, 0, 'finished'],
      [2, 0, 'finished'],
    ]);
    expectExact(summary, target, 240);
    await expectNothingLeft(runId);
    await target.close();
  });

  it('replaces a worker that is killed, and names what was missed', async () => {
    const { request, target } = await aRun({ seconds: 25, rate: 30, workers: 2 });
    const runId = await stack.start(request);
    await running(runId);
    const [victim] = stack.tasks.tasksOf(runId);
    process.kill(victim?.pid ?? 0, 'SIGKILL');
    const summary = await stack.ended(runId);
    const lost = summary.workers.filter(({ state }) => state === 'lost');
    expect(lost).toHaveLength(1);
    expect(lost[0]?.reason).toMatch(/137/);
    expect(summary.workers.filter(({ state }) => state === 'finished')).toHaveLength(2);
    expectAccounted(summary, target, 750);
    expect(summary.requests.missed).toBeGreaterThan(0);
    expect(summary.outcome).toBe('invalid');
    expect(summary.verdict.reasons.join('\n')).toMatch(/was lost .* and replaced by attempt 1/);
    await expectNothingLeft(runId);
    await target.close();
  });

  it('replaces a third of its Spot workers when they are taken back, and keeps what they had measured', async () => {
    const { request, target } = await aRun({ seconds: 25, rate: 30, workers: 3, more: ', spot: 100%' });
    const runId = await stack.start(request);
    await running(runId);
    const tasks = stack.tasks.tasksOf(runId);
    expect(tasks.map(({ state }) => state.capacityProvider)).toEqual(Array(3).fill('FARGATE_SPOT'));
    stack.tasks.interrupt(tasks[1]?.state.taskArn ?? '');
    const summary = await stack.ended(runId);
    const lost = summary.workers.filter(({ state }) => state === 'lost');
    expect(lost).toHaveLength(1);
    expect(lost[0]?.replacedBy).toBe(1);
    expect(summary.workers.filter(({ state }) => state === 'finished')).toHaveLength(3);
    expectAccounted(summary, target, 750);
    // A worker that is told to end ships its last segment: all that it sent is counted.
    expect(summary.requests.completed).toBe(target.paths.length);
    await expectNothingLeft(runId);
    await target.close();
  });

  it('counts exactly while S3 fails, and while it carries out writes without answering', async () => {
    const { request, target } = await aRun({ seconds: 10, rate: 30, workers: 2 });
    const rules: { remove(): void; hits(): number }[] = [];
    const runId = await stack.start(request, (id) => {
      const matches = ofRun(id);
      rules.push(
        stack.proxy.inject({ fault: s3InternalError, matches, hits: { probability: 0.15 } }),
        stack.proxy.inject({
          fault: { kind: 'cut', when: 'after' },
          matches: (call) => call.action === 'PutObject' && matches(call),
          hits: { probability: 0.15 },
        }),
      );
    });
    const summary = await stack.ended(runId);
    for (const rule of rules) {
      expect(rule.hits()).toBeGreaterThan(0);
      rule.remove();
    }
    expectExact(summary, target, 300);
    await expectNothingLeft(runId);
    await target.close();
  });

  it('leaves no worker when its execution is aborted from outside, and says so', async () => {
    const { request, target } = await aRun({ seconds: 60, rate: 20, workers: 2 });
    const runId = await stack.start(request);
    await running(runId);
    await abort(runId);
    const summary = await stack.ended(runId);
    expect(stack.executions.statusOf(runId)).toBe('ABORTED');
    expect(summary.outcome).toBe('error');
    expect(summary.verdict.reasons.join('\n')).toMatch(/abort/i);
    expect(summary.requests.completed).toBeGreaterThan(0);
    await expectNothingLeft(runId);
    // The end of its workers is no reason to replace them.
    expect(stack.tasks.tasksOf(runId)).toHaveLength(2);
    await target.close();
  });
});

describe('a run on a throttled account', () => {
  it('passes when three calls in ten are refused, of every service', async () => {
    const { request, target } = await aRun({ seconds: 8, rate: 30, workers: 3 });
    const rule = stack.proxy.inject({ fault: throttled, matches: () => true, hits: { probability: 0.3 } });
    const runId = await stack.start(request);
    const summary = await stack.ended(runId);
    expect(rule.hits()).toBeGreaterThan(20);
    rule.remove();
    expectExact(summary, target, 240);
    await expectNothingLeft(runId);
    await target.close();
  });
});
