import { describe, expect, it } from 'vitest';
import {
  LogTableNotFoundError,
  QueryInvalidError,
  QueryNotFoundError,
  SqlRefusedError,
  SqlUnavailableError,
} from '../../src/errors.ts';
import type { LogQuestion } from '../../src/platform/ports/logs-api.ts';
import { aLogsApi } from '../cli/a-logs-api.ts';
import { aPageOfLines } from '../cli/logs-builders.ts';
import { post, serving } from './builders.ts';

const id = 'e52f3a51-1111-2222-3333-444455556666';

describe('questions over HTTP', () => {
  it('are started, with what is usual filled in', async () => {
    const asked: LogQuestion[] = [];
    const logs = aLogsApi({
      async ask(question) {
        asked.push(question);
        return { queryId: id, warnings: ['much'] };
      },
    });
    const before = Date.now();
    await serving({ logs }, async ({ url }) => {
      const response = await post(`${url}/logs/query`, { logs: { family: 'shop' } });
      expect(response.status).toBe(202);
      expect(await response.json()).toEqual({ queryId: id, warnings: ['much'] });
      const since = '2026-11-21T20:00:00+01:00';
      const rest = { container: 'app', text: 'a', regex: 'b', task: '0b1c2', limit: 5, malformed: false };
      await post(`${url}/logs/query`, {
        logs: { family: 'shop', since, until: Date.UTC(2026, 10, 21, 21), ...rest },
        maxScanBytes: 1000,
      });
      await post(`${url}/logs/query`, { logs: { family: 'shop', run: 'r1' } });
    });
    const [usual, whole, ofRun] = asked;
    expect(usual).toEqual({
      family: 'shop',
      limit: 1000,
      sinceMillis: (usual?.untilMillis ?? 0) - 7_200_000,
      untilMillis: expect.any(Number),
    });
    expect(usual?.untilMillis).toBeGreaterThanOrEqual(before);
    expect(whole).toEqual({
      family: 'shop',
      container: 'app',
      text: 'a',
      regex: 'b',
      task: '0b1c2',
      limit: 5,
      malformed: false,
      sinceMillis: Date.UTC(2026, 10, 21, 19),
      untilMillis: Date.UTC(2026, 10, 21, 21),
      maxScanBytes: 1000,
    });
    expect(ofRun).toMatchObject({ run: 'r1', sinceMillis: 0 });
  });

  it('may be a SELECT', async () => {
    const asked: unknown[] = [];
    const logs = aLogsApi({
      async select(question) {
        asked.push(question);
        return { queryId: id, warnings: [] };
      },
    });
    await serving({ logs }, async ({ url }) => {
      await post(`${url}/logs/query`, { sql: 'SELECT 1' });
      await post(`${url}/logs/query`, { sql: 'SELECT 2', maxScanBytes: 5, reuse: false });
    });
    expect(asked).toEqual([{ sql: 'SELECT 1' }, { sql: 'SELECT 2', maxScanBytes: 5, reuse: false }]);
  });

  it.each([
    [{}, 'body'],
    [{ logs: { family: 'shop' }, sql: 'SELECT 1' }, 'body'],
    [{ logs: { family: 'shop' }, reuse: false }, 'body'],
    [{ sql: '' }, 'body.sql'],
    [{ sql: 'SELECT 1', maxScanBytes: 0 }, 'body.maxScanBytes'],
    [{ logs: {} }, 'body.logs.family'],
    [{ logs: { family: "a';--" } }, 'body.logs.family'],
    [{ logs: { family: 'shop', container: 'a/b' } }, 'body.logs.container'],
    [{ logs: { family: 'shop', since: 'yesterday' } }, 'body.logs.since'],
    [{ logs: { family: 'shop', since: '2026-11-21T20:00:00' } }, 'body.logs.since'],
    [{ logs: { family: 'shop', until: -1 } }, 'body.logs.until'],
    [{ logs: { family: 'shop', limit: 0 } }, 'body.logs.limit'],
    [{ logs: { family: 'shop', limit: 100_001 } }, 'body.logs.limit'],
    [{ logs: { family: 'shop', text: '' } }, 'body.logs.text'],
    [{ logs: { family: 'shop', text: 'x'.repeat(501) } }, 'body.logs.text'],
    [{ logs: { family: 'shop', run: '../x' } }, 'body.logs.run'],
    [{ logs: { family: 'shop', grep: 'x' } }, 'body.logs.grep'],
  ])('are not started with %o', async (body, at) => {
    await serving({ logs: aLogsApi() }, async ({ url }) => {
      const response = await post(`${url}/logs/query`, body);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: 'bad-request', errors: [{ at }] });
    });
  });

  it.each([
    [new QueryInvalidError('not one SELECT'), 422, 'query-invalid', 'not one SELECT'],
    [new LogTableNotFoundError('no shop'), 404, 'log-table-not-found', 'no shop'],
    [new SqlUnavailableError('a secret'), 503, 'unavailable', 'does not answer'],
    [new SqlRefusedError('a secret'), 500, 'internal', 'log of the server'],
  ])('that fail by %o are told as problems', async (error, status, code, detail) => {
    const logs = aLogsApi({ select: () => Promise.reject(error) });
    await serving({ logs }, async ({ url }) => {
      const response = await post(`${url}/logs/query`, { sql: 'SELECT 1' });
      expect(response.status).toBe(status);
      expect(await response.json()).toMatchObject({ code, detail: expect.stringContaining(detail) });
    });
  });
});

