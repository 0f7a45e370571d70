import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { describeClockSkew } from '../../../src/platform/remote/api-failure.ts';
import { decideRetry, parseRetryAfter, retryLimits } from '../../../src/platform/remote/decide-retry.ts';
import { aProgress } from '../../cli/builders.ts';
import { aProblem, openStackServer, type Reply, remoteAt } from './stack-server.ts';

const runId = '20260131-102030-k7fq';
const running: Reply = { status: 200, body: { progress: aProgress({ runId }) } };

let close: (() => Promise<void>) | undefined;
afterEach(async () => {
  await close?.();
  close = undefined;
});

const serve = async (replies: readonly Reply[], options: { readonly timeoutMillis?: number } = {}) => {
  const server = await openStackServer(...replies);
  close = server.close;
  return { server, ...remoteAt(server.url, options) };
};

describe('a stack that misbehaves', () => {
  it.each<[string, Reply]>([
    ['is away for a moment', { status: 503 }],
    ['has had enough for a moment', { status: 429 }],
    ['cuts the connection', (response) => response.destroy()],
    [
      'cuts the connection within an answer',
      (response) => {
        response.writeHead(200, { 'content-length': '1000' });
        response.write('{"progress":', () => response.destroy());
      },
    ],
  ])('is asked again when it %s', async (_, reply) => {
    const { api, server, waits } = await serve([reply, reply, running]);
    expect((await api.progress(runId)).runId).toBe(runId);
    expect(server.received).toHaveLength(3);
    expect(waits).toEqual([250, 500]);
  });

  it('is asked again when it takes too long', async () => {
    const { api, server } = await serve([() => undefined, running], { timeoutMillis: 500 });
    expect((await api.progress(runId)).runId).toBe(runId);
    expect(server.received).toHaveLength(2);
  });

  it('is given the time that it asks for', async () => {
    const { api, waits } = await serve([{ status: 503, headers: { 'retry-after': '7' } }, running]);
    await api.progress(runId);
    expect(waits).toEqual([7125]);
  });

  it('is let alone when it asks for longer than anybody waits', async () => {
    const reply = aProblem(503, 'unavailable');
    const { api, server } = await serve([
      { ...(reply as { status: number }), headers: { 'retry-after': '600' } },
    ]);
    await expect(api.progress(runId)).rejects.toMatchObject({
      name: 'ServiceUnavailable',
      message: expect.stringContaining('it is unavailable'),
    });
    expect(server.received).toHaveLength(1);
  });

  it('is given up after five attempts', async () => {
    const { api, server } = await serve([{ status: 500, body: { message: 'Internal Server Error' } }]);
    await expect(api.progress(runId)).rejects.toMatchObject({
      name: 'ServiceUnavailable',
      message: "the stack load can't answer now (HTTP 500: Internal Server Error)",
    });
    expect(server.received).toHaveLength(retryLimits.attempts);
  });

  it('that is not there at all is called so', async () => {
    const server = await openStackServer();
    await server.close();
    const { api } = remoteAt(server.url);
    await expect(api.progress(runId)).rejects.toMatchObject({
      name: 'ServiceUnavailable',
      message: expect.stringContaining('refuses connections'),
    });
  });

  it.each<[string, Reply]>([
    ['no JSON', (response) => response.end('<html>')],
    ['another document', { status: 200, body: { progress: { runId: 7 } } }],
    ['nothing', { status: 200 }],
  ])('that answers with %s is of another version', async (_, reply) => {
    const { api, server } = await serve([reply]);
    await expect(api.progress(runId)).rejects.toMatchObject({
      name: 'ServiceUnavailable',
      message: expect.stringContaining("that this version can't read"),
    });
    expect(server.received).toHaveLength(1);
  });

  it('that redirects is not followed, as a signature is for one host', async () => {
    const { api } = await serve([{ status: 302, headers: { location: 'http://127.0.0.1:9/' } }]);
    await expect(api.progress(runId)).rejects.toMatchObject({ name: 'ServiceUnavailable' });
  });
});

