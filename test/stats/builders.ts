import fc from 'fast-check';
import type { MeasurementSink, RequestTiming } from '../../src/stats/measurement-sink.ts';
import { Recorder } from '../../src/stats/recorder.ts';
import type { Tally } from '../../src/stats/tally.ts';

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

export const aRecorder = (worker = '0/0'): Recorder =>
  new Recorder(worker, stepNames, { cpuFraction: 0.85, eventLoopLagMillis: 50 });

export const tallyOf = (samples: readonly Sample[]): Tally => {
  const recorder = aRecorder();
  for (const sample of samples) recordSample(recorder, sample);
  return recorder.cut();
};
