import { once } from 'node:events';
import type { ServerHttp2Stream } from 'node:http2';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, it } from 'vitest';
import type { Load, Plan, RequestStep } from '../../../src/plan/plan.ts';
import type { FailureKind } from '../../../src/stats/measurement-sink.ts';
import { aPlan, aRequest, aScenario } from '../support/a-plan.ts';
import { makeCertificate } from '../support/certificate.ts';
import { http2Server, okStream } from '../support/http2-server.ts';
import { oneArrival, played } from '../support/played.ts';
import { closing, ok, rawServer } from '../support/raw-server.ts';

const few: Load = { model: 'open', arrivals: 'even', stages: [{ seconds: 0.05, from: 100, to: 100 }] };
const plan2 = (target: string, step: Partial<RequestStep> = {}, overrides: Partial<Plan> = {}): Plan =>
  aPlan({
    target,
    http: 2,
    load: few,
    scenarios: [aScenario([aRequest({ timeoutSeconds: 3, ...step })])],
    ...overrides,
  });
const think = (seconds: number) => ({ kind: 'think', minSeconds: seconds, maxSeconds: seconds }) as const;
const withoutKeepAlive = { connections: { keepAlive: false } } as const;

const certificate = await makeCertificate();

const half = (stream: ServerHttp2Stream, then: () => void): void => {
  stream.respond({ ':status': 200, 'content-length': 10 });
  stream.write('half');
  setTimeout(then, 20);
};

/** A frame of HTTP/2 (RFC 9113, 4.1). */
const frame = (type: number, stream: number, payload: readonly number[]): Buffer =>
  Buffer.from([0, 0, payload.length, type, 0, 0, 0, 0, stream, ...payload]);
const settingsFrame = frame(4, 0, []);
const goaway = (lastStream: number, code: number): Buffer =>
  frame(7, 0, [0, 0, 0, lastStream, 0, 0, 0, code]);

/** A server whose frames are made by hand: called with each read, of which it is told the number. */
const frameServer = async (read: (socket: Socket, nthRead: number, nthSocket: number) => void) => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const nth = sockets.size;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.write(settingsFrame);
    let reads = 0;
    socket.on('data', () => read(socket, reads++, nth));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => sockets.size,
    [Symbol.asyncDispose]: closing(server, sockets),
  };
};

