import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeGenerator,
  emptyGenerator,
  encodeGenerator,
  type GeneratorTally,
  generatorDocument,
  mergeGenerator,
} from '../../src/stats/generator-tally.ts';

const figure = fc.nat(1_000_000);
const someGenerator: fc.Arbitrary<GeneratorTally> = fc.record({
  cpuMicros: figure,
  wallMicros: figure,
  peakCpuFraction: fc.double({ min: 0, max: 1, noNaN: true }),
  eventLoopLagMaxMicros: figure,
  gcMicros: figure,
  gcMaxMicros: figure,
  spinMicros: figure,
  peakMemoryBytes: figure,
  peakSockets: figure,
  threads: fc
    .uniqueArray(fc.tuple(fc.nat(3), figure, fc.constantFrom('cpu' as const, 'event loop' as const)), {
      selector: ([thread]) => thread,
    })
    .map(
      (rows) => new Map(rows.map(([thread, cpuMicros, measuredBy]) => [thread, { cpuMicros, measuredBy }])),
    ),
});

const mergeAll = (parts: readonly GeneratorTally[]): GeneratorTally => {
  const merged = emptyGenerator();
  for (const part of parts) mergeGenerator(merged, part);
  return merged;
};

describe('the tally of a generator', () => {
  it('is the same for any order and grouping of its parts', () => {
    fc.assert(
      fc.property(fc.array(someGenerator, { maxLength: 5 }), fc.nat(5), (parts, cut) => {
        const whole = mergeAll(parts);
        expect(mergeAll(parts.toReversed())).toEqual(whole);
        expect(mergeAll([mergeAll(parts.slice(cut)), mergeAll(parts.slice(0, cut))])).toEqual(whole);
      }),
    );
  });

  it('comes back from its document as it was', () => {
    fc.assert(
      fc.property(someGenerator, (generator) => {
        const document = JSON.parse(JSON.stringify(encodeGenerator('1/2', generator)));
        expect(document.worker).toBe('1/2');
        expect(decodeGenerator(generatorDocument.parse(document))).toEqual(generator);
      }),
    );
  });

  it('adds time up and keeps the worst', () => {
    const half = { ...emptyGenerator(), cpuMicros: 5, gcMicros: 3, gcMaxMicros: 2, peakSockets: 7 };
    half.threads.set(0, { cpuMicros: 5, measuredBy: 'cpu' });
    expect(mergeAll([half, { ...half, gcMaxMicros: 1, peakSockets: 9 }])).toMatchObject({
      cpuMicros: 10,
      gcMicros: 6,
      gcMaxMicros: 2,
      peakSockets: 9,
      threads: new Map([[0, { cpuMicros: 10, measuredBy: 'cpu' }]]),
    });
  });
});
