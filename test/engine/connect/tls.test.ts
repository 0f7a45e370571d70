import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createSecureServer, type SecureServerOptions } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { nativeEngine } from '../../../src/engine/native-engine.ts';
import type { FileReference, Load, Plan, TlsSettings } from '../../../src/plan/plan.ts';
import { aPlan, aRequest, aScenario, aShard, startedClock } from '../support/a-plan.ts';
import { makeCertificate } from '../support/certificate.ts';
import { CheckingSink } from '../support/checking-sink.ts';
import { played } from '../support/played.ts';

const server = await makeCertificate();
const client = await makeCertificate();

const files = new Map<string, Uint8Array>();
const aFile = (file: string, content: string): FileReference => {
  const upload = `uploads/${createHash('sha256').update(content).digest('hex')}`;
  files.set(upload, Buffer.from(content));
  return { file, upload, bytes: content.length };
};
const trusted = { verify: true, ca: aFile('ca.pem', server.cert) };
const shown = { cert: aFile('client.pem', client.cert), key: aFile('client.key', client.key) };

interface SecureTestServer extends AsyncDisposable {
  readonly port: number;
  /** What became of each handshake. */
  readonly handshakes: readonly { readonly resumed: boolean; readonly authorized: boolean }[];
}

/** Speaks HTTP/1.1 and HTTP/2, whichever is asked for. */
const secureServer = async (options: SecureServerOptions = {}): Promise<SecureTestServer> => {
  const handshakes: { readonly resumed: boolean; readonly authorized: boolean }[] = [];
  const sockets = new Set<Socket>();
  const listening = createSecureServer({ ...server, allowHTTP1: true, ...options }, (_request, response) => {
    response.end('ok');
  });
  listening.on('connection', (socket: Socket) => sockets.add(socket));
  listening.on('secureConnection', (socket: TLSSocket) => {
    handshakes.push({ resumed: socket.isSessionReused(), authorized: socket.authorized });
  });
  listening.on('tlsClientError', () => {});
  listening.on('sessionError', () => {});
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  return {
    port: (listening.address() as AddressInfo).port,
    handshakes,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      listening.close();
      await once(listening, 'close');
    },
  };
};

const few: Load = { model: 'open', arrivals: 'even', stages: [{ seconds: 0.05, from: 100, to: 100 }] };
const users: Load = { model: 'closed', stages: [{ seconds: 0.4, from: 2, to: 2 }] };
const planFor = (http: 1 | 2, port: number, tls: TlsSettings, overrides: Partial<Plan> = {}): Plan =>
  aPlan({
    target: `https://localhost:${port}`,
    http,
    tls,
    load: few,
    scenarios: [aScenario([aRequest({ timeoutSeconds: 3 })])],
    ...overrides,
  });

describe.each([1, 2] as const)('TLS settings with HTTP/%i', (http) => {
  it('trust what the plan says, by name and by address', async () => {
    await using target = await secureServer();
    for (const host of ['localhost', '127.0.0.1']) {
      const plan = planFor(http, target.port, trusted, { target: `https://${host}:${target.port}` });
      const sink = await played(plan, { files });
      expect([sink.completions.length, sink.failures]).toEqual([5, []]);
    }
  });

  it('refuse a certificate that nobody vouches for, unless told not to look', async () => {
    await using target = await secureServer();
    const sink = await played(planFor(http, target.port, { verify: true }), { files });
    expect([sink.kinds, sink.failures.length]).toEqual([['tls'], 5]);
    expect(sink.failures[0]?.example).toMatch(/self-signed/);
    const other = { verify: true, ca: aFile('other.pem', client.cert) };
    expect((await played(planFor(http, target.port, other), { files })).kinds).toEqual(['tls']);
    const careless = await played(planFor(http, target.port, { verify: false }), { files });
    expect([careless.completions.length, careless.failures]).toEqual([5, []]);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('show a client certificate over %s', async (version) => {
    await using target = await secureServer({
      requestCert: true,
      ca: client.cert,
      minVersion: version,
      maxVersion: version,
    });
    const sink = await played(planFor(http, target.port, { ...trusted, ...shown }), { files });
    expect([sink.completions.length, sink.failures]).toEqual([5, []]);
    expect(target.handshakes.length).toBeGreaterThan(0);
    expect(target.handshakes.every(({ authorized }) => authorized)).toBe(true);
    const without = await played(planFor(http, target.port, trusted), { files });
    expect(without.failures).toHaveLength(5);
    // Over TLS 1.3 the server refuses after the handshake, and may close before its alert has been read.
    expect(['tls', 'reset']).toEqual(expect.arrayContaining([...without.kinds]));
  });

  it('resume sessions, but not without keep-alive', async () => {
    await using target = await secureServer();
    const closing = { headers: [['connection', 'close']] } as const;
    const load = { load: users, scenarios: [aScenario([aRequest(http === 1 ? closing : {})])] };
    const resuming = planFor(http, target.port, trusted, load);
    for (let i = 0; i < 2; i++) expect((await played(resuming, { files })).failures).toEqual([]);
    if (http === 1) expect(target.handshakes.filter(({ resumed }) => resumed).length).toBeGreaterThan(2);
    const before = target.handshakes.length;
    const anew = { ...resuming, connections: { keepAlive: false } };
    expect((await played(anew, { files })).failures).toEqual([]);
    expect(target.handshakes.length).toBeGreaterThan(before + 4);
    expect(target.handshakes.slice(before).every(({ resumed }) => !resumed)).toBe(true);
  });

  it.each([
    ['is no certificate', { cert: aFile('cert.pem', 'nonsense'), key: shown.key }, /cert\.pem.*PEM/],
    ['is no key', { cert: shown.cert, key: aFile('key.pem', 'nonsense') }, /key\.pem/],
    ['is not there', { ...shown, ca: { file: 'gone.pem', upload: 'uploads/gone', bytes: 1 } }, /gone\.pem/],
  ])('fail the start when a file %s', (_name, tls, message) => {
    const shard = aShard(planFor(http, 1, { verify: true, ...tls }), { files });
    const start = () => nativeEngine.start(shard, startedClock(), new CheckingSink());
    expect(start).toThrow(
      expect.objectContaining({ name: 'PlanInvalid', message: expect.stringMatching(message) }),
    );
  });
});
