import { setTimeout as passed } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { AddressBook } from '../../../src/engine/connect/address-book.ts';
import { SecureOptions } from '../../../src/engine/connect/secure-options.ts';
import { Http2Transport } from '../../../src/engine/http2/http2-transport.ts';
import { nativeEngine } from '../../../src/engine/native-engine.ts';
import { parseOrigin } from '../../../src/engine/origin.ts';
import { addressGuard } from '../../../src/plan/allowed-targets.ts';
import type { Load, Plan, RequestStep } from '../../../src/plan/plan.ts';
import { aPlan, aRequest, aScenario, aShard, startedClock } from '../support/a-plan.ts';
import { CheckingSink } from '../support/checking-sink.ts';
import { http2Server, okStream } from '../support/http2-server.ts';
import { oneArrival, played } from '../support/played.ts';

const burst = (count: number): Load => ({
  model: 'open',
  arrivals: 'even',
  stages: [{ seconds: count / 10_000, from: 10_000, to: 10_000 }],
});
const plan2 = (target: string, step: Partial<RequestStep> = {}, overrides: Partial<Plan> = {}): Plan =>
  aPlan({
    target,
    http: 2,
    scenarios: [aScenario([aRequest({ timeoutSeconds: 3, ...step })])],
    ...overrides,
  });
const think = (seconds: number) => ({ kind: 'think', minSeconds: seconds, maxSeconds: seconds }) as const;