describe('a query over HTTP', () => {
  it('is looked at page by page, and can be ended', async () => {
    const asked: unknown[] = [];
    const page = aPageOfLines([{ log: 'a line' }], { next: '2~x y' });
    const logs = aLogsApi({
      async look(queryId, after) {
        asked.push([queryId, after]);
        return page;
      },
      cancel: async (queryId) => void asked.push(['cancel', queryId]),
    });
    await serving({ logs }, async ({ url }) => {
      const first = await fetch(`${url}/logs/query/${id}`);
      expect(await first.json()).toEqual(page);
      await fetch(`${url}/logs/query/${id}?cursor=${encodeURIComponent('2~x y')}`);
      expect((await fetch(`${url}/logs/query/${id}`, { method: 'DELETE' })).status).toBe(204);
    });
    expect(asked).toEqual([
      [id, undefined],
      [id, '2~x y'],
      ['cancel', id],
    ]);
  });

  it('that nobody started is not there', async () => {
    const missing = () => Promise.reject(new QueryNotFoundError('there is no query'));
    await serving({ logs: aLogsApi({ look: missing, cancel: missing }) }, async ({ url }) => {
      for (const method of ['GET', 'DELETE']) {
        const response = await fetch(`${url}/logs/query/${id}`, { method });
        expect(response.status).toBe(404);
        expect(await response.json()).toMatchObject({ code: 'query-not-found' });
      }
      const odd = await fetch(`${url}/logs/query/a'b`);
      expect(await odd.json()).toMatchObject({ code: 'bad-request', errors: [{ at: 'path.id' }] });
    });
  });
});

describe('the catalog over HTTP', () => {
  it('is listed and brought up to date', async () => {
    const table = {
      table: 'shop_app',
      family: 'shop',
      container: 'app',
      mode: 'projection' as const,
      retentionDays: 30,
      compactedDays: 2,
    };
    const update = { isDone: false, tablesMade: 0, partitionsMade: 0, partitionsRemoved: 0, problems: [] };
    const logs = aLogsApi({ tables: async () => [table], updateCatalog: async () => update });
    await serving({ logs }, async ({ url }) => {
      expect(await (await fetch(`${url}/logs/tables`)).json()).toEqual({ tables: [table] });
      const response = await fetch(`${url}/logs/catalog`, { method: 'POST' });
      expect([response.status, await response.json()]).toEqual([200, update]);
    });
  });

  it('is not there where there are no logs', async () => {
    await serving({}, async ({ url }) => {
      const response = await fetch(`${url}/logs/tables`);
      expect(response.status).toBe(501);
      expect(await response.json()).toMatchObject({ code: 'not-available-here' });
    });
  });
});
