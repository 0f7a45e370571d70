import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AfterHook, BeforeHook, Hook, HookResponse } from '../../../src/engine/hooks.ts';
import { nativeEngine } from '../../../src/engine/native-engine.ts';
import type { Plan, Step } from '../../../src/plan/plan.ts';
import type { RequestTiming } from '../../../src/stats/measurement-sink.ts';
import { aPlan, aRequest, aScenario, aShard, startedClock } from '../support/a-plan.ts';
import { CheckingSink } from '../support/checking-sink.ts';
import { httpServer, type SeenRequest } from '../support/http-server.ts';
import { oneArrival, played } from '../support/played.ts';

const never = (): Promise<void> => new Promise(() => {});
const play = (
  target: string,
  steps: readonly Step[],
  hooks: Readonly<Record<string, Hook>>,
  overrides: Partial<Plan> = {},
) =>
  played(aPlan({ target, load: oneArrival, scenarios: [aScenario(steps)], ...overrides }), {
    hooks: new Map(Object.entries(hooks)),
  });
const answering = (body = '{"n":1}') => httpServer((_request, response) => response.end(body));
const seenAs = (requests: readonly SeenRequest[]): string[] =>
  requests.map(({ method, url, body }) => `${method} ${url} ${body}`.trim());
const step = (overrides: Parameters<typeof aRequest>[0]): Step => aRequest({ name: 'step', ...overrides });

const hookMicros = 60_000_000;
/** The figures of requests when the hook `wait` takes a minute, by a clock that is put forward. */
const timed = async (target: string, steps: readonly Step[]): Promise<readonly RequestTiming[]> => {
  const clock = startedClock();
  let ahead = 0;
  const wait = (): void => {
    ahead += hookMicros;
  };
  const sink = new CheckingSink();
  const plan = aPlan({ target, load: oneArrival, finishSeconds: 600, scenarios: [aScenario(steps)] });
  const shard = aShard(plan, { hooks: new Map([['wait', wait]]) });
  await nativeEngine.start(shard, { nowMicros: () => clock.nowMicros() + ahead }, sink).finished;
  return sink.completions.map(({ timing }) => timing);
};

