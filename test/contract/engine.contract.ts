import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine, EngineRun, EngineShard } from '../../src/engine/engine.ts';
import { appendEpoch, arrivalSchedule } from '../../src/plan/arrival-schedule.ts';
import { firstEpoch } from '../../src/plan/epochs.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { aRequest, aScenario, aShard, aPlan as planWith, startedClock } from '../engine/support/a-plan.ts';
import { CheckingSink } from '../engine/support/checking-sink.ts';

/** What every engine does, as far as it promises to. The sink throws when measurements break their contract. */
export const describeEngineContract = (name: string, engine: Engine, http: Plan['http'] = 1): void => {
  describe(`engine contract: ${name}, HTTP/${http}`, () => {
    const paths: string[] = [];
    const serve = (
      request: IncomingMessage | Http2ServerRequest,
      response: ServerResponse | Http2ServerResponse,
    ): void => {
      paths.push(request.url ?? '');
      const respond = (): void => void response.end('ok');
      if (request.url === '/slow') setTimeout(respond, 600).unref();
      else respond();
    };
    const server = http === 2 ? createHttp2Server(serve) : createServer(serve);
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    let target = '';
    const aPlan = (overrides: Partial<Plan>): Plan => planWith({ http, ...overrides });

    beforeAll(async () => {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      target = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterAll(async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    });

    const start = (
      plan: Plan,
      overrides: Partial<EngineShard> = {},
    ): { run: EngineRun; sink: CheckingSink } => {
      const sink = new CheckingSink();
      return { sink, run: engine.start(aShard(plan, overrides), startedClock(), sink) };
    };
    const settled = async ({ run, sink }: { run: EngineRun; sink: CheckingSink }): Promise<CheckingSink> => {
      await run.finished;
      expect(run.inFlight()).toBe(0);
      expect(run.openSockets()).toBe(0);
      expect(sink.open).toBe(0);
      expect(sink.started).toBe(sink.completions.length + sink.failures.length);
      return sink;
    };
    const slowPlan = (overrides: Partial<Plan> = {}): Plan =>
      aPlan({ target, scenarios: [aScenario([aRequest({ url: '/slow' })])], ...overrides });

    it.runIf(engine.promises.exactArrivals)('sends the arrivals of the schedule, each once', async () => {
      const plan = aPlan({
        target,
        load: { model: 'open', arrivals: 'poisson', stages: [{ seconds: 0.4, from: 50, to: 200 }] },
      });
      const epochs = [firstEpoch(3)];
      const sinks = await Promise.all([0, 1, 2].map((shard) => settled(start(plan, { shard, epochs }))));
      const schedule = arrivalSchedule(plan, epochs);
      const due = Array.from({ length: schedule.total }, (_each, i) =>
        Math.round((schedule.instantOf(i) ?? 0) * 1e6),
      );
      const begun = sinks.flatMap((sink) => sink.arrivals.map(({ at }) => at)).sort((a, b) => a - b);
      expect(begun).toEqual(due.sort((a, b) => a - b));
      expect(sinks.flatMap((sink) => sink.completions)).toHaveLength(schedule.total);
    });

    it.runIf(engine.promises.openModel)(
      'counts a refused target as failed requests, not as dropped arrivals',
      async () => {
        const sink = await settled(start(aPlan({ target: 'http://127.0.0.1:1' })));
        expect([sink.arrivals.length, sink.drops.length, sink.failures.length]).toEqual([20, 0, 20]);
        expect(sink.kinds).toEqual(['connect refused']);
      },
    );

    it.runIf(engine.promises.openModel)(
      'drops arrivals over the limit in flight, with the reason',
      async () => {
        const plan = slowPlan({ workers: { count: 1, threads: 1, maxInFlight: 3, readyTimeoutSeconds: 1 } });
        const sink = await settled(start(plan));
        expect([sink.arrivals.length, sink.completions.length, sink.drops.length]).toEqual([3, 3, 17]);
        expect(sink.drops[0]?.reason).toBe('in-flight limit');
      },
    );

    it.runIf(engine.promises.openModel)(
      'lets requests end after the stages, and cuts them off in the end',
      async () => {
        const patient = await settled(start(slowPlan()));
        expect(patient.completions).toHaveLength(20);
        const impatient = await settled(start(slowPlan({ finishSeconds: 0.02 })));
        expect(impatient.kinds).toEqual(['cut off']);
        expect(impatient.arrivals).toHaveLength(20);
      },
    );

    it.runIf(engine.promises.openModel)('stops when told to, sending nothing more', async () => {
      const long = start(
        slowPlan({
          load: { model: 'open', arrivals: 'even', stages: [{ seconds: 3600, from: 50, to: 50 }] },
        }),
      );
      await expect.poll(() => long.run.inFlight()).toBeGreaterThan(2);
      const before = long.sink.arrivals.length;
      long.run.stop(0);
      const sink = await settled(long);
      expect(sink.arrivals).toHaveLength(before);
      expect(sink.failures.at(-1)?.kind).toBe('cut off');
    });

    it('can be stopped before it has begun', async () => {
      const sink = new CheckingSink();
      const run = engine.start(aShard(aPlan({ target })), startedClock(60_000), sink);
      run.stop(1000);
      await settled({ run, sink });
      expect(sink.arrivals).toHaveLength(0);
    });

    it.runIf(engine.promises.openModel)('follows a change of rate', async () => {
      const plan = aPlan({
        target,
        load: { model: 'open', arrivals: 'even', stages: [{ seconds: 0.6, from: 100, to: 100 }] },
      });
      const epochs = appendEpoch(plan, [firstEpoch(1)], { fromInstant: 0.4, rateScale: 2 });
      const running = start(plan);
      expect(running.run.applyEpochs(epochs)).toEqual({ missed: 0, duplicated: 0 });
      expect((await settled(running)).arrivals).toHaveLength(80);
    });

    it.runIf(engine.promises.openModel)(
      'takes a shard over at an instant, without what was due before',
      async () => {
        const sink = await settled(start(aPlan({ target }), { fromMicros: 100_000 }));
        expect(sink.arrivals.map(({ at }) => at)).toEqual(
          Array.from({ length: 10 }, (_each, i) => 100_000 + i * 10_000),
        );
      },
    );

    it.runIf(engine.promises.openModel)(
      'uses each data row once and names the scenario that runs out',
      async () => {
        const rows = Array.from({ length: 15 }, (_each, i) => ({ user: `u${i}` }));
        const data = {
          file: 'users.csv',
          use: 'once',
          upload: 'uploads/x',
          rowCount: 15,
          columns: ['user'],
        } as const;
        const plan = aPlan({
          target,
          scenarios: [aScenario([aRequest({ url: '/users/{{user}}' })], { data })],
        });
        paths.length = 0;
        const running = start(plan, { data: new Map([['browse', rows]]) });
        const sink = await settled(running);
        expect(paths.toSorted()).toEqual(rows.map(({ user }) => `/users/${user}`).toSorted());
        const reason = 'out of data: browse has used all 15 rows of users.csv';
        expect(sink.drops.map((drop) => drop.reason)).toEqual(Array(5).fill(reason));
        expect(running.run.endedScenarios()).toEqual([{ scenario: 'browse', reason }]);
      },
    );

    it.runIf(engine.promises.closedModel)('keeps as many users at work as wanted', async () => {
      const plan = slowPlan({ load: { model: 'closed', stages: [{ seconds: 0.7, from: 7, to: 7 }] } });
      const running = start(plan, { shard: 1, epochs: [firstEpoch(2)] });
      await expect.poll(() => running.run.inFlight()).toBe(3);
      const sink = await settled(running);
      expect(sink.failures).toEqual([]);
      expect(sink.arrivals.length).toBe(sink.completions.length);
    });
  });
};
