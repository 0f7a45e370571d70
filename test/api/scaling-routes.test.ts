import { describe, expect, it } from 'vitest';
import { serveApi } from '../../src/api/http-server.ts';
import {
  BadInputError,
  PolicyNotFoundError,
  PolicyRefusedError,
  StoreConflictError,
  StoreUnavailableError,
} from '../../src/errors.ts';
import { addressGuard } from '../../src/plan/allowed-targets.ts';
import { serverUploadTickets } from '../../src/platform/local/server-upload-tickets.ts';
import type { PauseRequest } from '../../src/platform/ports/scaling-api.ts';
import { aRow, aScalingApi, aStanding } from '../cli/scaling-builders.ts';
import { memoryStore, post, recordingRuns, serving } from './builders.ts';

const put = (url: string, document: unknown): Promise<Response> =>
  fetch(url, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(document),
  });

describe('scaling policies over HTTP', () => {
  it('are applied in the name of whoever is known to have asked', async () => {
    const asked: unknown[] = [];
    const scaling = aScalingApi({
      async apply(request) {
        asked.push(request);
        return { standing: aStanding(), changed: true, warnings: ['no fast tick'] };
      },
    });
    await serving({ scaling }, async ({ url }) => {
      const response = await put(`${url}/scaling/policies`, { text: 'version: 1', name: 'shop.yaml' });
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({
        standing: aStanding(),
        changed: true,
        warnings: ['no fast tick'],
      });
      await put(`${url}/scaling/policies`, { text: 'version: 1' });
    });
    expect(asked).toEqual([
      { text: 'version: 1', name: 'shop.yaml', requestedBy: 'the API' },
      { text: 'version: 1', name: 'policy', requestedBy: 'the API' },
    ]);
  });

  it.each([
    [{}, 'body.text'],
    [{ text: '' }, 'body.text'],
    [{ text: 'x'.repeat(1_000_001) }, 'body.text'],
    [{ text: { version: 1 } }, 'body.text'],
    [{ text: 'version: 1', requestedBy: 'somebody else' }, 'body.requestedBy'],
    [{ text: 'version: 1', name: 'x'.repeat(501) }, 'body.name'],
  ])('are not applied with %o', async (body, at) => {
    await serving({ scaling: aScalingApi() }, async ({ url }) => {
      const response = await put(`${url}/scaling/policies`, body);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: 'bad-request', errors: [{ at }] });
    });
  });

  it('are refused with every problem at its place', async () => {
    const problem = {
      code: 'invalid',
      file: 'policy',
      line: 6,
      column: 25,
      path: 'services.api',
      value: 'sixty',
      expected: 'a number',
      sourceLine: '',
    } as const;
    const refused = new PolicyRefusedError('policy:6:25', [problem]);
    const scaling = aScalingApi({ apply: () => Promise.reject(refused) });
    const failures = await serving({ scaling }, async ({ url }) => {
      const response = await put(`${url}/scaling/policies`, { text: 'version: 1' });
      expect(response.status).toBe(422);
      expect(await response.json()).toMatchObject({
        code: 'policy-refused',
        detail: 'policy:6:25',
        problems: [problem],
      });
    });
    expect(failures).toEqual([]);
  });

  it('are listed, shown, paused, resumed and removed', async () => {
    const asked: unknown[] = [];
    const keep = async (...words: readonly unknown[]) => {
      asked.push(words);
      return aStanding();
    };
    const scaling = aScalingApi({
      list: async () => [aStanding()],
      show: (cluster) => keep('show', cluster),
      pause: (cluster, request: PauseRequest) => keep('pause', cluster, request),
      resume: (cluster, by) => keep('resume', cluster, by),
      remove: async (cluster) => cluster === 'shop',
    });
    await serving({ scaling }, async ({ url }) => {
      const policies = `${url}/scaling/policies`;
      expect(await (await fetch(policies)).json()).toEqual({ policies: [aStanding()] });
      expect(await (await fetch(`${policies}/shop`)).json()).toEqual(aStanding());
      expect((await post(`${policies}/shop/pause`, { forSeconds: 90 })).status).toBe(200);
      expect((await fetch(`${policies}/shop/pause`, { method: 'POST' })).status).toBe(200);
      expect((await fetch(`${policies}/shop/resume`, { method: 'POST' })).status).toBe(200);
      const removed = await fetch(`${policies}/shop`, { method: 'DELETE' });
      expect({ status: removed.status, text: await removed.text() }).toEqual({ status: 204, text: '' });
      const none = await fetch(`${policies}/web`, { method: 'DELETE' });
      expect(none.status).toBe(404);
      expect(await none.json()).toMatchObject({ code: 'policy-not-found' });
    });
    expect(asked).toEqual([
      ['show', 'shop'],
      ['pause', 'shop', { forSeconds: 90, requestedBy: 'the API' }],
      ['pause', 'shop', { forSeconds: null, requestedBy: 'the API' }],
      ['resume', 'shop', 'the API'],
    ]);
  });

  it.each([0, 0.5, 31_622_401, '1h'])('are not paused for %j', async (forSeconds) => {
    await serving({ scaling: aScalingApi() }, async ({ url }) => {
      const response = await post(`${url}/scaling/policies/shop/pause`, { forSeconds });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ errors: [{ at: 'body.forSeconds' }] });
    });
  });

  it.each([
    [new PolicyNotFoundError('no such policy'), 404, 'policy-not-found'],
    [new BadInputError('too long'), 400, 'bad-request'],
    [new StoreConflictError('somebody else'), 409, 'conflict'],
    [new StoreUnavailableError('S3 is down'), 503, 'unavailable'],
  ])('fail as %s with a code of their own', async (error, status, code) => {
    const scaling = aScalingApi({ pause: () => Promise.reject(error) });
    await serving({ scaling }, async ({ url }) => {
      const response = await fetch(`${url}/scaling/policies/shop/pause`, { method: 'POST' });
      expect(response.status).toBe(status);
      expect(await response.json()).toMatchObject({ code });
    });
  });

  it('are not available where none are kept', async () => {
    const server = await serveApi({
      port: 0,
      portsAt: (url) => ({
        runs: recordingRuns(),
        store: memoryStore(),
        uploads: serverUploadTickets(url, () => 0),
        guard: addressGuard([]),
      }),
      report: (error) => {
        throw error;
      },
    });
    try {
      for (const response of [
        await fetch(`${server.url}/scaling/policies`),
        await put(`${server.url}/scaling/policies`, { text: 'version: 1' }),
        await fetch(`${server.url}/scaling/decisions`),
      ]) {
        expect(response.status).toBe(501);
        expect(await response.json()).toMatchObject({ code: 'not-available-here' });
      }
    } finally {
      await server.close();
    }
  });
});

