import { describe, expect, it } from 'vitest';
import { summariseRun } from '../../src/run/summarise-run.ts';
import type { FailureKind } from '../../src/stats/measurement-sink.ts';
import { addSeconds, noSeconds } from '../../src/stats/seconds-sum.ts';
import { aHealthSample, aRecorder, aTiming, stepNames } from '../stats/builders.ts';
import { aControl, aPlan } from './builders.ts';

/** A run of which 4,000 requests were sent, three of them in vain. */
const summaryOf = (kind: FailureKind) => {
  const recorder = aRecorder();
  for (let arrival = 0; arrival < 4000; arrival++) {
    const at = arrival * 5000;
    recorder.arrived(at, 10);
    recorder.requestStarted(0, at);
    if (arrival < 3) recorder.requestFailed(0, at, aTiming(), kind, `${stepNames[0]}: in vain`);
    else recorder.requestCompleted(0, at, aTiming());
  }
  recorder.sampleHealth(aHealthSample({ gcMicros: 9000, gcMaxMicros: 4000 }));
  const tally = recorder.cut();
  return summariseRun({
    runId: 'r1',
    cost: null,
    plan: aPlan(),
    control: aControl(),
    workers: [],
    measurements: {
      tally,
      load: addSeconds(noSeconds, tally.seconds),
      warmup: noSeconds,
      spans: [],
      beyond: tally.seconds,
      segments: new Map(),
    },
  });
};

describe('a generator whose machine has no sockets left', () => {
  it('makes the run invalid, with the count and what to do', () => {
    const { outcome, verdict } = summaryOf('out of sockets');
    expect(outcome).toBe('invalid');
    expect(verdict.reasons).toEqual([
      expect.stringMatching(/ran out of sockets: 3 requests failed .* Use more workers/),
    ]);
    expect(verdict.checks.filter((check) => !check.met)).toMatchObject([
      { name: 'out of sockets', value: 3 },
    ]);
  });

  it('is told from a target that lets connections go', () => {
    expect(summaryOf('reset').outcome).toBe('passed');
  });

  it('is in the summary with how it was doing', () => {
    expect(summaryOf('reset').generator.gc).toEqual({ totalMillis: 9, longestMillis: 4 });
  });
});
