import { describe, expect, it } from 'vitest';
import { firstEpoch } from '../../../src/plan/epochs.ts';
import type { Plan, Step } from '../../../src/plan/plan.ts';
import { planStepNames } from '../../../src/plan/step-names.ts';
import { aPlan, aRequest, aScenario } from '../support/a-plan.ts';
import { oneArrival, played } from '../support/played.ts';
import { ok, rawServer } from '../support/raw-server.ts';

const get = (url: string): Step => aRequest({ url, name: `GET ${url}` });
const think = (minSeconds: number, maxSeconds = minSeconds): Step => ({
  kind: 'think',
  minSeconds,
  maxSeconds,
});
const repeat = (times: number, steps: readonly Step[]): Step => ({ kind: 'repeat', times, steps });
const onePlan = (target: string, steps: readonly Step[], overrides: Partial<Plan> = {}): Plan =>
  aPlan({ target, load: oneArrival, scenarios: [aScenario(steps)], ...overrides });
const linesOf = (requests: readonly string[]): string[] =>
  requests.map((each) => each.split(' ', 2).join(' '));

describe('playing a scenario', () => {
  it('goes through steps and repeats in order', async () => {
    await using server = await rawServer((socket) => socket.write(ok()));
    const plan = onePlan(server.url, [
      get('/a'),
      repeat(2, [get('/b'), repeat(0, [get('/never')]), repeat(2, [get('/c')])]),
      get('/d'),
    ]);
    const sink = await played(plan);
    const letters = linesOf(server.requests)
      .map((line) => line.slice(-1))
      .join('');
    expect(letters).toBe('abccbccd');
    const names = planStepNames(plan);
    expect(names).toEqual(['GET /a', 'GET /b', 'GET /never', 'GET /c', 'GET /d']);
    expect(sink.completions.map(({ step }) => names[step]?.slice(-1)).join('')).toBe('abccbccd');
  });

  it('hands captured values on', async () => {
    await using server = await rawServer((socket, request) =>
      socket.write(request.startsWith('GET /login ') ? ok('{"token":"t 1"}', 'location: /me/7\r\n') : ok()),
    );
    const login = aRequest({
      url: '/login',
      capture: [
        { variable: 'token', from: 'json', path: '$.token' },
        { variable: 'me', from: 'header', name: 'Location' },
      ],
    });
    const me = aRequest({
      method: 'POST',
      url: '{{me}}?t={{token}}&s={{shop}}'.replace('{{me}}', '/x{{me}}'),
    });
    const sink = await played(onePlan(server.url, [login, me], { variables: { shop: 3, token: 'hidden' } }));
    expect(sink.failures).toEqual([]);
    expect(linesOf(server.requests)[1]).toBe('POST /x/me/7?t=t%201&s=3');
  });

  it('ends with the first step that fails', async () => {
    await using server = await rawServer((socket, request) =>
      socket.write(request.startsWith('GET /b ') ? 'HTTP/1.1 404 x\r\ncontent-length: 0\r\n\r\n' : ok()),
    );
    const sink = await played(onePlan(server.url, [get('/a'), get('/b'), get('/c')]));
    expect(linesOf(server.requests)).toEqual(['GET /a', 'GET /b']);
    expect(sink.failures.map(({ kind, example }) => [kind, example])).toEqual([
      ['unexpected status', 'GET /b: expected status below 400, got 404'],
    ]);
  });

  it('fails a request that cannot be made, and sends nothing', async () => {
    await using server = await rawServer((socket) => socket.write(ok()));
    const bad = [
      aRequest({ url: '/{{nope}}' }),
      aRequest({ headers: [['x', 'a{{line}}b']] }),
      aRequest({ expect: [{ on: 'body', match: { how: 'equals', text: '{{nope}}' } }] }),
    ];
    for (const step of bad) {
      const sink = await played(onePlan(server.url, [step], { variables: { line: '\n' } }));
      expect(sink.kinds).toEqual(['bad request']);
    }
    expect(server.requests).toHaveLength(1);
  });

  it('gives a request that cannot be made no figures of the one before it', async () => {
    await using server = await rawServer((socket) => socket.write(ok()));
    const sink = await played(onePlan(server.url, [get('/a'), get('/{{nope}}')]));
    expect(sink.completions).toHaveLength(1);
    expect(sink.failures[0]?.timing).toMatchObject({
      serviceMicros: 0,
      connectMicros: 0,
      bytesSent: 0,
      bytesReceived: 0,
    });
  });

  it('counts response time from when the request was due, thinking left out', async () => {
    await using server = await rawServer((socket) => socket.write(ok()));
    const sink = await played(onePlan(server.url, [get('/a'), think(0.5), get('/b')]));
    const [, second] = sink.completions;
    expect(second?.timing.responseMicros).toBeLessThan(500_000);
    expect(second?.timing.responseMicros).toBeGreaterThanOrEqual(second?.timing.serviceMicros ?? 0);
  });

  it('counts the wait behind a stalled generator into the first response time', async () => {
    await using server = await rawServer((socket) => socket.write(ok()));
    const running = played(onePlan(server.url, [get('/a')]));
    const until = performance.now() + 60;
    while (performance.now() < until);
    const sink = await running;
    expect(sink.completions[0]?.timing.responseMicros).toBeGreaterThan(50_000);
    expect(sink.arrivals[0]?.lag).toBeGreaterThan(50_000);
  });

  it('generates the same values for any number of workers', async () => {
    await using server = await rawServer((socket) => socket.write(ok()));
    const plan = aPlan({
      target: server.url,
      scenarios: [aScenario([get('/{{$uuid}}'), think(0, 0.01), get('/{{$randomInt 1 9}}')])],
    });
    const sent = async (shards: number): Promise<string[]> => {
      const from = server.requests.length;
      const epochs = [firstEpoch(shards)];
      await Promise.all(Array.from({ length: shards }, (_each, shard) => played(plan, { shard, epochs })));
      return linesOf(server.requests.slice(from)).sort();
    };
    const alone = await sent(1);
    expect(alone).toHaveLength(40);
    expect(await sent(3)).toEqual(alone);
  });

  it('goes to the origin of an absolute URL', async () => {
    await using server = await rawServer((socket) => socket.write(ok()));
    await played(onePlan('http://127.0.0.1:1', [get(`${server.url}/other`)]));
    expect(linesOf(server.requests)).toEqual(['GET /other']);
  });
});
