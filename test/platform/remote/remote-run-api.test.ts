import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { StartRequest } from '../../../src/platform/ports/run-api.ts';
import { aPreflight, aProgress, aSummary } from '../../cli/builders.ts';
import { aPlan } from '../../run/builders.ts';
import { aProblem, openStackServer, type Reply, remoteAt } from './stack-server.ts';

const runId = '20260131-102030-k7fq';
const content = new TextEncoder().encode('id\n1\n');
const upload = `uploads/${createHash('sha256').update(content).digest('hex')}`;

const aRequest = (uploads: ReadonlyMap<string, Uint8Array> = new Map()): StartRequest => ({
  plan: aPlan(),
  uploads,
  source: { text: 'version: 1\n', name: 'plan.yml', files: {}, set: { port: '80' }, workers: 3 },
});

let close: (() => Promise<void>) | undefined;
afterEach(async () => {
  await close?.();
  close = undefined;
});

const serve = async (...replies: readonly Reply[]) => {
  const server = await openStackServer(...replies);
  close = server.close;
  return { server, ...remoteAt(server.url) };
};

const started: Reply = { status: 201, body: { runId, created: true } };

describe('starting a run on a stack', () => {
  it('posts the document as written, signed, with an idempotency key', async () => {
    const { api, server } = await serve(started);
    expect(await api.start(aRequest(), { idempotencyKey: 'key-1' })).toEqual({ runId, created: true });
    const [posted] = server.received;
    expect(posted).toMatchObject({ method: 'POST', path: '/runs', signed: true });
    expect(posted?.headers).toMatchObject({ 'idempotency-key': 'key-1', 'content-type': 'application/json' });
    expect(JSON.parse(posted?.body ?? '')).toEqual({
      plan: 'version: 1\n',
      name: 'plan.yml',
      files: {},
      set: { port: '80' },
      workers: 3,
    });
  });

  it('sends the same key again when the first answer was lost', async () => {
    const { api, server } = await serve((response) => response.destroy(), { status: 503 }, started);
    expect(await api.start(aRequest())).toEqual({ runId, created: true });
    const keys = server.received.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    expect(server.received.every(({ signed }) => signed)).toBe(true);
  });

  it('gives each start that is not repeated a key of its own', async () => {
    const { api, server } = await serve(started);
    await api.start(aRequest());
    await api.start(aRequest());
    expect(new Set(server.received.map(({ headers }) => headers['idempotency-key'])).size).toBe(2);
  });

  it('uploads what the stack does not have, to the ticket, without a signature', async () => {
    const headers = { 'x-amz-checksum-sha256': 'abc', 'content-type': 'application/octet-stream' };
    const { api, server } = await serve(
      (response) => {
        const ticket = {
          url: `${server.url}/bucket/put?signature=1`,
          method: 'PUT',
          headers,
          expiresAt: '2026-01-31T10:20:30.000Z',
        };
        response.writeHead(200).end(JSON.stringify({ upload, present: false, ticket }));
      },
      { status: 500 },
      { status: 200 },
      started,
    );
    await api.start(aRequest(new Map([[upload, content]])));
    const [asked, failed, put] = server.received;
    expect(JSON.parse(asked?.body ?? '')).toEqual({ sha256: upload.slice(8), bytes: 5 });
    expect(failed).toMatchObject({ method: 'PUT', path: '/bucket/put' });
    expect(put).toMatchObject({ method: 'PUT', path: '/bucket/put', body: 'id\n1\n', headers });
    expect(put?.headers).not.toHaveProperty('authorization');
    expect(server.received).toHaveLength(4);
  });

  it('uploads nothing that is there already', async () => {
    const { api, server } = await serve({ status: 200, body: { upload, present: true } }, started);
    await api.start(aRequest(new Map([[upload, content]])));
    expect(server.received.map(({ path }) => path)).toEqual(['/uploads', '/runs']);
  });

  const ticketing =
    (urlOf: () => string): Reply =>
    (response) => {
      const ticket = { url: `${urlOf()}/put`, method: 'PUT', headers: {}, expiresAt: 'later' };
      response.writeHead(200).end(JSON.stringify({ upload, present: false, ticket }));
    };

  it('takes an upload for done when somebody else has sent it meanwhile', async () => {
    const { uploads, server } = await serve(
      ticketing(() => server.url),
      (response) => response.writeHead(412).end('<Error><Code>PreconditionFailed</Code></Error>'),
    );
    await uploads.send(new Map([[upload, content]]));
    expect(server.received).toHaveLength(2);
  });

  it('sends an upload again when S3 was just given the same one', async () => {
    const { uploads, server } = await serve(
      ticketing(() => server.url),
      (response) => response.writeHead(409).end('<Error><Code>ConditionalRequestConflict</Code></Error>'),
      { status: 412 },
    );
    await uploads.send(new Map([[upload, content]]));
    expect(server.received).toHaveLength(3);
  });

  it('says why an upload is refused', async () => {
    const { uploads, server } = await serve(
      (response) => {
        const ticket = { url: `${server.url}/put`, method: 'PUT', headers: {}, expiresAt: 'later' };
        response.writeHead(200).end(JSON.stringify({ upload, present: false, ticket }));
      },
      (response) => response.writeHead(403).end('<Error><Message>Request has expired</Message></Error>'),
    );
    await expect(uploads.send(new Map([[upload, content]]))).rejects.toMatchObject({
      name: 'BadInput',
      message: expect.stringContaining('Request has expired'),
    });
  });

  it('carries the problems of a plan that the stack refuses', async () => {
    const problem = {
      code: 'target-not-allowed',
      file: 'plan.yml',
      line: 3,
      column: 9,
      path: 'target',
      value: 'http://shop.test',
      expected: 'shop.test is not in allowedTargets',
      sourceLine: 'target: http://shop.test',
    };
    const { api } = await serve(aProblem(422, 'plan-invalid', { problems: [problem] }));
    await expect(api.start(aRequest())).rejects.toMatchObject({ name: 'PlanRefused', problems: [problem] });
    expect(await api.check(aRequest())).toEqual({ kind: 'refused', problems: [problem] });
  });

  it('carries what stands in the way', async () => {
    const { api } = await serve(aProblem(422, 'preflight-failed', { reasons: ['raise the quota'] }));
    await expect(api.start(aRequest())).rejects.toMatchObject({
      name: 'PlanRefused',
      problems: [],
      message: 'it is preflight-failed\nraise the quota',
    });
  });
});