describe('what a stack refuses', () => {
  it.each([
    [404, 'run-not-found', 'RunNotFound'],
    [409, 'run-already-ended', 'RunAlreadyEnded'],
    [409, 'run-not-planned', 'RunNotPlanned'],
    [409, 'conflict', 'StoreConflict'],
    [422, 'idempotency-conflict', 'IdempotencyConflict'],
    [403, 'not-allowed', 'NotAllowed'],
    [404, 'route-not-found', 'BadInput'],
    [400, 'bad-request', 'BadInput'],
    [422, 'a-code-of-a-later-version', 'BadInput'],
    [501, 'not-available-here', 'BadInput'],
    [500, 'internal', 'ServiceUnavailable'],
  ])('with %i %s is thrown as %s', async (status, code, name) => {
    const { api } = await serve([aProblem(status, code)]);
    await expect(api.stop(runId, 'x')).rejects.toMatchObject({
      name,
      message: expect.stringContaining(`it is ${code}`),
    });
  });

  it('names each place that is wrong with a request', async () => {
    const errors = [{ at: 'body.workers', expected: 'a whole number' }];
    const { api } = await serve([aProblem(400, 'bad-request', { errors })]);
    await expect(api.stop(runId, 'x')).rejects.toThrow('body.workers: expected a whole number');
  });

  it('says once what the detail says already', async () => {
    const errors = [{ at: 'body.workers', expected: 'a whole number' }];
    const detail = 'body.workers: expected a whole number';
    const { api } = await serve([aProblem(400, 'bad-request', { detail, errors })]);
    await expect(api.stop(runId, 'x')).rejects.toMatchObject({ message: detail });
  });

  it('because of the credentials says what they need', async () => {
    const { api, server } = await serve([{ status: 403, body: { message: 'Forbidden' } }]);
    await expect(api.progress(runId)).rejects.toMatchObject({
      name: 'NotAllowed',
      message: expect.stringMatching(/Forbidden.*execute-api:Invoke/),
    });
    expect(server.received).toHaveLength(1);
  });

  it('because of the clock says so', async () => {
    const date = new Date(Date.now() - 3_600_000).toUTCString();
    const { api } = await serve([{ status: 403, body: { message: 'Forbidden' }, headers: { date } }]);
    await expect(api.progress(runId)).rejects.toThrow("this machine's clock is 60 minutes ahead");
  });
});

describe('asking again', () => {
  it('waits a random part of a doubling span, and never for long', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 }),
        fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
        fc.constantFrom(undefined, 429, 500, 503),
        (attempt, random, status) => {
          const attempted =
            status === undefined ? ({ kind: 'no answer' } as const) : ({ kind: 'answer', status } as const);
          const wait = decideRetry(attempted, attempt, { random, nowMillis: 0 });
          if (attempt >= retryLimits.attempts) return wait === undefined;
          return (
            wait !== undefined &&
            wait >= 0 &&
            wait <= Math.min(retryLimits.mostMillis, retryLimits.baseMillis * 2 ** attempt)
          );
        },
      ),
    );
  });

  it('never happens for an answer that will not change', () => {
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 499 }), fc.integer({ min: 1, max: 5 }), (status, attempt) => {
        fc.pre(status !== 429);
        const wait = decideRetry({ kind: 'answer', status, retryAfter: '1' }, attempt, {
          random: 0,
          nowMillis: 0,
        });
        return wait === undefined;
      }),
    );
  });

  it('reads seconds and dates', () => {
    expect(parseRetryAfter('3', 0)).toBe(3000);
    expect(parseRetryAfter('Thu, 01 Jan 1970 00:00:10 GMT', 4000)).toBe(6000);
    expect(parseRetryAfter('Thu, 01 Jan 1970 00:00:10 GMT', 20_000)).toBe(0);
    expect(parseRetryAfter('soon', 0)).toBeUndefined();
  });

  it('takes a clock for wrong beyond five minutes, in either direction', () => {
    fc.assert(
      fc.property(fc.integer({ min: -10_000_000, max: 10_000_000 }), (off) => {
        const server = Date.UTC(2026, 0, 31);
        const skew = describeClockSkew(new Date(server).toUTCString(), server + off);
        expect(skew !== undefined).toBe(Math.abs(off) >= 300_000);
        if (skew !== undefined) expect(skew).toContain(off > 0 ? 'ahead' : 'behind');
      }),
    );
    expect(describeClockSkew(null, 0)).toBeUndefined();
  });
});
