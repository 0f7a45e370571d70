import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideStop, type StopSituation } from '../../../src/drain/targets/decide-stop.ts';

const aSituation = (over: Partial<StopSituation> = {}): StopSituation => ({
  nowMillis: 10_000,
  beganMillis: 0,
  silentSinceMillis: 1_000,
  hasTargets: true,
  isDeregistered: true,
  health: [],
  settleMillis: 5_000,
  budgetMillis: 60_000,
  ...over,
});
const draining = { id: '10.0.0.1', port: 80, state: 'draining' as const };

describe('stopping a task', () => {
  it.each([
    [
      'a task behind no balancer is stopped at once',
      { hasTargets: false, silentSinceMillis: undefined },
      'stopped',
    ],
    [
      'one that still gets requests waits',
      { health: [{ ...draining, state: 'healthy' as const }] },
      'deregistering',
    ],
    ['one that was not deregistered everywhere waits', { isDeregistered: false }, 'deregistering'],
    ['one that is silent settles', { silentSinceMillis: 9_000 }, 'settling'],
    ['requests in flight are waited for', { health: [{ ...draining, inFlight: 1 }] }, 'in-flight'],
    ['a balancer that does not tell is waited for', { health: [draining] }, 'in-flight'],
    ['nothing in flight is enough', { health: [{ ...draining, inFlight: 0 }] }, 'stopped'],
    ['the budget ends the waiting', { nowMillis: 60_000, health: [{ ...draining, inFlight: 1 }] }, 'stopped'],
  ])('%s', (_, over, stage) => {
    expect(decideStop(aSituation(over)).stage).toBe(stage);
  });

  it('never stops what is verified before it has settled', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.nat(100_000), fc.nat(10_000), (now, since, settle) => {
        fc.pre(since <= now);
        const { stage } = decideStop(
          aSituation({ nowMillis: now, silentSinceMillis: since, settleMillis: settle }),
        );
        if (stage === 'stopped') expect(now).toBeGreaterThanOrEqual(since + settle);
      }),
    );
  });
});