describe('looking at the runs of a stack', () => {
  it('checks a plan', async () => {
    const plan = aPlan();
    const { api } = await serve({ status: 200, body: { plan, preflight: aPreflight() } });
    expect(await api.check(aRequest())).toEqual({ kind: 'accepted', plan, preflight: aPreflight() });
  });

  it('gets summary and progress of a running run by one request', async () => {
    const progress = aProgress({ runId });
    const { api, server } = await serve({ status: 200, body: { progress } });
    expect(await api.summary(runId)).toBeUndefined();
    expect(await api.progress(runId)).toEqual(progress);
    expect(server.received).toHaveLength(1);
    expect(await api.progress(runId)).toEqual(progress);
    expect(server.received.map(({ path }) => path)).toEqual([`/runs/${runId}`, `/runs/${runId}`]);
  });

  it('gets the summary of a run that has ended', async () => {
    const summary = aSummary({ runId });
    const { api } = await serve({ status: 200, body: { progress: aProgress({ runId }), summary } });
    expect(await api.summary(runId)).toEqual(summary);
  });

  it('reads as many pages of the list as it takes, with a cursor that needs escaping', async () => {
    const entry = (id: string) => ({
      runId: id,
      name: 'shop',
      target: 'http://shop.test',
      createdAt: '2026-01-31T10:20:30.000Z',
      status: 'passed',
    });
    const { api, server } = await serve(
      { status: 200, body: { runs: Array.from({ length: 100 }, () => entry('a')), next: 'x y+z&=' } },
      { status: 200, body: { runs: [entry('b')], next: 'more' } },
    );
    const page = await api.list({ limit: 101 });
    expect(page.runs).toHaveLength(101);
    expect(page.next).toBe('more');
    expect(server.received.map(({ query, signed }) => [query, signed])).toEqual([
      ['?limit=100', true],
      ['?limit=1&cursor=x%20y%2Bz%26%3D', true],
    ]);
  });

  it('asks for the timeline from a second on', async () => {
    const page = { rows: [], nextSecond: 12, complete: false };
    const { api, server } = await serve({ status: 200, body: page });
    expect(await api.timeline(runId, 12)).toEqual(page);
    expect(server.received[0]).toMatchObject({ path: `/runs/${runId}/timeline`, query: '?after=12' });
  });

  it('asks to stop and to change', async () => {
    const { api, server } = await serve({ status: 202, body: { runId } });
    await api.stop(runId, 'interrupted');
    await api.scale(runId, { workers: 4, rateScale: 1.5 });
    expect(server.received.map(({ method, path, body }) => [method, path, JSON.parse(body)])).toEqual([
      ['POST', `/runs/${runId}/stop`, { reason: 'interrupted' }],
      ['PATCH', `/runs/${runId}`, { workers: 4, rateScale: 1.5 }],
    ]);
  });
});

describe('schedules of a stack', () => {
  it('are put, listed and deleted', async () => {
    const listed = { name: 'nightly', expression: 'rate(1 day)', timezone: 'UTC', enabled: true, plan: 'k' };
    const { schedules, server } = await serve(
      { status: 200, body: listed },
      { status: 200, body: { schedules: [listed] } },
      { status: 204 },
      aProblem(404, 'schedule-not-found'),
    );
    await schedules.put({ name: 'nightly', expression: 'rate(1 day)', timezone: 'UTC' }, aRequest());
    expect(server.received[0]).toMatchObject({ method: 'PUT', path: '/schedules/nightly' });
    expect(JSON.parse(server.received[0]?.body ?? '')).toMatchObject({
      plan: 'version: 1\n',
      expression: 'rate(1 day)',
      timezone: 'UTC',
    });
    expect(await schedules.list()).toEqual([listed]);
    expect(await schedules.delete('nightly')).toBe(true);
    expect(await schedules.delete('nightly')).toBe(false);
  });
});
