import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideVerdict, type VerdictEvidence } from '../../src/stats/decide-verdict.ts';

const limits: VerdictEvidence['limits'] = {
  sendLagP99Millis: 10,
  missedFraction: 0.005,
  missingSegments: 0,
  clockBoundMillis: 10,
  cpuFraction: 0.85,
  eventLoopLagMillis: 50,
};

const measuredLoad = { seconds: 20, scheduled: 4000, dropped: 0, completed: 4000 };

const evidence = (overrides: Partial<VerdictEvidence> = {}): VerdictEvidence => ({
  limits,
  model: 'open',
  scheduled: 4000,
  missed: 0,
  dropped: 0,
  droppedBusy: 0,
  duplicated: 0,
  unfinished: 0,
  warmupSeconds: 0,
  measured: measuredLoad,
  sendLagP99Millis: 1,
  peakCpuFraction: 0.4,
  peakEventLoopLagMillis: 3,
  longestGcMillis: 2,
  outOfSockets: 0,
  missingSegments: 0,
  clockBoundMillis: 0,
  lostWorkers: [],
  endedScenarios: [],
  thresholds: [],
  ...overrides,
});

const missedThreshold = {
  text: 'p99(response) < 250ms',
  value: 300,
  met: false,
  population: 'successful requests',
  count: 9,
};
const aborted = {
  reason: 'failures > 20% held over the last 10 s (43.1%)',
  atSeconds: 33.7412,
};
const lost = { shard: 1, attempt: 0, reason: 'SIGKILL', replacedBy: 1 };

