import { describe, expect, it } from 'vitest';
import { simulate } from '../../../src/scaling/simulate/simulate.ts';
import { aPoolSetup, aScript, aServiceSetup, aSetup, aType, cpu, startMillis } from './builders.ts';

const setService = (to: number, from = 4) => [{ kind: 'setService', service: 'web', from, to }] as const;

const capacity = (overrides = {}) => ({ pools: [aPoolSetup(overrides)], bootSeconds: [60, 60] as const });

describe('tasks without instances', () => {
  it('serve after the pull of their image and their start, and stop at once when told to', () => {
    const { rows } = simulate(aSetup(), aScript({ 100: setService(6), 300: setService(2, 6) }));
    expect(rows[129]?.running).toBe(4);
    expect(rows[130]?.running).toBe(6);
    expect(rows[299]?.running).toBe(6);
    expect(rows[300]?.running).toBe(2);
  });

  it('are paid for until they have stopped', () => {
    const { totals } = simulate(aSetup({ seconds: 100 }), aScript({ 50: setService(3) }));
    expect(totals.taskHours).toBeCloseTo((100 * 3 + 80) / 3600);
    expect(totals.costUsd).toBeCloseTo(totals.taskHours * 0.02);
  });
});

describe('load', () => {
  it('beyond what serving tasks can serve is dropped', () => {
    const services = [aServiceSetup({ load: (second) => (second < 10 ? 100 : 250) })];
    const { totals, rows } = simulate(aSetup({ seconds: 20, services }), aScript());
    expect(rows[9]?.dropped).toBe(0);
    expect(rows[10]).toMatchObject({ load: 250, dropped: 50, capacity: 200 });
    expect(totals).toMatchObject({ requests: 3500, dropped: 500 });
  });

  it('waits where it queues, and the longest wait is known', () => {
    const load = (second: number) => (second < 10 ? 400 : 0);
    const services = [aServiceSetup({ overload: 'queues', load })];
    const { totals, rows } = simulate(aSetup({ seconds: 60, services }), aScript());
    expect(rows[9]?.queued).toBe(2000);
    expect(rows[19]?.queued).toBe(0);
    expect(totals.dropped).toBe(0);
    // The last of 4,000 came in second 9 and is served within second 19.
    expect(totals.worstDelaySeconds).toBe(10);
  });
});

describe('readings', () => {
  it('are of whole periods, and are there after their delay', () => {
    const script = aScript();
    simulate(aSetup({ seconds: 200 }), script);
    expect(script.seen.get(110)?.services[0]?.readings[0]?.points).toEqual([]);
    expect(script.seen.get(120)?.services[0]?.readings[0]?.points).toEqual([
      { atMillis: startMillis + 60_000, value: 50 },
    ]);
    expect(script.seen.get(190)?.services[0]?.readings[0]?.points).toHaveLength(2);
  });

  it('of CPU end at 100 %, and requests per target do not', () => {
    const requests = { kind: 'requestsPerTarget', per: 'task', periodSeconds: 60, targetGroup: 't' } as const;
    const script = aScript({}, { metrics: { web: [cpu, requests] } });
    simulate(aSetup({ seconds: 130, services: [aServiceSetup({ load: () => 400 })] }), script);
    const [used, perTarget] = script.seen.get(120)?.services[0]?.readings ?? [];
    expect(used?.points[0]?.value).toBe(100);
    expect(perTarget?.points[0]?.value).toBe(6000);
  });

  it('of a queue say what waits and what is in work', () => {
    const queue = {
      kind: 'queueDepth',
      per: 'total',
      periodSeconds: 60,
      queue: 'q',
      inWorkPerTask: 1,
    } as const;
    const script = aScript({}, { metrics: { web: [queue] } });
    const services = [aServiceSetup({ overload: 'queues', load: () => 210 })];
    simulate(aSetup({ seconds: 130, services }), script);
    const reading = script.seen.get(120)?.services[0]?.readings[0];
    // 10 more each second: 10, 20, … 600.
    expect(reading?.points[0]?.value).toBeCloseTo(305);
    expect(reading?.inWork?.[0]?.value).toBe(200);
  });

  it('of an outage never come, and without tasks there is nothing to measure', () => {
    const script = aScript({ 0: setService(0) });
    simulate(aSetup({ seconds: 400 }), script);
    expect(script.seen.get(390)?.services[0]?.readings[0]?.points).toEqual([]);
    const out = aScript();
    simulate(aSetup({ seconds: 400, metricOutages: [{ atSecond: 100, seconds: 100 }] }), out);
    const ends = out.seen.get(390)?.services[0]?.readings[0]?.points.map(({ atMillis }) => atMillis);
    expect(ends).toEqual([60, 240, 300].map((second) => startMillis + second * 1000));
  });
});