describe('a target that misbehaves over HTTP/2', () => {
  it.each<
    [
      name: string,
      answer: (stream: ServerHttp2Stream, socket: Socket) => void,
      kind: FailureKind,
      example: RegExp,
    ]
  >([
    ['resets the connection', (_stream, socket) => socket.resetAndDestroy(), 'reset', /ECONNRESET/],
    [
      'closes without an answer',
      (_stream, socket) => socket.end(),
      'reset',
      /closed before the response was/,
    ],
    ['closes in the body', (stream, socket) => half(stream, () => socket.end()), 'reset', /closed before/],
    [
      'resets in the body',
      (stream, socket) => half(stream, () => socket.resetAndDestroy()),
      'reset',
      /ECONNRESET/,
    ],
    ['resets the stream', (stream) => stream.close(2), 'reset', /RST_STREAM INTERNAL_ERROR/],
    ['cancels the stream', (stream) => stream.close(8), 'reset', /RST_STREAM CANCEL/],
    ['refuses the stream', (stream) => stream.close(7), 'reset', /RST_STREAM REFUSED_STREAM/],
    ['ends the stream without an answer', (stream) => stream.close(0), 'reset', /RST_STREAM NO_ERROR/],
    [
      'goes away with a reason',
      (stream) => stream.session?.goaway(11, stream.id ?? 0, Buffer.from('calm')),
      'reset',
      /connection ended after GOAWAY ENHANCE_YOUR_CALM \(calm\)/,
    ],
    ['says less than it announced', (stream) => half(stream, () => stream.end()), 'parse', /PROTOCOL_ERROR/],
    ['hangs before the headers', () => undefined, 'timeout before headers', /timed out/],
    ['hangs in the body', (stream) => half(stream, () => undefined), 'timeout in body', /timed out/],
    [
      'answers 500',
      (stream) => stream.respond({ ':status': 500 }, { endStream: true }),
      'unexpected status',
      /GET \/: expected status below 400, got 500/,
    ],
  ])('is classified when it %s, with and without keep-alive', async (_name, answer, kind, example) => {
    await using server = await http2Server(answer);
    const step = /^timeout/.test(kind) ? { timeoutSeconds: 0.3 } : {};
    for (const overrides of [{}, withoutKeepAlive]) {
      const sink = await played(plan2(server.url, step, overrides));
      expect([sink.arrivals.length, sink.kinds, sink.failures.length]).toEqual([5, [kind], 5]);
      expect(sink.failures[0]?.example).toMatch(example);
      expect(sink.failures[0]?.timing.bytesSent).toBeGreaterThan(0);
    }
  });

  it('is a failed body when the body is larger than what is kept', async () => {
    await using server = await http2Server((stream) => {
      stream.respond({ ':status': 200 });
      stream.end(Buffer.alloc(11 * 1024 * 1024));
    });
    const looking = { expect: [{ on: 'body', match: { how: 'contains', text: 'x' } }] } as const;
    expect((await played(plan2(server.url, looking, { load: oneArrival }))).kinds).toEqual([
      'body too large',
    ]);
    expect((await played(plan2(server.url, {}, { load: oneArrival }))).failures).toEqual([]);
  });

  it('refuses connections', async () => {
    for (const overrides of [{}, withoutKeepAlive]) {
      const sink = await played(plan2('http://127.0.0.1:1', {}, overrides));
      expect([sink.kinds, sink.failures.length]).toEqual([['connect refused'], 5]);
      expect(sink.failures[0]?.timing).toMatchObject({ serviceMicros: 0, bytesSent: 0, bytesReceived: 0 });
    }
  });

  it('has a name that does not resolve', async () => {
    const guard = { refusesHost: () => undefined, refusesAddress: () => undefined };
    const sink = await played(plan2('http://does-not-exist.invalid', { timeoutSeconds: 2 }), { guard });
    expect(sink.kinds).toEqual(['dns']);
  });

  it('speaks HTTP/1.1 only', async () => {
    await using server = await rawServer(
      () => {},
      (socket) => socket.once('data', () => socket.end(ok())),
    );
    const sink = await played(plan2(server.url));
    expect([sink.kinds, sink.failures.length]).toEqual([['parse'], 5]);
    expect(sink.failures[0]?.example).toMatch(/not HTTP\/2/);
  });

  it('says nothing at all', async () => {
    await using server = await rawServer(() => {});
    const sink = await played(plan2(server.url, { timeoutSeconds: 0.3 }));
    expect([sink.kinds, sink.failures.length]).toEqual([['timeout before headers'], 5]);
  });

  it.each([
    ['chooses another protocol', ['http/1.1'], /doesn't speak HTTP\/2/],
    ['knows no ALPN', undefined, /doesn't speak HTTP\/2 \(no ALPN\)/],
  ])('is secure and %s', async (_name, protocols, example) => {
    const sockets = new Set<Socket>();
    const server = createTlsServer({
      ...certificate,
      ...(protocols === undefined ? {} : { ALPNProtocols: protocols }),
    });
    server.on('connection', (socket: Socket) => sockets.add(socket));
    server.on('tlsClientError', () => {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const close = closing(server, sockets);
    try {
      const target = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const sink = await played(plan2(target, {}, { tls: { verify: false } }));
      expect([sink.kinds, sink.failures.length]).toEqual([['tls'], 5]);
      expect(sink.failures[0]?.example).toMatch(example);
    } finally {
      await close();
    }
  });

  it('speaks plain HTTP/2 on a TLS port, or TLS on a plain one', async () => {
    await using plain = await http2Server();
    expect((await played(plan2(`https://127.0.0.1:${plain.port}`))).kinds).toEqual(['tls']);
    await using secure = await http2Server(undefined, { certificate });
    const sink = await played(plan2(`http://127.0.0.1:${secure.port}`));
    expect(sink.failures).toHaveLength(5);
    expect(['parse', 'reset']).toEqual(expect.arrayContaining([...sink.kinds]));
  });

  it('hangs while connecting in TLS', async () => {
    await using server = await rawServer(() => {});
    const sink = await played(plan2(`https://127.0.0.1:${server.port}`, { timeoutSeconds: 0.3 }));
    expect([sink.kinds, sink.failures.length]).toEqual([['connect timeout'], 5]);
    expect(sink.failures[0]?.example).toBe('GET /: timed out while securing');
  });

  it('goes without looking at a request, which is then sent once more, whatever its method', async () => {
    await using server = await frameServer((socket, nth) => {
      if (nth === 0) socket.end(goaway(0, 0));
    });
    const sink = await played(plan2(server.url, { method: 'POST' }, { load: oneArrival }));
    expect([sink.kinds, server.connections()]).toEqual([['reset'], 2]);
    expect(sink.failures[0]?.example).toMatch(/REFUSED_STREAM/);
  });

  it('sends what is not HTTP/2 after a good beginning', async () => {
    await using server = await frameServer((socket) => socket.write('HTTP/1.1 200 OK\r\n\r\n'.repeat(10)));
    expect((await played(plan2(server.url))).kinds).toEqual(['parse']);
  });

  it('closes while idle, which costs no request', async () => {
    await using server = await http2Server((stream, socket) => {
      okStream(stream);
      setTimeout(() => socket.end(), 10);
    });
    const steps = [aRequest({ method: 'POST' }), think(0.2), aRequest({ method: 'POST' })];
    const sink = await played(plan2(server.url, {}, { load: oneArrival, scenarios: [aScenario(steps)] }));
    expect([sink.completions.length, sink.failures, server.connections()]).toEqual([2, [], 2]);
  });

  it('asks for a new connection after some requests, which costs none', async () => {
    await using server = await http2Server((stream, _socket, nth) => {
      if (nth === 4) stream.session?.close();
      setTimeout(() => okStream(stream), 5);
    });
    const load = { model: 'closed', stages: [{ seconds: 0.4, from: 3, to: 3 }] } as const;
    const sink = await played(plan2(server.url, {}, { load }));
    expect(sink.failures).toEqual([]);
    expect(server.connections()).toBeGreaterThan(1);
  });

  it.each([
    ['once more when it may be repeated', 'PUT', [2, 0, 2]],
    ['not again when it may not', 'POST', [1, 1, 1]],
  ])('dies under a request on a used connection, which is sent %s', async (_name, method, counts) => {
    await using server = await http2Server((stream, socket, nth) => {
      if (nth === 0) okStream(stream);
      else socket.resetAndDestroy();
    });
    const steps = [aRequest({ method }), aRequest({ method })];
    const sink = await played(plan2(server.url, {}, { load: oneArrival, scenarios: [aScenario(steps)] }));
    expect([sink.completions.length, sink.failures.length, server.connections()]).toEqual(counts);
  });

  it('falls silent: later requests go to another connection', async () => {
    await using server = await http2Server((stream, socket) => {
      if (server.connections() > 1) return okStream(stream);
      // No byte comes from it any more, not even an acknowledgement of HTTP/2.
      socket.pause();
      return undefined;
    });
    const load = { model: 'closed', stages: [{ seconds: 0.8, from: 1, to: 1 }] } as const;
    const sink = await played(
      plan2(
        server.url,
        { timeoutSeconds: 0.2 },
        { load, scenarios: [aScenario([aRequest({ timeoutSeconds: 0.2 }), think(0.05)])] },
      ),
    );
    // The server's settings may come after the first request, so that silence begins after them.
    expect(sink.kinds).toEqual(['timeout before headers']);
    expect(sink.failures.length).toBeLessThanOrEqual(2);
    expect(sink.completions.length).toBeGreaterThan(0);
    expect(server.connections()).toBe(2);
  });
});