describe('HTTP/2', () => {
  it('carries all requests on one connection, many at a time', async () => {
    await using server = await http2Server((stream) => setTimeout(() => okStream(stream), 100));
    const sink = await played(plan2(server.url, {}, { load: burst(50) }));
    expect([sink.completions.length, sink.failures]).toEqual([50, []]);
    expect(server.connections()).toBe(1);
    expect(server.mostAtOnce()).toBe(50);
    expect(sink.completions.filter(({ timing }) => timing.connectMicros > 0)).toHaveLength(1);
  });

  it('spreads requests over as many connections as are allowed', async () => {
    const carried = new Map<unknown, number>();
    await using server = await http2Server((stream, socket) => {
      carried.set(socket, (carried.get(socket) ?? 0) + 1);
      setTimeout(() => okStream(stream), 600);
    });
    const load = { model: 'open', arrivals: 'even', stages: [{ seconds: 0.3, from: 100, to: 100 }] } as const;
    const sink = await played(plan2(server.url, {}, { load, connections: { keepAlive: true, max: 3 } }));
    expect([sink.completions.length, server.connections()]).toEqual([30, 3]);
    // Those that came while the connections were being made went to whichever was there first.
    expect(Math.min(...carried.values())).toBeGreaterThan(3);
  });

  it('has no more requests under way than the server allows, and the others wait in order', async () => {
    await using server = await http2Server((stream) => void setTimeout(() => okStream(stream), 20), {
      settings: { maxConcurrentStreams: 4 },
    });
    const rows = Array.from({ length: 40 }, (_each, i) => ({ n: `${i}` }));
    const data = { file: 'n.csv', use: 'once', upload: 'uploads/n', rowCount: 40, columns: ['n'] } as const;
    const begin = {
      model: 'open',
      arrivals: 'even',
      stages: [{ seconds: 0.2, from: 200, to: 200 }],
    } as const;
    const scenarios = [aScenario([aRequest({ url: '/{{n}}' })], { data })];
    const sink = await played(plan2(server.url, {}, { load: begin, scenarios }), {
      data: new Map([['browse', rows]]),
    });
    expect([sink.completions.length, sink.failures]).toEqual([40, []]);
    expect([server.mostAtOnce(), server.connections()]).toEqual([4, 1]);
    expect(server.requests.map(({ ':path': path }) => path)).toEqual(rows.map(({ n }) => `/${n}`));
    // To wait for its turn is in the response time and not in the service time.
    const waited = sink.completions.filter(({ timing }) => timing.responseMicros > timing.serviceMicros);
    expect(waited.length).toBeGreaterThan(10);
  });

  it('counts a request that waited in vain as no free connection', async () => {
    await using server = await http2Server(() => undefined, { settings: { maxConcurrentStreams: 1 } });
    const steps = [think(0.3), aRequest({ timeoutSeconds: 0.3 })];
    const load = {
      model: 'open',
      arrivals: 'even',
      stages: [{ seconds: 0.02, from: 200, to: 200 }],
    } as const;
    const first = aScenario([aRequest({ url: '/first', timeoutSeconds: 2 })]);
    const plan = plan2(
      server.url,
      {},
      { load, finishSeconds: 1, scenarios: [first, { ...aScenario(steps), name: 'later' }] },
    );
    const sink = await played(plan);
    expect(sink.kinds).toContain('no free connection');
    const [failed] = sink.failures.filter(({ kind }) => kind === 'no free connection');
    expect(failed?.timing).toMatchObject({ serviceMicros: 0, bytesSent: 0, bytesReceived: 0 });
    expect(failed?.example).toMatch(/while all connections were at work/);
  });

  it('opens a connection for each request without keep-alive, as many at a time as are allowed', async () => {
    await using server = await http2Server((stream) => setTimeout(() => okStream(stream), 10));
    const sink = await played(
      plan2(server.url, {}, { load: burst(12), connections: { keepAlive: false, max: 2 } }),
    );
    expect([sink.completions.length, server.connections(), server.mostAtOnce()]).toEqual([12, 12, 2]);
    expect(sink.completions.every(({ timing }) => timing.connectMicros > 0)).toBe(true);
  });

  it('sends a message as HTTP/2 has it', async () => {
    await using server = await http2Server();
    const headers = [
      ['Host', 'shop.test'],
      ['X-Greeting', 'Grüße'],
      ['Connection', 'keep-alive'],
      ['TE', 'gzip'],
    ] as const;
    const body = { format: 'text', template: 'hällo' } as const;
    const sink = await played(
      plan2(server.url, { method: 'POST', url: '/a?b=c', headers, body }, { load: oneArrival }),
    );
    expect(sink.failures).toEqual([]);
    const { connection, te, ...sent } = server.requests[0] ?? {};
    expect([connection, te]).toEqual([undefined, undefined]);
    expect(sent).toMatchObject({
      ':method': 'POST',
      ':path': '/a?b=c',
      ':scheme': 'http',
      ':authority': 'shop.test',
      'content-length': '6',
      'x-greeting': Buffer.from('Grüße').toString('latin1'),
      'user-agent': expect.stringContaining('stormdrain/'),
    });
  });

  it('sends and receives large bodies whole', async () => {
    const size = 3_000_000;
    await using server = await http2Server((stream) => {
      let bytes = 0;
      stream.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      stream.on('end', () => okStream(stream, `${bytes}`.padStart(size, '.')));
    });
    const step = {
      method: 'POST',
      body: { format: 'text', template: 'x'.repeat(size) },
      expect: [{ on: 'body', match: { how: 'contains', text: `.${size}` } }],
    } as const;
    const sink = await played(plan2(server.url, step, { load: oneArrival }));
    expect(sink.failures).toEqual([]);
    const [{ timing } = { timing: undefined }] = sink.completions;
    expect(timing?.bytesSent).toBeGreaterThan(size);
    expect(timing?.bytesReceived).toBeGreaterThan(size);
  });

  it('reads a response to be looked at: status, headers, set-cookie lines, body', async () => {
    await using server = await http2Server((stream, _socket, nth) => {
      stream.additionalHeaders({ ':status': 103 });
      stream.respond({ ':status': nth === 0 ? 201 : 204, 'x-n': `${nth}`, 'set-cookie': ['a=1', 'b=2'] });
      stream.end(nth === 0 ? '{"id":7}' : undefined);
    });
    const first = aRequest({
      expect: [
        { on: 'status', oneOf: [201] },
        { on: 'header', name: 'X-N', match: { how: 'equals', text: '0' } },
      ],
      capture: [{ variable: 'id', from: 'json', path: '$.id' }],
    });
    const second = aRequest({ url: '/{{id}}', expect: [{ on: 'status', oneOf: [204] }] });
    const sink = await played(
      plan2(server.url, {}, { load: oneArrival, scenarios: [aScenario([first, second])] }),
    );
    expect(sink.failures).toEqual([]);
    expect(server.requests.map(({ ':path': path }) => path)).toEqual(['/', '/7']);
    expect(server.connections()).toBe(1);
  });

  it('takes an answer that comes before the upload is over, and keeps the connection', async () => {
    await using server = await http2Server((stream) => okStream(stream));
    const post = aRequest({ method: 'POST', body: { format: 'text', template: 'x'.repeat(2_000_000) } });
    const sink = await played(
      plan2(server.url, {}, { load: oneArrival, scenarios: [aScenario([post, think(0.05), aRequest()])] }),
    );
    expect([sink.completions.length, sink.failures, server.connections()]).toEqual([2, [], 1]);
  });

  it('tells the server of a request that is given up, and goes on with the connection', async () => {
    const codes: number[] = [];
    await using server = await http2Server((stream, _socket, nth) => {
      stream.on('close', () => codes.push(stream.rstCode));
      if (nth > 0) okStream(stream);
      else stream.respond({ ':status': 200 });
    });
    const load = { model: 'closed', stages: [{ seconds: 0.6, from: 1, to: 1 }] } as const;
    const sink = await played(
      plan2(
        server.url,
        {},
        { load, scenarios: [aScenario([aRequest({ timeoutSeconds: 0.2 }), think(0.05)])] },
      ),
    );
    expect(sink.kinds).toEqual(['timeout in body']);
    expect(sink.completions.length).toBeGreaterThan(0);
    expect(codes[0]).toBe(8);
    expect(server.connections()).toBe(1);
  });

  it('closes its connections when the run is over, whatever is under way on them', async () => {
    await using server = await http2Server(() => undefined);
    const sink = new CheckingSink();
    const run = nativeEngine.start(
      aShard(plan2(server.url, {}, { finishSeconds: 0.1, connections: { keepAlive: true, max: 2 } })),
      startedClock(),
      sink,
    );
    await expect.poll(() => run.openSockets()).toBe(2);
    await run.finished;
    expect([run.openSockets(), run.inFlight(), sink.open]).toEqual([0, 0, 0]);
    expect(sink.kinds).toEqual(['cut off']);
    await expect.poll(() => server.openConnections()).toBe(0);
  });

  it('closes a connection that nobody has used for long', async () => {
    await using server = await http2Server();
    const clock = startedClock();
    const transport = new Http2Transport({
      clock,
      addresses: new AddressBook(addressGuard([]), clock),
      secure: new SecureOptions({ verify: true }, new Map(), true),
      idleSeconds: 0.05,
      keepAlive: true,
      maxSessions: 1,
    });
    const answer = Promise.withResolvers<number>();
    const exchange = transport.exchange({
      answered: ({ status }) => answer.resolve(status),
      failed: (kind, detail) => answer.reject(new Error(`${kind}: ${detail}`)),
    });
    const form = { method: 'GET', path: '/', headers: [], body: undefined };
    const { origin } = parseOrigin(server.url);
    const request = { origin, method: 'GET', idempotent: true, closes: false, form };
    exchange.send(request, 'nothing', clock.nowMicros() + 3e6);
    expect(await answer.promise).toBe(200);
    expect(transport.openSockets).toBe(1);
    await expect.poll(() => transport.openSockets).toBe(0);
    await expect.poll(() => server.openConnections()).toBe(0);
    await transport.closeAll();
  });

  it('refuses an address that is not allowed without a packet', async () => {
    await using server = await http2Server();
    const guard = { refusesHost: () => undefined, refusesAddress: () => 'not this one' };
    for (const target of [server.url, `http://localhost:${server.port}`]) {
      const sink = await played(plan2(target), { guard });
      expect([sink.kinds, sink.failures.length]).toEqual([['address not allowed'], 20]);
    }
    await passed(20);
    expect(server.connections()).toBe(0);
  });
});
