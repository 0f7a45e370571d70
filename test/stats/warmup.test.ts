import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SecondTally, Tally } from '../../src/stats/tally.ts';
import { encodeTally } from '../../src/stats/tally-document.ts';
import { aRecorder, aTiming, mergeAll, type Sample, tallyOf, throughStore } from './builders.ts';

const someSample: fc.Arbitrary<Sample> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('completed', 'failed'),
    step: fc.nat(1),
    at: fc.integer({ min: 1_000_000, max: 5_000_000 }),
    micros: fc.integer({ min: 1, max: 1_000_000 }),
  }),
  fc.record({ kind: fc.constantFrom('arrived', 'dropped'), at: fc.nat(5_000_000), micros: fc.nat(100_000) }),
);

const dueMicros = (sample: Sample): number => ('step' in sample ? sample.at - sample.micros : sample.at);

/** Steps and connecting times, in an order of their own. */
const measuredFigures = (tally: Tally) => {
  const { steps, connect } = encodeTally(tally);
  return { steps: steps.map((step) => JSON.stringify(step)).sort(), connect };
};

const counts = (rows: ReadonlyMap<number, SecondTally>, second: number): readonly number[] => {
  const row = rows.get(second);
  return row === undefined ? [0, 0, 0, 0] : [row.arrived, row.dropped, row.completed, row.failed];
};

describe('the warm-up', () => {
  it('leaves the measured figures those of the measured samples alone, for any boundary, split and grouping', () => {
    const groups = fc.array(fc.array(someSample, { maxLength: 20 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(groups, fc.nat(5_000_000), fc.nat(8), (segments, warmupMicros, cut) => {
        const warmupSeconds = warmupMicros / 1e6;
        const measured = tallyOf(
          segments.flat().filter((sample) => warmupMicros === 0 || dueMicros(sample) >= warmupMicros),
        );
        const stored = segments.map((samples) => throughStore(tallyOf(samples, warmupSeconds)));
        const rollups = [stored.slice(cut), stored.slice(0, cut)].map((part) => throughStore(mergeAll(part)));
        const merged = mergeAll(rollups);
        expect(measuredFigures(merged)).toEqual(measuredFigures(measured));
        for (let second = 0; second <= 5; second++) {
          const warmup = counts(merged.warmup, second);
          const left = counts(merged.seconds, second).map((count, index) => count - (warmup[index] ?? 0));
          expect(left).toEqual(counts(measured.seconds, second));
        }
      }),
      { numRuns: 80 },
    );
  });

  it('has a request that ends after it and was due in it, though not the one due at its last instant', () => {
    const recorder = aRecorder('0/0', 2);
    recorder.requestCompleted(0, 2_900_000, aTiming({ responseMicros: 900_001, connectMicros: 40 }));
    recorder.requestCompleted(0, 2_900_000, aTiming({ responseMicros: 900_000, connectMicros: 50 }));
    // As the subtraction of instants may give it.
    recorder.requestCompleted(0, 2_000_300.000_000_2, aTiming({ responseMicros: 300.000_000_3 }));
    const { steps, warmup, seconds, connect } = recorder.cut();
    expect(steps.get('GET /a')?.completed).toBe(2);
    expect([connect.count, connect.percentileMicros(100)]).toEqual([1, 50]);
    expect(warmup.get(2)?.completed).toBe(1);
    expect(seconds.get(2)?.completed).toBe(3);
  });

  it('keeps its failures out of the steps and in the errors', () => {
    const recorder = aRecorder('0/0', 2);
    recorder.requestFailed(1, 1_500_000, aTiming(), 'reset', 'POST /b: closed');
    const { steps, warmup, errors } = recorder.cut();
    expect(steps.size).toBe(0);
    expect(warmup.get(1)).toMatchObject({ failed: 1, completed: 0 });
    expect([...errors.values()]).toMatchObject([{ kind: 'reset', count: 1 }]);
  });

  it('warms the generator up too: how late it sends is looked at afterwards', () => {
    const recorder = aRecorder('0/0', 2);
    recorder.arrived(1_000_000, 70_000);
    recorder.arrived(2_000_000, 300);
    const { sendLag } = recorder.cut();
    expect([sendLag.count, sendLag.percentileMicros(100)]).toEqual([1, 300]);
  });
});