describe('decisions over HTTP', () => {
  it('are of the last two hours unless asked otherwise, and come by the page', async () => {
    const pages: { sinceMillis: number }[] = [];
    const next = '1795292602306.1.20261121T202322306Z.pause-web_2';
    const scaling = aScalingApi({
      async explain(request) {
        pages.push(request);
        return { decisions: [aRow()], next };
      },
    });
    const begunAt = Date.now();
    await serving({ scaling }, async ({ url }) => {
      const decisions = `${url}/scaling/decisions`;
      expect(await (await fetch(decisions)).json()).toEqual({ decisions: [aRow()], next });
      const query = `cluster=shop&subject=service/web&since=2026-11-21T09:00:00Z&until=1795292602306&limit=7`;
      expect((await fetch(`${decisions}?${query}&cursor=${next}`)).status).toBe(200);
    });
    const recent = pages[0]?.sinceMillis ?? 0;
    expect(recent).toBeGreaterThanOrEqual(begunAt - 7_200_000);
    expect(recent).toBeLessThanOrEqual(Date.now() - 7_200_000);
    expect(pages[0]).toEqual({ limit: 20, sinceMillis: recent });
    expect(pages[1]).toEqual({
      cluster: 'shop',
      subject: 'service/web',
      sinceMillis: Date.UTC(2026, 10, 21, 9),
      untilMillis: 1_795_292_602_306,
      limit: 7,
      after: next,
    });
  });

  it.each([
    ['since=yesterday', 'query.since'],
    ['until=2026-11-21', 'query.until'],
    ['limit=501', 'query.limit'],
    ['cursor=../runs', 'query.cursor'],
    ['cluster=../runs', 'query.cluster'],
    ['subject=web', 'query.subject'],
    ['service=web', 'query.service'],
  ])('are not found by %s', async (query, at) => {
    await serving({ scaling: aScalingApi() }, async ({ url }) => {
      const response = await fetch(`${url}/scaling/decisions?${query}`);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ errors: [{ at }] });
    });
  });
});
