import { describe, expect, it } from 'vitest';
import { nativeEngine } from '../../../src/engine/native-engine.ts';
import { firstEpoch } from '../../../src/plan/epochs.ts';
import type { Plan, Scenario } from '../../../src/plan/plan.ts';
import { aPlan, aRequest, aScenario, aShard, startedClock } from '../support/a-plan.ts';
import { CheckingSink } from '../support/checking-sink.ts';
import { played } from '../support/played.ts';
import { ok, rawServer } from '../support/raw-server.ts';

const closed = (target: string, users: number, seconds: number, scenarios: readonly Scenario[]): Plan =>
  aPlan({ target, scenarios, load: { model: 'closed', stages: [{ seconds, from: users, to: users }] } });
const think = { kind: 'think', minSeconds: 0.01, maxSeconds: 0.02 } as const;
const named = (name: string, weight: number, overrides: Partial<Scenario> = {}): Scenario =>
  aScenario([aRequest({ url: `/${name}/{{row}}` }), think], { name, weight, ...overrides });
const dataOf = (use: 'once' | 'cycle' | 'random', rowCount: number) =>
  ({ file: 'rows.csv', use, upload: 'uploads/x', rowCount, columns: ['row'] }) as const;
const rowsOf = (count: number) => Array.from({ length: count }, (_each, row) => ({ row: String(row) }));
const pathsOf = (requests: readonly string[]): string[] => requests.map((each) => each.split(' ')[1] ?? '');

describe('users', () => {
  it('play scenarios by their weights', async () => {
    await using server = await rawServer((socket) => socket.write(ok()));
    const scenarios = [named('a', 3), named('b', 1)];
    const plan = { ...closed(server.url, 8, 0.5, scenarios), variables: { row: 0 } };
    await played(plan);
    const paths = pathsOf(server.requests);
    const share = paths.filter((path) => path === '/b/0').length / paths.length;
    expect(paths.length).toBeGreaterThan(40);
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(0.35);
  });

  it('rest after a failure instead of spinning', async () => {
    const sink = await played(closed('http://127.0.0.1:1', 2, 0.5, [aScenario()]));
    expect(sink.kinds).toEqual(['connect refused']);
    expect(sink.arrivals.length).toBeGreaterThanOrEqual(2);
    expect(sink.arrivals.length).toBeLessThanOrEqual(12);
  });

  it('rest when an iteration sends nothing', async () => {
    const sink = await played(
      closed('http://127.0.0.1:1', 1, 0.3, [aScenario([{ kind: 'repeat', times: 0, steps: [] }])]),
    );
    expect(sink.started).toBe(0);
    expect(sink.arrivals.length).toBeLessThanOrEqual(4);
  });

  it('come and go with the load and with changes of workers', async () => {
    await using server = await rawServer((socket) => {
      setTimeout(() => socket.write(ok()), 20);
    });
    const plan = closed(server.url, 6, 30, [aScenario()]);
    const sink = new CheckingSink();
    const run = nativeEngine.start(aShard(plan), startedClock(), sink);
    await expect.poll(() => run.inFlight()).toBe(6);
    run.applyEpochs([firstEpoch(1), { fromInstant: 0, firstArrival: 0, shardCount: 3, rateScale: 1 }]);
    await expect.poll(() => run.inFlight()).toBe(2);
    run.applyEpochs([firstEpoch(1), { fromInstant: 0, firstArrival: 0, shardCount: 1, rateScale: 1.5 }]);
    await expect.poll(() => run.inFlight()).toBe(9);
    run.stop(1000);
    await run.finished;
    expect(sink.failures).toEqual([]);
    expect(sink.open).toBe(0);
  });

  it('leave while they think', async () => {
    await using server = await rawServer((socket) => socket.write(ok()));
    const long = { kind: 'think', minSeconds: 3600, maxSeconds: 3600 } as const;
    const sink = await played(closed(server.url, 3, 0.1, [aScenario([aRequest(), long])]));
    expect(sink.completions).toHaveLength(3);
  });

  it('walk through rows that are cycled, each user from its own', async () => {
    await using server = await rawServer((socket) => socket.write(ok()));
    const scenarios = [named('a', 1, { data: dataOf('cycle', 5) })];
    const plan = closed(server.url, 3, 0.4, scenarios);
    await played(plan, { data: new Map([['a', rowsOf(5)]]), shard: 2, epochs: [firstEpoch(3)] });
    const rows = pathsOf(server.requests);
    expect(rows).toEqual(rows.map((_each, iteration) => `/a/${(2 + iteration) % 5}`));
    expect(rows.length).toBeGreaterThan(5);
  });

  it('draw random rows of their own, the same ones each time', async () => {
    await using server = await rawServer((socket) => socket.write(ok()));
    const plan = closed(server.url, 2, 0.3, [named('a', 1, { data: dataOf('random', 100) })]);
    const drawn = async (shard: number): Promise<string> => {
      const from = server.requests.length;
      await played(plan, { data: new Map([['a', rowsOf(100)]]), shard, epochs: [firstEpoch(2)] });
      return pathsOf(server.requests.slice(from, from + 5)).join(' ');
    };
    const first = await drawn(0);
    expect(await drawn(0)).toBe(first);
    expect(await drawn(1)).not.toBe(first);
  });

  it('claim rows that are used once, use each once, and go on with what is left to play', async () => {
    await using server = await rawServer((socket) => socket.write(ok()));
    const scenarios = [named('once', 1, { data: dataOf('once', 25) }), named('free', 1)];
    let next = 0;
    let calls = 0;
    const claimRows = async () => {
      if (calls++ === 1) throw new Error('the store is away');
      const from = next;
      next = Math.min(25, from + 10);
      return next > from ? { from, count: next - from } : undefined;
    };
    const plan = { ...closed(server.url, 4, 1.2, scenarios), variables: { row: 0 } };
    const sink = await played(plan, { data: new Map([['once', rowsOf(25)]]), claimRows });
    const paths = pathsOf(server.requests);
    const once = paths.filter((path) => path.startsWith('/once/'));
    expect(once.toSorted()).toEqual(
      rowsOf(25)
        .map(({ row }) => `/once/${row}`)
        .toSorted(),
    );
    expect(paths.at(-1)).toBe('/free/0');
    expect(sink.run.endedScenarios()).toEqual([
      { scenario: 'once', reason: 'out of data: once has used all 25 rows of rows.csv' },
    ]);
  });

  it('all leave when every scenario has run out, and the run still ends on time', async () => {
    await using server = await rawServer((socket) => socket.write(ok()));
    const scenarios = [named('once', 1, { data: dataOf('once', 2) })];
    const sink = await played(closed(server.url, 4, 0.3, scenarios), {
      data: new Map([['once', rowsOf(2)]]),
    });
    expect([sink.arrivals.length, sink.completions.length]).toEqual([0, 0]);
  });
});
