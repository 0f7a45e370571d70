import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddressBook } from '../../../src/engine/connect/address-book.ts';
import { SecureOptions } from '../../../src/engine/connect/secure-options.ts';
import type { Connection } from '../../../src/engine/http1/connection.ts';
import { ConnectionPool } from '../../../src/engine/http1/connection-pool.ts';
import type { ConnectionUser } from '../../../src/engine/http1/connection-source.ts';
import { OpenConnections } from '../../../src/engine/http1/open-connections.ts';
import { parseOrigin } from '../../../src/engine/origin.ts';
import { addressGuard } from '../../../src/plan/allowed-targets.ts';
import type { Load, Plan } from '../../../src/plan/plan.ts';
import { aPlan, aRequest, aScenario, startedClock } from '../support/a-plan.ts';
import { played } from '../support/played.ts';
import { ok, rawServer } from '../support/raw-server.ts';

const burst: Load = { model: 'open', arrivals: 'even', stages: [{ seconds: 0.02, from: 1000, to: 1000 }] };
const limited = (target: string, max: number, overrides: Partial<Plan> = {}): Plan =>
  aPlan({ target, load: burst, connections: { keepAlive: true, max }, ...overrides });

/** Answers after a while, and keeps count of the requests that are under way at once. */
const slowServer = async (millis: number) => {
  let underWay = 0;
  let most = 0;
  const server = await rawServer((socket) => {
    underWay++;
    most = Math.max(most, underWay);
    setTimeout(() => {
      underWay--;
      socket.write(ok());
    }, millis);
  });
  return Object.assign(server, { mostAtOnce: () => most });
};

describe('a limit on connections', () => {
  it('holds, and requests beyond it wait in order', async () => {
    await using server = await slowServer(20);
    const rows = Array.from({ length: 20 }, (_each, i) => ({ n: `${i}` }));
    const data = { file: 'n.csv', use: 'once', upload: 'uploads/n', rowCount: 20, columns: ['n'] } as const;
    const scenarios = [aScenario([aRequest({ url: '/{{n}}' })], { data })];
    const sink = await played(limited(server.url, 1, { scenarios }), { data: new Map([['browse', rows]]) });
    expect([sink.completions.length, sink.failures, server.connections()]).toEqual([20, [], 1]);
    const paths = server.requests.map((request) => /^GET (\S+)/.exec(request)?.[1]);
    expect(paths).toEqual(rows.map(({ n }) => `/${n}`));
    // The last has waited for the nineteen before it, of which its own service knows nothing.
    const last = sink.completions.at(-1)?.timing;
    expect(last?.responseMicros).toBeGreaterThan((last?.serviceMicros ?? 0) + 200_000);
  });

  it('is one for each origin', async () => {
    await using one = await slowServer(5);
    await using other = await slowServer(5);
    const scenarios = [aScenario([aRequest(), aRequest({ url: `${other.url}/` })])];
    const sink = await played(limited(one.url, 3, { scenarios }));
    expect([sink.completions.length, sink.failures]).toEqual([40, []]);
    expect([one.connections(), other.connections()]).toEqual([3, 3]);
  });

  it('fails a request whose time passes while it waits, and those behind it are served', async () => {
    await using server = await slowServer(300);
    const impatient = { ...aScenario([aRequest({ timeoutSeconds: 0.1 })]), name: 'impatient' };
    const patient = aScenario([aRequest({ timeoutSeconds: 5 })]);
    const load = {
      model: 'open',
      arrivals: 'even',
      stages: [{ seconds: 0.06, from: 100, to: 100 }],
    } as const;
    const sink = await played(
      limited(server.url, 1, { load, finishSeconds: 5, scenarios: [patient, impatient] }),
    );
    expect(sink.kinds).toEqual(['no free connection']);
    expect([sink.completions.length, sink.failures.length]).toEqual([3, 3]);
    expect(sink.failures[0]?.timing).toMatchObject({
      serviceMicros: 0,
      connectMicros: 0,
      bytesSent: 0,
      bytesReceived: 0,
    });
  });

  it('lets nobody wait when the run is over', async () => {
    await using server = await slowServer(10_000);
    const sink = await played(limited(server.url, 2, { finishSeconds: 0.05 }));
    expect([sink.kinds, sink.failures.length]).toEqual([['cut off'], 20]);
    expect(server.connections()).toBe(2);
  });

  it('frees a place when a connection breaks', async () => {
    await using server = await rawServer((socket) => socket.resetAndDestroy());
    const sink = await played(limited(server.url, 2));
    expect([sink.kinds, sink.failures.length, server.connections()]).toEqual([['reset'], 20, 20]);
  });

  it('frees a place when a target refuses', async () => {
    const sink = await played(limited('http://127.0.0.1:1', 2));
    expect([sink.kinds, sink.failures.length]).toEqual([['connect refused'], 20]);
  });

  it('holds without keep-alive too, where each request has a connection of its own', async () => {
    await using server = await slowServer(5);
    const sink = await played(limited(server.url, 3, { connections: { keepAlive: false, max: 3 } }));
    expect([sink.completions.length, sink.failures, server.connections()]).toEqual([20, [], 20]);
    expect(server.mostAtOnce()).toBe(3);
    expect(server.requests.every((request) => /\r\nconnection: close\r\n/i.test(request))).toBe(true);
    expect(sink.completions.every(({ timing }) => timing.connectMicros > 0)).toBe(true);
  });

  it('holds whatever comes, and serves those who wait in order', async () => {
    const { origin } = parseOrigin('http://127.0.0.1:1');
    const operations = fc.array(
      fc.record({
        what: fc.constantFrom('take', 'give back', 'break', 'withdraw'),
        which: fc.nat(),
      }),
      { maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), operations, async (max, all) => {
        const clock = startedClock();
        const open = new OpenConnections({
          clock,
          addresses: new AddressBook(addressGuard([]), clock),
          secure: new SecureOptions({ verify: true }, new Map(), true),
          readBuffer: Buffer.alloc(1),
          idleSeconds: 30,
        });
        const pool = new ConnectionPool(open, max);
        const atWork: Connection[] = [];
        const waiting: ConnectionUser[] = [];
        let asked = 0;
        for (const { what, which } of all) {
          if (what === 'take') {
            const nth = asked++;
            const user: ConnectionUser = {
              granted(connection) {
                expect(waiting.shift(), `the first in line, not ${nth}`).toBe(user);
                atWork.push(connection);
              },
            };
            const connection = pool.take(origin, user);
            if (connection === undefined) waiting.push(user);
            else atWork.push(connection);
          } else if (what === 'withdraw') {
            const [user] = waiting.splice(which % Math.max(1, waiting.length), 1);
            if (user !== undefined) pool.withdraw(origin, user);
          } else {
            const [connection] = atWork.splice(which % Math.max(1, atWork.length), 1);
            if (what === 'break') connection?.abandon();
            else if (connection !== undefined) pool.idle(connection);
          }
          await turn();
          expect(new Set(atWork).size).toBe(atWork.length);
          expect(open.size).toBeLessThanOrEqual(max);
          expect(waiting.length > 0 ? atWork.length : max).toBe(max);
        }
        await open.closeAll();
        expect(open.size).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});