describe('a before hook', () => {
  const sign: BeforeHook = (request, context) => {
    request.path += `&by=${context.get('who')}`;
    request.headers['x-sign'] = `${String(request.body).length}`;
    request.body = `${request.body}!`;
  };

  it.each<[string, BeforeHook]>([
    ['at once', sign],
    [
      'after a while',
      async (request, context) => {
        await pause(5);
        await sign(request, context);
      },
    ],
  ])('changes the request %s', async (_when, before) => {
    await using server = await answering();
    const sink = await play(
      server.url,
      [step({ method: 'POST', url: '/a?b', body: { format: 'text', template: 'hi' }, before: 'sign' })],
      { sign: before },
      { variables: { who: 'me' } },
    );
    expect(sink.failures).toEqual([]);
    expect(seenAs(server.requests)).toEqual(['POST /a?b&by=me hi!']);
    expect(server.requests[0]?.headers['x-sign']).toBe('2');
  });

  it('knows what it is called for, and draws from the seeded stream', async () => {
    await using server = await answering();
    const told: unknown[] = [];
    const tell: BeforeHook = (request, context) => {
      told.push([context.scenario, context.step, request.method, request.headers.accept, context.random()]);
    };
    for (let i = 0; i < 2; i++) await play(server.url, [step({ before: 'tell' })], { tell });
    expect(told[0]).toEqual(['browse', 'step', 'GET', '*/*', expect.any(Number)]);
    expect(told[1]).toEqual(told[0]);
  });

  it('sets variables for the steps that follow, over the plan’s', async () => {
    await using server = await answering();
    const login: BeforeHook = (_request, context) => context.set('token', 't 1');
    const sink = await play(
      server.url,
      [step({ url: '/{{token}}', before: 'login' }), step({ url: '/{{token}}' })],
      { login },
      { variables: { token: 'plan' } },
    );
    expect(sink.failures).toEqual([]);
    expect(seenAs(server.requests)).toEqual(['GET /plan', 'GET /t%201']);
  });

  it('counts in the response time and not in the service time', async () => {
    await using server = await answering();
    const [only] = await timed(server.url, [step({ before: 'wait', timeoutSeconds: 600 })]);
    expect((only?.responseMicros ?? 0) - (only?.serviceMicros ?? 0)).toBeGreaterThan(hookMicros);
  });

  it.each<[string, BeforeHook, string]>([
    [
      'throws',
      () => {
        throw new Error('no key');
      },
      'step: sign: no key',
    ],
    ['rejects', () => Promise.reject(new Error('no key')), 'step: sign: no key'],
    [
      'throws something odd',
      () => {
        throw 'odd';
      },
      'step: sign: odd',
    ],
    [
      'makes a request that cannot be sent',
      (request) => {
        request.headers.x = 'a\nb';
      },
      'step: sign: line break or NUL in the value of header x',
    ],
    [
      'makes one later',
      async (request) => {
        await pause(1);
        request.path = 'x';
      },
      'step: sign: the path of a request begins with a slash',
    ],
    ['never ends', never, "step: sign was not done when the request's time was over"],
  ])('that %s fails the request, which is not sent', async (_what, sign, example) => {
    await using server = await answering();
    const sink = await play(server.url, [step({ before: 'sign', timeoutSeconds: 0.1 }), step({})], { sign });
    expect(sink.failures.map(({ kind, example }) => [kind, example])).toEqual([['failed hook', example]]);
    expect(sink.failures[0]?.timing).toMatchObject({ serviceMicros: 0, bytesSent: 0, bytesReceived: 0 });
    expect(server.requests).toEqual([]);
  });

  it('has no figures of the request before it when it fails', async () => {
    await using server = await answering();
    const fail: BeforeHook = () => Promise.reject(new Error('no'));
    const sink = await play(server.url, [step({}), step({ before: 'fail' })], { fail });
    expect(sink.completions).toHaveLength(1);
    expect(sink.failures[0]?.timing).toMatchObject({ serviceMicros: 0, bytesSent: 0, connectMicros: 0 });
  });

  it('comes before cookies and redirects', async () => {
    await using server = await httpServer((request, response) => {
      if (request.url === '/a') response.writeHead(307, { location: '/b', 'set-cookie': 'c=1' });
      response.end();
    });
    const go: BeforeHook = (request) => {
      Object.assign(request, { path: '/a', headers: { cookie: 'own=2' } });
    };
    const sink = await play(
      server.url,
      [step({ url: '/x', before: 'go', redirects: 1 })],
      { go },
      { cookies: true },
    );
    expect(sink.failures).toEqual([]);
    expect(server.requests.map(({ url, headers }) => [url, headers.cookie])).toEqual([
      ['/a', 'own=2'],
      ['/b', 'own=2; c=1'],
    ]);
  });
});

