import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { encodePlaces, placesKey } from '../../src/platform/aws/places-document.ts';
import { S3Store } from '../../src/platform/aws/s3-store.ts';
import { exitDocument } from '../../src/run/documents.ts';
import { runKeys } from '../../src/run/run-keys.ts';
import { readJson, writeJson } from '../../src/store/stored-json.ts';
import { aControl, aPlan } from '../run/builders.ts';
import { openBucket, testEnvironment } from './aws-clients.ts';
import { type MotoServer, startMoto } from './moto-server.ts';

const entry = new URL('../../src/platform/aws/worker-main.ts', import.meta.url).pathname;
const bucket = 'aws-worker';
const taskArn = 'arn:aws:ecs:us-east-1:123456789012:task/workers/0a1b';
const worker = { shard: 0, attempt: 0 };

let moto: MotoServer;
let store: S3Store;
let runs = 0;
const servers: ReturnType<typeof createServer>[] = [];
const processes: ChildProcess[] = [];

const serve = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const serveMetadata = (): Promise<string> =>
  serve((_, response) =>
    response.end(
      JSON.stringify({
        TaskARN: taskArn,
        Limits: { CPU: 1, Memory: 512 },
        ClockDrift: { ClockErrorBound: 0.5, ClockSynchronizationStatus: 'SYNCHRONIZED' },
      }),
    ),
  );

beforeAll(async () => {
  moto = await startMoto();
  store = new S3Store(await openBucket(moto.url, bucket), bucket);
});
afterEach(() => {
  for (const child of processes.splice(0)) child.kill('SIGKILL');
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});
afterAll(() => moto.close());

/** A container's process, as ECS starts it. */
const startTask = async (runId: string, overrides: Record<string, string> = {}) => {
  const child = spawn(process.execPath, [entry], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...testEnvironment(moto.url),
      STORMDRAIN_BUCKET: bucket,
      STORMDRAIN_ALLOWED_TARGETS: '127.0.0.1',
      STORMDRAIN_RUN_ID: runId,
      STORMDRAIN_PLACES: placesKey(runId, 'group', 0),
      ECS_CONTAINER_METADATA_URI_V4: await serveMetadata(),
      ...overrides,
    },
  });
  processes.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const ended = once(child, 'exit');
  const events = () =>
    output
      .split('\n')
      .filter(Boolean)
      .map((line): { event: string } => JSON.parse(line));
  return {
    child,
    events,
    async says(event: string) {
      while (!events().some((line) => line.event === event)) {
        if (child.exitCode !== null) throw new Error(`it ended without "${event}": ${output}`);
        await sleep(20);
      }
    },
    async exitCode(): Promise<unknown> {
      const [code, signal] = await ended;
      return code ?? signal;
    },
  };
};

const aRun = async () => {
  const runId = `r${++runs}`;
  const keys = runKeys(runId);
  const hits: string[] = [];
  const target = await serve((request, response) => {
    hits.push(request.url ?? '');
    response.end('ok');
  });
  const plan = aPlan({
    target,
    load: { model: 'open', arrivals: 'even', stages: [{ seconds: 60, from: 50, to: 50 }] },
    workers: { count: 1, threads: 1, maxInFlight: 100, readyTimeoutSeconds: 60 },
  });
  const { startAtMillis: _, ...control } = aControl({ runId });
  await writeJson(store, keys.plan, plan);
  await writeJson(store, keys.control, { ...control, timing: { ...control.timing, leaseSeconds: 600 } });
  const start = () => writeJson(store, keys.control, { ...control, startAtMillis: Date.now() + 500 });
  const place = (tasks: Record<string, typeof worker>) =>
    store.put(placesKey(runId, 'group', 0), encodePlaces({ version: 1, capacity: 'spot', places: tasks }));
  return { runId, keys, hits, start, place };
};

describe('a worker in an ECS task', () => {
  it('takes its place, sends its load, and on SIGTERM ships what it has and says so', async () => {
    const { runId, keys, hits, start, place } = await aRun();
    const task = await startTask(runId);
    await task.says('started');
    await place({ [taskArn]: worker });
    await task.says('placed');
    while ((await store.get(keys.hello(worker))).kind !== 'found') await sleep(50);
    await start();
    while (hits.length < 20) await sleep(50);
    task.child.kill('SIGTERM');
    expect(await task.exitCode()).toBe(0);
    expect((await readJson(store, keys.exit(worker), exitDocument))?.value).toMatchObject({
      reason: 'interrupted',
      segments: expect.any(Number),
    });
    expect((await Array.fromAsync(store.list(`runs/${runId}/segments/`))).length).toBeGreaterThan(0);
    const events = task.events().map(({ event }) => event);
    expect(events.filter((event) => event !== 'first segment stored')).toEqual([
      'started',
      'placed',
      'ready',
      'told to start',
      'told to end',
      'ended',
    ]);
    expect(events.filter((event) => event === 'first segment stored')).toHaveLength(1);
  });

  it('goes at once when it is told to while it waits for its place', async () => {
    const { runId } = await aRun();
    const task = await startTask(runId);
    await task.says('started');
    task.child.kill('SIGTERM');
    expect(await task.exitCode()).toBe(0);
    expect(task.events().at(-1)).toMatchObject({ event: 'no place', why: 'interrupted' });
  });

  it('goes when its place was given to another task', async () => {
    const { runId, keys, place } = await aRun();
    await place({ 'arn:aws:ecs:us-east-1:123456789012:task/workers/other': worker });
    const task = await startTask(runId);
    expect(await task.exitCode()).toBe(0);
    expect(task.events().at(-1)).toMatchObject({ event: 'no place', why: 'not wanted' });
    expect((await store.get(keys.hello(worker))).kind).toBe('missing');
  });

  it('says what is wrong with its environment', async () => {
    const task = await startTask('r1', { STORMDRAIN_BUCKET: '' });
    expect(await task.exitCode()).toBe(2);
    expect(task.events()).toMatchObject([
      { event: 'wrong environment', problems: expect.stringContaining('STORMDRAIN_BUCKET') },
    ]);
  });

  it('fails with the reason when there is no such run', async () => {
    const runId = 'no-such-run';
    await store.put(
      placesKey(runId, 'group', 0),
      encodePlaces({ version: 1, capacity: 'spot', places: { [taskArn]: worker } }),
    );
    const task = await startTask(runId);
    expect(await task.exitCode()).toBe(1);
    expect(task.events().at(-1)).toMatchObject({ event: 'failed', name: 'RunNotFound' });
  });
});