describe('verdict', () => {
  it('passes a run that kept every limit', () => {
    const { outcome, verdict } = decideVerdict(evidence());
    expect(outcome).toBe('passed');
    expect(verdict).toMatchObject({ valid: true, reasons: [], warnings: [] });
  });

  it.each([
    ['send lag', { sendLagP99Millis: 10.1 }, /sent late: send lag p99 10.1 ms, limit 10 ms/],
    ['missed arrivals', { missed: 21 }, /21 of 4000 scheduled arrivals were missed/],
    ['missing segments', { missingSegments: 1 }, /1 segments of measurements never arrived/],
    ['an unsure clock', { clockBoundMillis: 11 }, /clock may be 11.0 ms off/],
    [
      'drops of a busy generator',
      { dropped: 9, droppedBusy: 1, peakCpuFraction: 0.97 },
      /could not keep up: 1 of 9 drops.*97%/,
    ],
    [
      'requests without a socket',
      { outOfSockets: 12 },
      /ran out of sockets: 12 requests .* Use more workers.*ulimit -n/,
    ],
    ['arrivals sent twice', { duplicated: 3 }, /3 arrivals were sent twice/],
    [
      'a scenario out of data',
      { endedScenarios: [{ scenario: 'buy', reason: 'no rows' }] },
      /Scenario buy ended .* no rows/,
    ],
    [
      'users of a lost worker',
      { model: 'closed', lostWorkers: [lost] } as const,
      /users were missing .* worker 1/,
    ],
  ])('is invalid because of %s, and says so', (_, overrides, reason) => {
    const { outcome, verdict } = decideVerdict(evidence(overrides));
    expect(outcome).toBe('invalid');
    expect(verdict.valid).toBe(false);
    expect(verdict.reasons.join('\n')).toMatch(reason);
  });

  it('fails a run whose target dropped arrivals while the generator was healthy', () => {
    const { outcome, verdict } = decideVerdict(
      evidence({ dropped: 130, measured: { ...measuredLoad, dropped: 100 } }),
    );
    expect(outcome).toBe('failed');
    expect(verdict.valid).toBe(true);
    expect(verdict.reasons[0]).toMatch(/target could not keep up: 100 of 4000/);
  });

  it('fails a run that missed a threshold, or in which nothing succeeded', () => {
    expect(decideVerdict(evidence({ thresholds: [missedThreshold] })).outcome).toBe('failed');
    expect(decideVerdict(evidence({ measured: { ...measuredLoad, completed: 0 } })).outcome).toBe('failed');
  });

  it('says when and why the run was ended by a condition of the plan', () => {
    const { outcome, verdict } = decideVerdict(evidence({ aborted }));
    expect(outcome).toBe('failed');
    expect(verdict.reasons).toEqual([
      'Ended early at 33.7 s: failures > 20% held over the last 10 s (43.1%).',
    ]);
  });

  it('lets a target that drops arrivals only in the warm-up pass', () => {
    expect(decideVerdict(evidence({ warmupSeconds: 5, dropped: 90 })).outcome).toBe('passed');
  });

  it('says that nothing was measured when the run ended in its warm-up', () => {
    const nothing = { seconds: 0, scheduled: 0, dropped: 0, completed: 0 };
    const { outcome, verdict } = decideVerdict(
      evidence({ warmupSeconds: 5, measured: nothing, stopped: 'enough' }),
    );
    expect(outcome).toBe('stopped');
    expect(verdict.reasons.slice(0, 2)).toEqual([
      'Stopped: enough.',
      'It ended during the warm-up, so nothing was measured.',
    ]);
  });

  it('fails a run that asks for nothing after its warm-up', () => {
    const { outcome, verdict } = decideVerdict(
      evidence({ warmupSeconds: 5, measured: { seconds: 5, scheduled: 0, dropped: 0, completed: 0 } }),
    );
    expect(outcome).toBe('failed');
    expect(verdict.reasons).toEqual(['Nothing was measured: no arrival was due after the warm-up.']);
  });

  it('warns by name of a lost worker whose loss stays within the limit', () => {
    const { outcome, verdict } = decideVerdict(evidence({ missed: 20, lostWorkers: [lost] }));
    expect(outcome).toBe('passed');
    expect(verdict.warnings).toEqual([
      'Worker 1 (attempt 0) was lost (SIGKILL) and replaced by attempt 1. 20 arrivals were missed and 0 requests never ended.',
    ]);
  });

  it('names the lost worker where its loss makes the run invalid', () => {
    const { verdict } = decideVerdict(evidence({ missed: 400, lostWorkers: [lost] }));
    expect(verdict.reasons[0]).toMatch(
      /400 of 4000 .*worker 1 \(attempt 0\) was lost \(SIGKILL\) and replaced by attempt 1/,
    );
  });

  it('takes the worst: error, stopped, invalid, failed, passed', () => {
    const flag = fc.boolean();
    fc.assert(
      fc.property(flag, flag, flag, flag, flag, (errs, stops, lags, aborts, fails) => {
        const { outcome } = decideVerdict(
          evidence({
            ...(errs ? { failure: { error: 'WorkersLost', cause: 'gone' } } : {}),
            ...(stops ? { stopped: 'interrupted' } : {}),
            ...(aborts ? { aborted } : {}),
            ...(lags ? { sendLagP99Millis: 99 } : {}),
            thresholds: fails ? [missedThreshold] : [],
          }),
        );
        const short = fails || aborts ? 'failed' : 'passed';
        expect(outcome).toBe(errs ? 'error' : stops ? 'stopped' : lags ? 'invalid' : short);
      }),
    );
  });

  it('never passes with an unmet check or threshold, and gives a reason for whatever is not passed', () => {
    const arbitrary = fc.record({
      missed: fc.nat(100),
      dropped: fc.nat(5),
      droppedBusy: fc.nat(2),
      measured: fc.record({
        seconds: fc.constant(20),
        scheduled: fc.nat(1),
        dropped: fc.nat(5),
        completed: fc.nat(1),
      }),
      duplicated: fc.nat(1),
      outOfSockets: fc.nat(1),
      sendLagP99Millis: fc.double({ min: 0, max: 20, noNaN: true }),
      missingSegments: fc.nat(1),
      clockBoundMillis: fc.nat(20),
    });
    fc.assert(
      fc.property(arbitrary, (overrides) => {
        const { outcome, verdict } = decideVerdict(evidence(overrides));
        if (verdict.checks.some((check) => !check.met)) expect(outcome).toBe('invalid');
        expect(outcome === 'passed').toBe(verdict.reasons.length === 0);
      }),
    );
  });
});
