import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compile, openPlatform, openTarget, type RecordingTarget, type TestPlatform } from './harness.ts';

let platform: TestPlatform;
let target: RecordingTarget;

beforeEach(async () => {
  platform = await openPlatform();
  target = await openTarget();
});

afterEach(async () => {
  await platform.close();
  await target.close();
});

const rows = (count: number): string =>
  `user\n${Array.from({ length: count }, (_, i) => `u${i}`).join('\n')}\n`;

describe('a run on this machine', () => {
  it.each([1, 3])(
    'sends exactly the scheduled arrivals with %i workers, each row of a once file once',
    async (workers) => {
      const request = compile(
        `
version: 1
name: rows
target: http://127.0.0.1:${target.port}
load: [{ for: 2s, rate: 150 }]
workers: { count: ${workers} }
scenarios:
  - name: visit
    data: { file: users.csv, use: once }
    steps: [{ get: "/?user={{user}}", name: visit }]
thresholds: ["failures < 1%"]
`,
        { 'users.csv': rows(300) },
      );
      const { runId } = await platform.api.start(request);
      const summary = await platform.ended(runId);
      expect(summary.requests).toEqual({
        scheduled: 300,
        started: 300,
        completed: 300,
        failed: 0,
        dropped: 0,
        missed: 0,
        unfinished: 0,
      });
      expect(summary.outcome).toBe('passed');
      expect([...target.paths].sort()).toEqual(Array.from({ length: 300 }, (_, i) => `/?user=u${i}`).sort());
      expect(summary.workers.map((worker) => worker.state)).toEqual(Array(workers).fill('finished'));
      expect(await platform.alive(runId)).toEqual([]);

      const timeline = gunzipSync(await readFile(join(platform.home, summary.timeline ?? ''))).toString();
      const seconds = timeline
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
        .filter((row) => row.step === null);
      expect(seconds.slice(0, 2).map((row) => row.arrived)).toEqual([150, 150]);
      expect(seconds.reduce((sum, row) => sum + row.completed, 0)).toBe(300);
      const events = (await readFile(join(platform.home, 'events.jsonl'), 'utf8'))
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(events).toMatchObject([{ type: 'run.finished', runId, outcome: 'passed' }]);
    },
  );

  it('plays scenarios by weight, captures, checks and names steps', async () => {
    const shop = await openTarget((request, response) => {
      response.setHeader('content-type', 'application/json');
      if (request.url === '/products') response.end('[{"id":"p1"}]');
      else if (request.url === '/products/p1') response.end('{"id":"p1"}');
      else response.writeHead(500).end('{}');
    });
    const request = compile(`
version: 1
name: mix
target: http://127.0.0.1:${shop.port}
load: [{ for: 1s, rate: 80 }]
workers: { count: 2 }
scenarios:
  - name: browse
    weight: 3
    steps:
      - { get: /products, expect: { status: 200 }, capture: { id: { json: "$[0].id" } } }
      - { get: "/products/{{id}}", name: GET /products/:id, expect: { json: { "$.id": p1 } } }
  - name: buy
    steps: [{ post: /orders, json: { sku: 7 }, expect: { status: 201 } }]
thresholds: ["failures < 1%", "p95(service, GET /products/:id) < 30s"]
`);
    const { runId } = await platform.api.start(request);
    const summary = await platform.ended(runId);
    await shop.close();
    expect(summary.steps.map(({ name, completed, failed }) => [name, completed, failed])).toEqual([
      ['GET /products', 60, 0],
      ['GET /products/:id', 60, 0],
      ['POST /orders', 0, 20],
    ]);
    expect(summary.requests).toMatchObject({ scheduled: 80, started: 140, completed: 120, failed: 20 });
    expect(summary.errors).toMatchObject([{ kind: 'unexpected status', step: 'POST /orders', count: 20 }]);
    expect(summary.thresholds.map((threshold) => threshold.met)).toEqual([false, true]);
    expect(summary.outcome).toBe('failed');
  });

  it('runs the closed model, labelled as not corrected', async () => {
    const request = compile(
      `
version: 1
name: users
target: http://127.0.0.1:${target.port}
load: [{ for: 2s, users: 6 }]
workers: { count: 2 }
scenarios:
  - name: visit
    data: { file: users.csv, use: once }
    steps: [{ get: "/?user={{user}}" }, { think: 50ms }]
`,
      { 'users.csv': rows(5000) },
    );
    const { runId } = await platform.api.start(request);
    const summary = await platform.ended(runId);
    expect(summary.corrected).toBe(false);
    expect(summary.requests.scheduled).toBeGreaterThan(12);
    expect(summary.requests).toMatchObject({ dropped: 0, missed: 0 });
    expect(new Set(target.paths).size).toBe(target.paths.length);
  });

  it('keeps the in-flight limit, and calls a target that does not answer the reason', async () => {
    const stuck = await openTarget(() => undefined);
    const request = compile(`
version: 1
name: stuck
target: http://127.0.0.1:${stuck.port}
load: [{ for: 2s, rate: 40 }]
finish: 500ms
workers: { count: 1, maxInFlight: 10 }
scenarios: [{ name: visit, steps: [{ get: / }] }]
`);
    const { runId } = await platform.api.start(request);
    const summary = await platform.ended(runId);
    await stuck.close();
    expect(summary.requests).toEqual({
      scheduled: 80,
      started: 10,
      completed: 0,
      failed: 10,
      dropped: 70,
      missed: 0,
      unfinished: 0,
    });
    expect(summary.drops).toEqual([{ reason: 'in-flight limit', count: 70 }]);
    expect(summary.outcome).toBe('failed');
    expect(summary.verdict.reasons.join('\n')).toMatch(/target could not keep up: 70 of 80/);
    expect(summary.errors).toMatchObject([{ kind: 'cut off', count: 10 }]);
  });
});
