import { afterEach, describe, expect, it, vi } from 'vitest';
import { logTicks } from '../../functions/log-ticks.ts';
import type { FinishedTick } from '../../src/scaling/tick/tick-result.ts';

const aTick = (settings: Partial<FinishedTick> = {}): FinishedTick => ({
  kind: 'ticked',
  cluster: 'shop',
  tick: '20261121T093000000Z-shop',
  everySeconds: 60,
  dryRun: false,
  decisions: [],
  actions: [],
  failures: [],
  calls: { serviceRead: 3 },
  leastCalls: { serviceRead: 2 },
  millis: 812,
  lateSeconds: 4,
  ...settings,
});

/** What was logged, each line as CloudWatch reads it. */
const logged = (): readonly object[] =>
  vi.mocked(process.stdout.write).mock.calls.map(([line]) => JSON.parse(String(line)));

afterEach(() => {
  vi.restoreAllMocks();
});

describe('logTicks', () => {
  it('logs a line of metrics for each cluster that ticked or failed to, and none for one that was not due', () => {
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const ignored = { kind: 'ignored', cluster: 'jobs', reason: 'not-due', everySeconds: 300 } as const;
    const answer = logTicks({ ticks: [aTick(), ignored], failed: [{ cluster: 'api', reason: 'no answer' }] });
    expect(logged()).toMatchObject([
      {
        Cluster: 'shop',
        Ticks: 1,
        TickFailures: 0,
        TickMillis: 812,
        Calls: 3,
        LeastCalls: 2,
        TickLateSeconds: 4,
      },
      { Cluster: 'api', TickFailures: 1, reason: 'no answer' },
    ]);
    expect(answer).toEqual({ ticked: 1, ignored: 1, failed: 1 });
  });

  it('has what raises an alarm over all clusters as well, and nothing else twice', () => {
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    logTicks({ ticks: [aTick({ failures: ['metrics could not be read'] })], failed: [] });
    const units = { Ticks: 'Count', TickFailures: 'Count', TickMillis: 'Milliseconds', Calls: 'Count' };
    const all = { ...units, LeastCalls: 'Count', TickLateSeconds: 'Seconds' };
    const described = (names: readonly string[]) =>
      Object.entries(all).flatMap(([Name, Unit]) => (names.includes(Name) ? [{ Name, Unit }] : []));
    const overAll = ['TickFailures', 'TickLateSeconds'];
    expect(logged()).toMatchObject([
      {
        TickFailures: 1,
        _aws: {
          CloudWatchMetrics: [
            { Namespace: 'stormdrain', Dimensions: [['Cluster']], Metrics: described(Object.keys(all)) },
            { Namespace: 'stormdrain', Dimensions: [[]], Metrics: described(overAll) },
          ],
        },
      },
    ]);
  });
});