describe('instances', () => {
  it('come after they have booted, and tasks that found no room follow', () => {
    const raise = { kind: 'setPool', pool: 'main', fromUnits: 2, toUnits: 3 } as const;
    const script = aScript({ 100: [...setService(12), raise] });
    const { rows, totals } = simulate(aSetup({ capacity: capacity() }), script);
    expect(rows[100]).toMatchObject({ instances: 3, readyInstances: 2 });
    expect(rows[159]?.readyInstances).toBe(2);
    expect(rows[160]?.readyInstances).toBe(3);
    // Four of the twelve waited for the third; its image has to be pulled.
    expect(rows[189]?.running).toBe(8);
    expect(rows[190]?.running).toBe(12);
    expect(script.seen.get(110)).toMatchObject({
      services: [
        {
          desiredCount: 12,
          runningCount: 4,
          pendingCount: 4,
          needs: { cpu: 512 },
          placementFailedAtMillis: startMillis + 100_000,
        },
      ],
      pools: [{ targetUnits: 3, members: [{}, {}, { state: 'starting' }] }],
    });
    expect(totals.nodeHours).toBeCloseTo((600 * 2 + 500) / 3600);
  });

  it('have no room for what is larger than what is left, in CPU and in memory', () => {
    const services = [aServiceSetup({ cpu: 100, memoryMib: 3000, initialTasks: 9 })];
    const { rows } = simulate(aSetup({ seconds: 50, services, capacity: capacity() }), aScript());
    expect(rows[40]?.running).toBe(4);
  });

  it('of a weighted pool are launched until its units are there', () => {
    const instanceTypes = [aType({ weight: 4 })] as const;
    const raise = { kind: 'setPool', pool: 'main', fromUnits: 8, toUnits: 13 } as const;
    const { rows } = simulate(aSetup({ capacity: capacity({ instanceTypes }) }), aScript({ 10: [raise] }));
    expect(rows[9]?.instances).toBe(2);
    expect(rows[10]?.instances).toBe(4);
  });

  it('that are drained empty by being replaced, then are over, and go when terminated', () => {
    const instanceId = `i-${'1'.padStart(17, '0')}`;
    const script = aScript({
      100: [{ kind: 'beginDrain', pool: 'main', instanceId, weight: 1 }],
      300: [{ kind: 'terminate', pool: 'main', instanceId, weight: 1, toUnits: 1 }],
    });
    const { rows, totals } = simulate(aSetup({ capacity: capacity() }), script);
    expect(rows.every(({ running }) => running >= 4)).toBe(true);
    expect(script.seen.get(110)?.leaving).toMatchObject([{ instanceId, isOurs: true, state: 'draining' }]);
    expect(script.seen.get(110)?.instances[0]?.status).toBe('DRAINING');
    expect(script.seen.get(200)?.leaving).toMatchObject([{ state: 'over' }]);
    expect(rows.at(-1)).toMatchObject({ instances: 1, running: 4 });
    expect(script.seen.get(590)?.pools[0]).toMatchObject({ targetUnits: 1, members: [{}] });
    expect(totals).toMatchObject({ ins: 1, dropped: 0 });
  });

  it('take tasks again when their drain is cancelled', () => {
    const instanceId = `i-${'1'.padStart(17, '0')}`;
    const script = aScript({
      100: [{ kind: 'beginDrain', pool: 'main', instanceId, weight: 1 }],
      200: [{ kind: 'cancelDrain', instanceId, drainId: `${instanceId}-0` }, ...setService(8)],
    });
    const { rows } = simulate(aSetup({ capacity: capacity() }), script);
    expect(script.seen.get(210)?.instances[0]?.status).toBe('ACTIVE');
    expect(rows.at(-1)?.running).toBe(8);
  });
});

