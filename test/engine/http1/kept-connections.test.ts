import tls from 'node:tls';
import { describe, expect, it } from 'vitest';
import { nativeEngine } from '../../../src/engine/native-engine.ts';
import type { RequestStep } from '../../../src/plan/plan.ts';
import { aPlan, aRequest, aScenario, aShard, startedClock } from '../support/a-plan.ts';
import { type AnsweringThread, answeringThread } from '../support/answering-thread.ts';
import { makeCertificate } from '../support/certificate.ts';
import { CheckingSink } from '../support/checking-sink.ts';
import { oneArrival, played } from '../support/played.ts';
import { ok, rawServer } from '../support/raw-server.ts';

const think = (seconds: number) => ({ kind: 'think', minSeconds: seconds, maxSeconds: seconds }) as const;
const twice = (target: string, step: Partial<RequestStep>, between = 0) =>
  aPlan({
    target,
    load: oneArrival,
    scenarios: [aScenario([aRequest(step), think(between), aRequest(step)])],
  });

/** Once the second request is written, on the kept connection, this thread is busy until the answer is there. */
class BusySink extends CheckingSink {
  readonly #server: AnsweringThread;

  constructor(server: AnsweringThread) {
    super();
    this.#server = server;
  }

  override requestStarted(step: number): void {
    super.requestStarted(step);
    if (this.started === 2) queueMicrotask(() => this.#server.waitForAnswers(2));
  }
}

const authority = await makeCertificate();

describe('kept connections', () => {
  it('carry one request after the other', async () => {
    await using server = await rawServer((socket) => socket.write(ok()));
    const sink = await played(twice(server.url, {}));
    expect(sink.completions.map(({ timing }) => timing.connectMicros > 0)).toEqual([true, false]);
    expect(server.connections()).toBe(1);
  });

  it.each([
    ['the server says so', {}, 'connection: close\r\n'],
    ['the plan says so', { headers: [['Connection', 'close']] as const }, ''],
  ])('are given up when %s', async (_name, step, headers) => {
    await using server = await rawServer((socket) => socket.write(ok('ok', headers)));
    expect((await played(twice(server.url, step))).completions).toHaveLength(2);
    expect(server.connections()).toBe(2);
  });

  it('are given up before the time that the server keeps them', async () => {
    await using server = await rawServer((socket) => socket.write(ok('ok', 'keep-alive: timeout=1\r\n')));
    expect((await played(twice(server.url, {}, 0.2))).completions).toHaveLength(2);
    expect(server.connections()).toBe(2);
  });

  it('that the server closes while idle cost no request', async () => {
    await using server = await rawServer((socket) => {
      socket.write(ok());
      setTimeout(() => socket.end(), 10);
    });
    const sink = await played(twice(server.url, { method: 'POST' }, 0.3));
    expect([sink.completions.length, sink.failures.length, server.connections()]).toEqual([2, 0, 2]);
  });

  it('that die under a request are replaced once, when the request may be repeated', async () => {
    await using server = await rawServer((socket, _request, nth) => {
      if (nth === 0) socket.write(ok());
      else socket.resetAndDestroy();
    });
    const sink = await played(twice(server.url, { method: 'PUT' }));
    expect([sink.started, sink.completions.length, sink.failures.length]).toEqual([2, 2, 0]);
    expect([server.connections(), server.requests.length]).toEqual([2, 3]);
    expect(sink.completions[1]?.timing.connectMicros).toBeGreaterThan(0);
  });

  it('that die under a request which may not be repeated fail it', async () => {
    await using server = await rawServer((socket, _request, nth) => {
      if (nth === 0) socket.write(ok());
      else socket.end();
    });
    const sink = await played(twice(server.url, { method: 'POST' }));
    expect([sink.completions.length, sink.kinds]).toEqual([1, ['reset']]);
    expect(server.requests).toHaveLength(2);
  });

  it('that die after a first byte of response fail the request', async () => {
    await using server = await rawServer((socket, _request, nth) => {
      if (nth === 0) socket.write(ok());
      else socket.end('HTTP/1.1 2');
    });
    const sink = await played(twice(server.url, {}));
    expect([sink.completions.length, sink.kinds]).toEqual([1, ['reset']]);
  });

  it('fail a fresh connection that dies, since the request is what it dies of', async () => {
    await using server = await rawServer((socket) => socket.end());
    const sink = await played(twice(server.url, {}));
    expect([sink.started, sink.kinds, server.connections()]).toEqual([1, ['reset'], 1]);
  });

  it.each([
    ['plain', undefined, 10],
    ['secure', authority, 10],
    ['secure', authority, 40_000],
  ])(
    'that are %s are kept when the answer is there as soon as a request is written (%#)',
    async (_name, certificate, bytes) => {
      const before = tls.getCACertificates('default');
      tls.setDefaultCACertificates([...before, authority.cert]);
      try {
        await using server = await answeringThread(certificate);
        const post = aRequest({ method: 'POST', body: { format: 'text', template: 'x'.repeat(bytes) } });
        const plan = aPlan({
          target: server.url,
          load: oneArrival,
          scenarios: [aScenario([post, think(0.01), post, think(0.01), post])],
        });
        const sink = new BusySink(server);
        await nativeEngine.start(aShard(plan), startedClock(), sink).finished;
        expect([sink.completions.length, sink.kinds, server.connections()]).toEqual([3, [], 1]);
      } finally {
        tls.setDefaultCACertificates(before);
      }
    },
  );
});