describe('an after hook', () => {
  it.each<[string, (act: () => void) => void | Promise<void>]>([
    ['at once', (act) => act()],
    ['after a while', (act) => pause(5).then(act)],
  ])('reads the response %s, and sets what follows', async (_when, when) => {
    await using server = await httpServer((_request, response) => {
      response.writeHead(201, { 'X-One': 'a', 'set-cookie': ['a=1', 'b=2'] }).end('{"n":[1]}');
    });
    let read: unknown;
    const look: AfterHook = (response, context) =>
      when(() => {
        const { status } = response;
        read = [status, response.header('X-ONE'), response.header('nope'), response.text(), response.json()];
        context.set('n', '7');
      });
    const steps = [
      step({ after: 'look', expect: [{ on: 'json', path: '$.n[0]', equals: 1 }] }),
      step({ url: '/{{n}}' }),
    ];
    const sink = await play(server.url, steps, { look });
    expect(sink.failures).toEqual([]);
    expect(read).toEqual([201, 'a', undefined, '{"n":[1]}', { n: [1] }]);
    expect(server.requests[1]?.url).toBe('/7');
  });

  it('sees a response before expectations judge it', async () => {
    await using server = await answering('not JSON');
    const seen: unknown[] = [];
    const look: AfterHook = (response) => void seen.push(response.json());
    const expectation = { on: 'status', oneOf: [204] } as const;
    const sink = await play(server.url, [step({ after: 'look', expect: [expectation] })], { look });
    expect(sink.kinds).toEqual(['unexpected status']);
    expect(seen).toEqual([undefined]);
  });

  it('is not called when there is no response', async () => {
    let calls = 0;
    const look: AfterHook = () => void calls++;
    const sink = await play('http://127.0.0.1:1', [step({ after: 'look' })], { look });
    expect(sink.kinds).toEqual(['connect refused']);
    expect(calls).toBe(0);
  });

  it('is in no time that is measured', async () => {
    await using server = await answering();
    const timings = await timed(server.url, [step({ after: 'wait' }), step({})]);
    expect(timings).toHaveLength(2);
    for (const { responseMicros } of timings) expect(responseMicros).toBeLessThan(hookMicros);
  });

  it.each<[string, AfterHook, string]>([
    [
      'throws',
      (response) => {
        throw new Error(`got ${response.status}`);
      },
      'step: look: got 200',
    ],
    ['rejects', () => Promise.reject(new Error('no')), 'step: look: no'],
    ['never ends', never, "step: look was not done when the request's time was over"],
    [
      'returns what only looks like a promise',
      () => {
        const then = (): never => {
          throw new Error('no promise');
        };
        return Object.defineProperty({}, 'then', { value: then }) as Promise<void>;
      },
      'step: look: no promise',
    ],
  ])('that %s fails the request', async (_what, look, example) => {
    await using server = await answering();
    const sink = await play(server.url, [step({ after: 'look', timeoutSeconds: 0.2 }), step({})], { look });
    expect(sink.failures.map(({ kind, example }) => [kind, example])).toEqual([['failed hook', example]]);
    expect(sink.failures[0]?.timing.bytesReceived).toBeGreaterThan(0);
    expect(server.requests).toHaveLength(1);
  });

  it('that reads a body which cannot be decoded fails as that', async () => {
    await using server = await httpServer((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('no');
    });
    const look: AfterHook = (response) => void response.text();
    const sink = await play(server.url, [step({ after: 'look' })], { look });
    expect(sink.kinds).toEqual(['parse']);
  });
});

describe('a hook that outlives its request', () => {
  it('changes nothing of the arrivals that come later', async () => {
    await using server = await answering();
    const late: Promise<void>[] = [];
    const found: unknown[] = [];
    const slow: BeforeHook = (_request, context) => {
      late.push(
        pause(150).then(() => {
          context.set('v', 'late');
          found.push(context.get('v'), context.random());
        }),
      );
      return never();
    };
    const load = { model: 'open', arrivals: 'even', stages: [{ seconds: 0.3, from: 20, to: 20 }] } as const;
    const steps = [step({ url: '/{{v}}' }), step({ before: 'slow', timeoutSeconds: 0.05 })];
    const sink = await play(server.url, steps, { slow }, { load, variables: { v: 'plan' } });
    await Promise.all(late);
    expect(sink.arrivals).toHaveLength(6);
    expect(sink.kinds).toEqual(['failed hook']);
    expect(new Set(server.requests.map(({ url }) => url))).toEqual(new Set(['/plan']));
    expect(new Set(found)).toEqual(new Set([undefined, 0]));
  });
});

describe('a response that a hook has kept', () => {
  it.each<[string, () => void | Promise<void>]>([
    ['at once', () => {}],
    ['after a while', () => pause(1)],
  ])('cannot be read once the request is over, when the hook returns %s', async (_when, done) => {
    await using server = await httpServer((request, response) => response.end(`"${request.url}"`));
    const kept: HookResponse[] = [];
    const keep: AfterHook = (response) => {
      kept.push(response);
      return done();
    };
    const expectation = { on: 'body', match: { how: 'contains', text: '/' } } as const;
    const steps = [step({ url: '/mine', after: 'keep' }), step({ url: '/other', expect: [expectation] })];
    let read: unknown;
    const look: BeforeHook = () => {
      read = kept.map((each) => [each.status, each.header('content-length'), each.text(), each.json()]);
    };
    const sink = await play(server.url, [...steps, step({ before: 'look' })], { keep, look });
    expect(sink.failures).toEqual([]);
    expect(read).toEqual([[200, undefined, '', undefined]]);
  });
});

