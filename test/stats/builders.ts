import fc from 'fast-check';
import type { MeasurementSink, RequestTiming } from '../../src/stats/measurement-sink.ts';
import { mergeTally } from '../../src/stats/merge-tally.ts';
import { type HealthSample, Recorder } from '../../src/stats/recorder.ts';
import { decodeSegment, encodeSegment } from '../../src/stats/segment.ts';
import { emptyTally, type Tally } from '../../src/stats/tally.ts';

export const stepNames = ['GET /a', 'POST /b'] as const;

export const aTiming = (overrides: Partial<RequestTiming> = {}): RequestTiming => ({
  serviceMicros: 1000,
  responseMicros: 1000,
  connectMicros: 0,
  bytesSent: 10,
  bytesReceived: 100,
  ...overrides,
});

/** One thing that a worker saw. */
export type Sample =
  | {
      readonly kind: 'completed' | 'failed';
      readonly step: number;
      readonly at: number;
      readonly micros: number;
    }
  | { readonly kind: 'arrived' | 'dropped'; readonly at: number; readonly micros: number };

export const sampleArbitrary: fc.Arbitrary<Sample> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('completed', 'failed'),
    step: fc.nat(1),
    at: fc.nat(5_000_000),
    micros: fc.integer({ min: 1, max: 3_600_000_000 }),
  }),
  fc.record({ kind: fc.constantFrom('arrived', 'dropped'), at: fc.nat(5_000_000), micros: fc.nat(100_000) }),
);

export const recordSample = (sink: MeasurementSink, sample: Sample): void => {
  if (!('step' in sample)) {
    if (sample.kind === 'arrived') sink.arrived(sample.at, sample.micros);
    else sink.dropped(sample.at, 'in-flight limit');
  } else {
    const timing = aTiming({ responseMicros: sample.micros, serviceMicros: sample.micros });
    sink.requestStarted(sample.step, sample.at);
    if (sample.kind === 'completed') sink.requestCompleted(sample.step, sample.at, timing);
    else sink.requestFailed(sample.step, sample.at, timing, 'timeout in body', `after ${sample.micros}`);
  }
};

export const aRecorder = (worker = '0/0', warmupSeconds = 0): Recorder =>
  new Recorder(worker, stepNames, { cpuFraction: 0.85, eventLoopLagMillis: 50 }, warmupSeconds);

/** The first second of a thread that has nothing to do. */
export const aHealthSample = (overrides: Partial<HealthSample> = {}): HealthSample => ({
  thread: 0,
  fromMicros: 0,
  toMicros: 1_000_000,
  cpuMicros: 0,
  measuredBy: 'cpu',
  eventLoopLagMaxMicros: 0,
  gcMicros: 0,
  gcMaxMicros: 0,
  spinMicros: 0,
  ...overrides,
});

export const tallyOf = (samples: readonly Sample[], warmupSeconds = 0): Tally => {
  const recorder = aRecorder('0/0', warmupSeconds);
  for (const sample of samples) recordSample(recorder, sample);
  return recorder.cut();
};

/** A segment as it comes back from the store. */
export const throughStore = (tally: Tally): Tally => {
  const header = { runId: 'r', shard: 0, attempt: 0, seq: 0, final: false, fromSeconds: 0, toSeconds: 1 };
  return decodeSegment(encodeSegment({ ...header, tally }), 'segment').tally;
};

export const mergeAll = (tallies: readonly Tally[]): Tally => {
  const merged = emptyTally();
  for (const tally of tallies) mergeTally(merged, tally);
  return merged;
};
