import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import tls, { createServer as createTlsServer } from 'node:tls';
import { describe, expect, it } from 'vitest';
import type { RequestStep } from '../../src/plan/plan.ts';
import type { FailureKind } from '../../src/stats/measurement-sink.ts';
import { aPlan, aRequest, aScenario } from './support/a-plan.ts';
import { makeCertificate } from './support/certificate.ts';
import { oneArrival, played } from './support/played.ts';
import { closing, ok, rawServer } from './support/raw-server.ts';

const planFor = (target: string, step: Partial<RequestStep> = {}) =>
  aPlan({ target, scenarios: [aScenario([aRequest({ timeoutSeconds: 3, ...step })])] });

const authority = await makeCertificate();

const tlsServer = async (): Promise<AsyncDisposable & { readonly port: number }> => {
  const sockets = new Set<Socket>();
  const server = createTlsServer(authority, (socket) => {
    socket.on('data', () => socket.write(ok()));
    socket.on('error', () => {});
  });
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, [Symbol.asyncDispose]: closing(server, sockets) };
};

describe('a target that misbehaves', () => {
  it.each<[name: string, answer: (socket: Socket) => void, kind: FailureKind, example: RegExp]>([
    ['resets', (socket) => socket.resetAndDestroy(), 'reset', /ECONNRESET/],
    [
      'closes without an answer',
      (socket) => socket.end(),
      'reset',
      /closed before the response was complete/,
    ],
    ['closes in the head', (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-'), 'reset', /closed before/],
    [
      'closes in the body',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nok'),
      'reset',
      /closed before/,
    ],
    ['hangs before the headers', () => {}, 'timeout before headers', /timed out/],
    [
      'hangs in the headers',
      (socket) => socket.write('HTTP/1.1 200 OK\r\n'),
      'timeout before headers',
      /timed out/,
    ],
    [
      'hangs in the body',
      (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nok'),
      'timeout in body',
      /timed out/,
    ],
    [
      'speaks something else',
      (socket) => socket.write('220 smtp.test ESMTP\r\n'),
      'parse',
      /does not begin with HTTP/,
    ],
    ['answers twice', (socket) => socket.write(ok() + ok()), 'parse', /after the end of the response/],
    [
      'answers 500',
      (socket) => socket.write('HTTP/1.1 500 x\r\ncontent-length: 0\r\n\r\n'),
      'unexpected status',
      /GET \/: expected status below 400, got 500/,
    ],
  ])('is classified when it %s, with and without keep-alive', async (_name, answer, kind, example) => {
    await using server = await rawServer(answer);
    const plan = planFor(server.url, /^timeout/.test(kind) ? { timeoutSeconds: 0.4 } : {});
    for (const keepAlive of [true, false]) {
      const sink = await played({ ...plan, connections: { keepAlive } });
      expect(sink.arrivals).toHaveLength(20);
      expect(sink.kinds).toEqual([kind]);
      expect(sink.failures).toHaveLength(20);
      expect(sink.failures[0]?.example).toMatch(example);
      expect(sink.failures[0]?.timing.bytesSent).toBeGreaterThan(0);
    }
  });

  it.each<[string, (socket: Socket) => void]>([
    ['reads no further', () => {}],
    ['closes', (socket) => socket.destroySoon()],
  ])(
    'has answered when it answers in the middle of a request and %s, and the connection is given up',
    async (_name, andThen) => {
      const seen = new Set<Socket>();
      await using server = await rawServer(
        () => {},
        (socket) =>
          socket.once('data', () => {
            socket.pause();
            seen.add(socket);
            socket.write('HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n');
            andThen(socket);
          }),
      );
      const step = aRequest({
        method: 'POST',
        body: { format: 'text', template: 'x'.repeat(8_000_000) },
        expect: [{ on: 'status', oneOf: [413] }],
      });
      const plan = aPlan({ target: server.url, load: oneArrival, scenarios: [aScenario([step, step])] });
      const sink = await played(plan);
      expect([sink.completions.length, sink.failures, seen.size]).toEqual([2, [], 2]);
    },
  );

  it('is a failed body when the body is larger than what is kept', async () => {
    await using server = await rawServer((socket) =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n'),
    );
    const looking = { expect: [{ on: 'body', match: { how: 'contains', text: 'x' } }] } as const;
    expect((await played(planFor(server.url, looking))).kinds).toEqual(['body too large']);
  });

  it('refuses connections', async () => {
    const sink = await played(planFor('http://127.0.0.1:1'));
    expect(sink.kinds).toEqual(['connect refused']);
    expect(sink.failures[0]?.timing).toMatchObject({ serviceMicros: 0, bytesSent: 0, bytesReceived: 0 });
  });

  it('has a name that does not resolve', async () => {
    const guard = { refusesHost: () => undefined, refusesAddress: () => undefined };
    const sink = await played(
      aPlan({ ...planFor('http://does-not-exist.invalid', { timeoutSeconds: 2 }), load: oneArrival }),
      { guard },
    );
    expect(sink.kinds).toEqual(['dns']);
  });

  it('sends bytes that nobody asked for on a kept connection, which is then not used again', async () => {
    await using server = await rawServer((socket) => {
      socket.write(ok());
      setTimeout(() => socket.write('junk'), 2);
    });
    const load = { model: 'closed', stages: [{ seconds: 0.7, from: 1, to: 1 }] } as const;
    const think = { kind: 'think', minSeconds: 0.2, maxSeconds: 0.2 } as const;
    const sink = await played({
      ...aPlan({ target: server.url, load }),
      scenarios: [aScenario([aRequest(), think])],
    });
    expect(sink.failures).toEqual([]);
    expect(server.connections()).toBe(sink.completions.length);
  });

  it('answers before the request is sent to its end', async () => {
    await using server = await rawServer(
      () => {},
      (socket) => socket.once('data', () => socket.write(ok())),
    );
    const big = { method: 'POST', body: { format: 'text', template: 'x'.repeat(4_000_000) } } as const;
    const sink = await played(aPlan({ ...planFor(server.url, big), load: oneArrival }));
    expect(sink.completions).toHaveLength(1);
  });

  it('speaks TLS on a plain port', async () => {
    await using server = await tlsServer();
    const sink = await played(planFor(`http://127.0.0.1:${server.port}`));
    expect(sink.failures).toHaveLength(20);
    expect(['parse', 'reset']).toEqual(expect.arrayContaining([...sink.kinds]));
  });

  it('speaks plain HTTP on a TLS port', async () => {
    await using server = await rawServer(
      () => {},
      (socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad\r\n\r\n')),
    );
    expect((await played(planFor(`https://127.0.0.1:${server.port}`))).kinds).toEqual(['tls']);
  });

  it('hangs while connecting in TLS', async () => {
    await using server = await rawServer(() => {});
    const sink = await played(planFor(`https://127.0.0.1:${server.port}`, { timeoutSeconds: 0.4 }));
    expect(sink.kinds).toEqual(['connect timeout']);
    expect(sink.failures[0]?.example).toBe('GET /: timed out while securing');
  });

  it('has a certificate that is not to be trusted', async () => {
    await using server = await tlsServer();
    const sink = await played(planFor(`https://localhost:${server.port}`, { timeoutSeconds: 2 }));
    expect(sink.kinds).toEqual(['tls']);
    expect(sink.failures[0]?.example).toMatch(/self-signed/);
  });

  it('is fine over TLS when its certificate is trusted', async () => {
    const before = tls.getCACertificates('default');
    tls.setDefaultCACertificates([...before, authority.cert]);
    try {
      await using server = await tlsServer();
      for (const host of ['localhost', '127.0.0.1']) {
        const sink = await played(planFor(`https://${host}:${server.port}`, { timeoutSeconds: 2 }));
        expect(sink.failures).toEqual([]);
        expect(sink.completions).toHaveLength(20);
      }
    } finally {
      tls.setDefaultCACertificates(before);
    }
  });
});