describe('spot', () => {
  const storm = { atSecond: 100, share: 0.5, noneForSeconds: 300 };

  it('is taken back with two minutes of notice, and nothing is lost where there is room', () => {
    const script = aScript();
    const { rows, totals } = simulate(aSetup({ capacity: capacity({ storms: [storm] }) }), script);
    expect(totals).toMatchObject({ interruptions: 1, dropped: 0 });
    expect(rows.every(({ running }) => running >= 4)).toBe(true);
    expect(script.seen.get(100)?.leaving).toMatchObject([{ isOurs: false, state: 'draining' }]);
    expect(rows[219]?.instances).toBe(2);
    expect(rows[220]?.instances).toBe(1);
    expect(rows[399]?.instances).toBe(1);
    // Then there is spot again, and the pool replaces it by itself.
    expect(rows[400]?.instances).toBe(2);
  });

  it('takes tasks with it where there is no room for them', () => {
    const setup = aSetup({
      capacity: capacity({ storms: [{ ...storm, share: 1 }] }),
      services: [aServiceSetup({ initialTasks: 8 })],
    });
    const { rows, totals } = simulate(setup, aScript());
    // Told to stop in time to end before the instance does: its stop timeout and five seconds.
    expect(rows[184]?.running).toBe(8);
    expect(rows[185]?.running).toBe(0);
    expect(totals.dropped).toBeGreaterThan(0);
    expect(rows.at(-1)?.running).toBe(8);
  });

  it('is seen to need room while tasks that are replaced find none', () => {
    const setup = aSetup({
      capacity: capacity({ storms: [{ ...storm, share: 1 }] }),
      services: [aServiceSetup({ initialTasks: 8 })],
    });
    const script = aScript();
    simulate(setup, script);
    // As many run as are desired; ECS says that their replacements find no room.
    expect(script.seen.get(110)?.services[0]).toMatchObject({
      desiredCount: 8,
      runningCount: 8,
      pendingCount: 0,
      needs: { cpu: 512 },
      placementFailedAtMillis: startMillis + 100_000,
    });
  });

  it('is interrupted about as often as it is said, by the seed', () => {
    const world = (seed: number) =>
      simulate(
        aSetup({
          seed,
          seconds: 86_400,
          rows: 'none',
          capacity: capacity({ initialInstances: 20, interruptionsPerHour: 0.5 }),
        }),
        aScript({}, { everySeconds: 900 }),
      ).totals.interruptions;
    expect(world(1)).toBe(world(1));
    expect(world(2)).not.toBe(world(1));
    for (const seed of [1, 2, 3]) {
      expect(world(seed)).toBeGreaterThan(200);
      expect(world(seed)).toBeLessThan(280);
    }
  });
});

describe('a deployment', () => {
  it('replaces each task without losing one, and is seen until the last is replaced', () => {
    const services = [aServiceSetup({ deployments: [{ atSecond: 100, seconds: 60 }] })];
    const script = aScript();
    const { rows } = simulate(aSetup({ services }), script);
    expect(rows.every(({ running }) => running >= 4)).toBe(true);
    expect(script.seen.get(90)?.services[0]?.isDeploying).toBe(false);
    expect(script.seen.get(110)?.services[0]?.isDeploying).toBe(true);
    expect(script.seen.get(300)?.services[0]).toMatchObject({ isDeploying: false, runningCount: 4 });
  });
});

describe('tasks that are wanted to be seen', () => {
  it('are in the snapshot of those instances alone', () => {
    const script = aScript({}, { candidates: ({ instances }) => [instances[0]?.containerInstanceArn ?? ''] });
    simulate(aSetup({ seconds: 20, capacity: capacity() }), script);
    const [one, other] = script.seen.get(10)?.instances ?? [];
    expect(one?.tasks).toHaveLength(4);
    expect(one?.tasks?.[0]).toMatchObject({ service: 'web', group: 'service:web', cpu: 512 });
    expect(other?.tasks).toBeUndefined();
  });

  it('and failed requests are told of what has no room, once each', () => {
    const script = aScript({ 10: setService(10) });
    const services = [aServiceSetup({ reportsUnplaced: true })];
    simulate(aSetup({ seconds: 40, services, capacity: capacity() }), script);
    expect(script.seen.get(20)?.requests.map(({ taskId }) => taskId)).toEqual(['web-0', 'web-1']);
  });
});
