import type { ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { setTimeout as passed } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nativeEngine } from '../../../src/engine/native-engine.ts';
import { aPlan, aRequest, aScenario, aShard, startedClock } from '../support/a-plan.ts';
import { CheckingSink } from '../support/checking-sink.ts';
import { http2Server, okStream } from '../support/http2-server.ts';

const behaviours = {
  answers: (stream) => okStream(stream),
  'answers late': (stream) => void setTimeout(() => stream.closed || okStream(stream), 30),
  hangs: () => undefined,
  'hangs in the body': (stream) => {
    stream.respond({ ':status': 200 });
    stream.write('x');
  },
  refuses: (stream) => stream.close(7),
  'resets the stream': (stream) => stream.close(2),
  'asks for another connection': (stream) => {
    stream.session?.close();
    okStream(stream);
  },
  'goes away': (stream) => stream.session?.goaway(2),
  closes: (_stream, socket) => void socket.end(),
  resets: (_stream, socket) => void socket.resetAndDestroy(),
} as const satisfies Record<string, (stream: ServerHttp2Stream, socket: Socket) => unknown>;
type Behaviour = keyof typeof behaviours;

const aCase = fc.record({
  behaviour: fc.array(fc.constantFrom(...(Object.keys(behaviours) as Behaviour[])), {
    minLength: 1,
    maxLength: 8,
  }),
  maxConcurrentStreams: fc.integer({ min: 1, max: 10 }),
  keepAlive: fc.boolean(),
  max: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  method: fc.constantFrom('GET', 'POST'),
  timeoutMillis: fc.integer({ min: 5, max: 80 }),
  stopMillis: fc.integer({ min: 0, max: 200 }),
  graceMillis: fc.integer({ min: 0, max: 50 }),
});

describe('the accounts of an engine over HTTP/2', () => {
  it('are even at every moment, whatever the target does and whenever it is stopped', async () => {
    await fc.assert(
      fc.asyncProperty(aCase, async (each) => {
        const { behaviour, maxConcurrentStreams, keepAlive, max, method, timeoutMillis } = each;
        let nth = 0;
        await using server = await http2Server(
          (stream, socket) => {
            const name = behaviour[nth++ % behaviour.length] ?? 'answers';
            behaviours[name](stream, socket);
          },
          { settings: { maxConcurrentStreams } },
        );
        const plan = aPlan({
          target: server.url,
          http: 2,
          connections: { keepAlive, ...(max === undefined ? {} : { max }) },
          load: { model: 'open', arrivals: 'poisson', stages: [{ seconds: 0.15, from: 400, to: 400 }] },
          finishSeconds: 0.1,
          scenarios: [
            aScenario([aRequest({ method, timeoutSeconds: timeoutMillis / 1000 }), aRequest({ url: '/2' })]),
          ],
        });
        const sink = new CheckingSink();
        const run = nativeEngine.start(aShard(plan), startedClock(), sink);
        const isEven = (): void => {
          expect(sink.started).toBe(sink.completions.length + sink.failures.length + run.inFlight());
          expect(sink.open).toBe(run.inFlight());
        };
        const stopped = passed(each.stopMillis).then(() => {
          isEven();
          run.stop(each.graceMillis);
        });
        await run.finished;
        await stopped;
        isEven();
        expect([run.inFlight(), run.openSockets()]).toEqual([0, 0]);
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});
