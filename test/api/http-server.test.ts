import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  BadInputError,
  IdempotencyConflictError,
  RunAlreadyEndedError,
  RunNotFoundError,
  RunNotPlannedError,
  StoreUnavailableError,
} from '../../src/errors.ts';
import type { RunApi } from '../../src/platform/ports/run-api.ts';
import { idempotencyKey } from '../../src/run/run-keys.ts';
import {
  aPlan,
  aPreflight,
  digestOf,
  memorySchedules,
  memoryStore,
  post,
  recordingRuns,
  runId,
  serving,
} from './builders.ts';

const code = async (response: Response): Promise<string> => {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const problem = (await response.json()) as { code: string; status: number };
  expect(problem.status).toBe(response.status);
  return problem.code;
};

const statusWith = (url: string, headers: Record<string, string>): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    request(`${url}/runs`, { headers, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });

describe('the API', () => {
  it('starts a run of a plan, given as an object or as a text', async () => {
    const runs = recordingRuns();
    await serving({ runs }, async ({ url }) => {
      for (const plan of [aPlan(), JSON.stringify(aPlan())]) {
        const response = await post(`${url}/runs`, { plan, set: {}, workers: 3 });
        expect(response.status).toBe(201);
        expect(response.headers.get('location')).toBe(`/runs/${runId}`);
        expect(await response.json()).toEqual({ runId, created: true });
      }
    });
    expect(runs.started.map(({ plan }) => [plan.name, plan.workers.count])).toEqual([
      ['shop', 3],
      ['shop', 3],
    ]);
  });

  it('tells all that is wrong with a plan, placed in it, and starts nothing', async () => {
    const runs = recordingRuns();
    await serving({ runs }, async ({ url }) => {
      for (const path of ['runs', 'plans/check']) {
        const response = await post(`${url}/${path}`, {
          plan: 'version: 1\ntarget: http://shop.test\nload: 3\n',
        });
        expect(response.status).toBe(422);
        expect(await response.json()).toMatchObject({
          code: 'plan-invalid',
          problems: expect.arrayContaining([
            expect.objectContaining({ code: 'target-not-allowed', path: 'target', line: 2 }),
            expect.objectContaining({ path: 'load', line: 3 }),
          ]),
        });
      }
    });
    expect(runs.started).toEqual([]);
  });

  it('tells of a plan that is wrong everywhere in an answer that can be sent', async () => {
    const wrong = Array.from({ length: 5000 }, () => '{ gett: / }').join(', ');
    const plan = `version: 1\ntarget: http://127.0.0.1\nload: [{ for: 1s, rate: 1 }]\nscenarios: [{ steps: [${wrong}] }]`;
    await serving({}, async ({ url }) => {
      const response = await post(`${url}/plans/check`, { plan });
      expect(response.status).toBe(422);
      const text = await response.text();
      expect(text.length).toBeLessThan(1_000_000);
      expect((JSON.parse(text) as { problems: unknown[] }).problems).toHaveLength(100);
    });
  });

  it('refuses what the preflight finds something in the way of, but not a repetition', async () => {
    const preflight = aPreflight({ problems: ['The account may run 6 vCPUs, and this takes 8.'] });
    const runs = recordingRuns({ check: async ({ plan }) => ({ kind: 'accepted', plan, preflight }) });
    const store = memoryStore();
    await serving({ runs, store }, async ({ url }) => {
      const first = await post(`${url}/runs`, { plan: aPlan() }, { 'idempotency-key': 'k' });
      expect(await code(first)).toBe('preflight-failed');
      await store.put(idempotencyKey('request/k'), new Uint8Array());
      expect((await post(`${url}/runs`, { plan: aPlan() }, { 'idempotency-key': 'k' })).status).toBe(201);
      const checked = await post(`${url}/plans/check`, { plan: aPlan() });
      expect(await checked.json()).toMatchObject({ preflight });
    });
    expect(runs.started).toHaveLength(1);
  });

  it.each([
    [new RunNotFoundError('no'), 404, 'run-not-found'],
    [new RunAlreadyEndedError('no'), 409, 'run-already-ended'],
    [new RunNotPlannedError('no'), 409, 'run-not-planned'],
    [new StoreUnavailableError('s3://secret'), 503, 'unavailable'],
    [new IdempotencyConflictError('no'), 422, 'idempotency-conflict'],
    [new BadInputError('no'), 400, 'bad-request'],
    [new TypeError('secret'), 500, 'internal'],
  ])('tells %s as %i %s', async (error, status, expected) => {
    const runs = recordingRuns({ stop: () => Promise.reject(error) });
    const failures = await serving({ runs }, async ({ url }) => {
      const response = await fetch(`${url}/runs/${runId}/stop`, { method: 'POST' });
      expect(response.status).toBe(status);
      expect(response.headers.has('retry-after')).toBe(['run-not-planned', 'unavailable'].includes(expected));
      const text = await response.clone().text();
      expect(await code(response)).toBe(expected);
      expect(text).not.toContain('secret');
    });
    expect(failures).toEqual(status >= 500 ? [error] : []);
  });

  it('hands a change on, and says that it was asked for', async () => {
    const changes: unknown[] = [];
    const scale: RunApi['scale'] = async (...change) => void changes.push(change);
    await serving({ runs: recordingRuns({ scale }) }, async ({ url }) => {
      const patch = (body: string) =>
        fetch(`${url}/runs/${runId}`, {
          method: 'PATCH',
          headers: { 'content-type': 'application/json' },
          body,
        });
      expect((await patch('{"rateScale":1.5}')).status).toBe(202);
      for (const body of ['{}', '{"workers":0}', '{"rateScale":"2"}', '{"rate":2}', '[]', 'null'])
        expect(await code(await patch(body)), body).toBe('bad-request');
      expect(await code(await patch('{'))).toBe('malformed-json');
    });
    expect(changes).toEqual([[runId, { rateScale: 1.5 }]]);
  });

  it('has a report when the run has ended, and says when to ask again before', async () => {
    await serving({ runs: recordingRuns({ summary: async () => undefined }) }, async ({ url }) => {
      const response = await fetch(`${url}/runs/${runId}/report`);
      expect(response.headers.get('retry-after')).toBe('5');
      expect(await code(response)).toBe('run-not-ended');
      expect(await (await fetch(`${url}/runs/${runId}`)).json()).not.toHaveProperty('summary');
    });
    await serving({}, async ({ url }) => {
      expect(await (await fetch(`${url}/runs/${runId}/report`)).json()).toMatchObject({ outcome: 'passed' });
    });
  });

  it('takes the files of a plan first, checks their digest, and misses them otherwise', async () => {
    const rows = 'user\na\nb\n';
    const sha256 = digestOf(rows);
    const upload = `uploads/${sha256}`;
    const scenarios = [{ name: 'a', data: { file: 'u.csv', use: 'cycle' }, steps: [{ get: '/{{user}}' }] }];
    const submission = { plan: aPlan({ scenarios }), files: { 'u.csv': { upload, bytes: rows.length } } };
    const runs = recordingRuns();
    await serving({ runs }, async ({ url }) => {
      const missing = await (await post(`${url}/runs`, submission)).json();
      expect(JSON.stringify(missing)).toContain('POST /uploads');
      const asked = (await (await post(`${url}/uploads`, { sha256, bytes: rows.length })).json()) as {
        present: boolean;
        ticket: { url: string; headers: Record<string, string> };
      };
      expect(asked.present).toBe(false);
      const put = (body: string) =>
        fetch(asked.ticket.url, { method: 'PUT', headers: asked.ticket.headers, body });
      expect(await code(await put('other'))).toBe('digest-mismatch');
      expect((await put(rows)).status).toBe(200);
      expect(await (await post(`${url}/uploads`, { sha256, bytes: rows.length })).json()).toEqual({
        upload,
        present: true,
      });
      expect((await post(`${url}/runs`, submission)).status).toBe(201);
    });
    expect(runs.started[0]?.plan.scenarios[0]?.data).toMatchObject({ rowCount: 2, upload });
  });

  it('takes no file that is of another length than the request says', async () => {
    const store = memoryStore();
    const rows = 'user\na\nb\n';
    const upload = `uploads/${digestOf(rows)}`;
    await store.put(upload, new TextEncoder().encode(rows));
    const scenarios = [{ name: 'a', data: { file: 'u.csv', use: 'cycle' }, steps: [{ get: '/{{user}}' }] }];
    const runs = recordingRuns();
    await serving({ runs, store }, async ({ url }) => {
      const files = { 'u.csv': { upload, bytes: 1 } };
      const response = await post(`${url}/runs`, { plan: aPlan({ scenarios }), files });
      expect(await response.json()).toMatchObject({
        code: 'plan-invalid',
        problems: [
          { path: 'scenarios[0].data.file', expected: expect.stringContaining('has 9 bytes, not 1') },
        ],
      });
    });
    expect(runs.started).toEqual([]);
  });

  it('says nothing of a client that leaves within its request', async () => {
    const failures = await serving({}, async ({ url }) => {
      const { port, host } = new URL(url);
      const socket = connect(Number(port), '127.0.0.1');
      socket.write(
        `POST /runs HTTP/1.1\r\nhost: ${host}\r\nexpect: 100-continue\r\ncontent-length: 9\r\n\r\n`,
      );
      await once(socket, 'data');
      socket.destroy();
    });
    // The server hears of it a few turns after the connection has ended.
    await setTimeout(50);
    expect(failures).toEqual([]);
  });

  it('keeps schedules where there are some, and says so where there are none', async () => {
    const put = (url: string, body: unknown) =>
      fetch(`${url}/schedules/nightly`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const body = { plan: aPlan(), expression: 'cron(0 3 * * ? *)' };
    await serving({}, async ({ url }) => {
      expect(await code(await put(url, body))).toBe('not-available-here');
    });
    await serving({ schedules: memorySchedules() }, async ({ url }) => {
      expect(await code(await put(url, { ...body, expression: 'at three' }))).toBe('bad-request');
      expect(await (await put(url, body)).json()).toMatchObject({
        name: 'nightly',
        timezone: 'UTC',
        enabled: true,
      });
      const listed = (await (await fetch(`${url}/schedules`)).json()) as { schedules: unknown[] };
      expect(listed.schedules).toHaveLength(1);
      const remove = () => fetch(`${url}/schedules/nightly`, { method: 'DELETE' });
      expect((await remove()).status).toBe(204);
      expect(await code(await remove())).toBe('schedule-not-found');
    });
  });

  it('knows its routes and their methods', async () => {
    await serving({}, async ({ url }) => {
      expect(await code(await fetch(`${url}/nothing`))).toBe('route-not-found');
      const wrong = await fetch(`${url}/runs/${runId}`, { method: 'DELETE' });
      expect(wrong.headers.get('allow')).toBe('GET, PATCH');
      expect(await code(wrong)).toBe('method-not-allowed');
      for (const path of [
        'runs/a%2e',
        'runs/a%2Fb',
        'runs/%',
        'runs?limit=0',
        'runs?limit=1.5',
        'runs?x=1',
        'schedules?x',
      ])
        expect(await code(await fetch(`${url}/${path}`)), path).toBe('bad-request');
    });
  });

  it('refuses bodies of another type, and bodies that are too large', async () => {
    await serving({}, async ({ url }) => {
      const plain = await fetch(`${url}/runs`, { method: 'POST', body: '{}' });
      expect(await code(plain)).toBe('unsupported-media-type');
      const large = await post(`${url}/runs`, { plan: 'x'.repeat(4_000_000) });
      expect(await code(large)).toBe('body-too-large');
      const deep = await fetch(`${url}/runs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: `{"plan":{"version":1,"name":${'['.repeat(200_000)}${']'.repeat(200_000)}}}`,
      });
      expect([400, 422]).toContain(deep.status);
    });
  });

  it('answers neither a web page of another origin nor a name that was made to lead here', async () => {
    await serving({}, async ({ url }) => {
      const { host } = new URL(url);
      expect(await statusWith(url, { host: 'evil.test' })).toBe(403);
      expect(await statusWith(url, { origin: 'http://evil.test' })).toBe(403);
      expect(await statusWith(url, { origin: 'null' })).toBe(403);
      expect(await statusWith(url, { 'sec-fetch-site': 'cross-site' })).toBe(403);
      expect(await statusWith(url, { origin: `http://${host}` })).toBe(200);
      expect(await statusWith(url, { host: 'localhost:1' })).toBe(200);
    });
  });
});