describe('stopping while a hook is at work', () => {
  const started = (target: string, hooks: Readonly<Record<string, Hook>>, steps: readonly Step[]) => {
    const sink = new CheckingSink();
    const plan = aPlan({ target, load: oneArrival, scenarios: [aScenario(steps)] });
    const shard = aShard(plan, { hooks: new Map(Object.entries(hooks)) });
    return { sink, run: nativeEngine.start(shard, startedClock(), sink) };
  };

  it.each(['before', 'after'] as const)('cuts %s off, and nothing is sent afterwards', async (which) => {
    await using server = await answering();
    const { promise: called, resolve: call } = Promise.withResolvers<void>();
    const { promise: freed, resolve: free } = Promise.withResolvers<void>();
    const hold = (): Promise<void> => {
      call();
      return freed;
    };
    const { sink, run } = started(server.url, { hold }, [step({ [which]: 'hold' }), step({})]);
    await called;
    run.stop(0);
    await run.finished;
    const sent = server.requests.length;
    free();
    await pause(20);
    expect(sink.kinds).toEqual(['cut off']);
    expect([sink.started, sink.completions.length, sink.open]).toEqual([1, 0, 0]);
    expect([sent, server.requests.length]).toEqual(which === 'before' ? [0, 0] : [1, 1]);
    expect(run.inFlight()).toBe(0);
  });

  it('lets the request under way end within the grace, and begins no other', async () => {
    await using server = await answering();
    const { promise: called, resolve: call } = Promise.withResolvers<void>();
    const { promise: freed, resolve: free } = Promise.withResolvers<void>();
    const hold = (): Promise<void> => {
      call();
      return freed;
    };
    const { sink, run } = started(server.url, { hold }, [step({ before: 'hold' }), step({})]);
    await called;
    run.stop(5000);
    free();
    await run.finished;
    expect(sink.failures).toEqual([]);
    expect([sink.started, sink.completions.length, server.requests.length]).toEqual([1, 1, 1]);
  });
});

describe('an engine with everything on', () => {
  it('ends each request that it has started once, whenever it is stopped', async () => {
    await using server = await httpServer((request, response) => {
      if (request.url === '/go') response.writeHead(302, { location: '/there', 'set-cookie': 'a=1' });
      if (request.url === '/bad') response.writeHead(500);
      response.end('{}');
    });
    const hooks: Readonly<Record<string, Hook>> = {
      quick: () => {},
      slow: () => pause(3),
      never,
      throws: () => {
        throw new Error('no');
      },
      rejects: () => Promise.reject(new Error('no')),
    };
    const hook = fc.option(fc.constantFrom(...Object.keys(hooks)), { nil: undefined });
    const anyStep = fc
      .record({ url: fc.constantFrom('/', '/go', '/bad'), before: hook, after: hook, redirects: fc.nat(1) })
      .map(({ before, after, ...rest }) =>
        step({
          ...rest,
          timeoutSeconds: 0.05,
          ...(before === undefined ? {} : { before }),
          ...(after === undefined ? {} : { after }),
        }),
      );
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyStep, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        fc.nat(60),
        fc.constantFrom(0, 5, 1000),
        async (steps, closed, stopMillis, graceMillis) => {
          const stages = [{ seconds: 0.05, from: closed ? 3 : 200, to: closed ? 3 : 200 }];
          const sink = new CheckingSink();
          const plan = aPlan({
            target: server.url,
            cookies: true,
            load: closed ? { model: 'closed', stages } : { model: 'open', arrivals: 'even', stages },
            scenarios: [aScenario(steps)],
          });
          const shard = aShard(plan, { hooks: new Map(Object.entries(hooks)) });
          const run = nativeEngine.start(shard, startedClock(), sink);
          await pause(stopMillis);
          run.stop(graceMillis);
          await run.finished;
          const ended = sink.started;
          expect([sink.open, run.inFlight()]).toEqual([0, 0]);
          expect(sink.started).toBe(sink.completions.length + sink.failures.length);
          await pause(5);
          expect(sink.started).toBe(ended);
        },
      ),
      { numRuns: 30 },
    );
  });
});
