import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scenarioMix } from '../../src/plan/scenario-mix.ts';

const someWeights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
const mixOf = (weights: readonly number[]) => scenarioMix(weights.map((weight) => ({ weight })));

describe('scenario mix', () => {
  it('ranks an arrival by how many earlier ones play its scenario', () => {
    fc.assert(
      fc.property(someWeights, fc.nat(500), (weights, total) => {
        const mix = mixOf(weights);
        const seen = weights.map(() => 0);
        for (let arrival = 0; arrival < total; arrival++) {
          const scenario = mix.scenarioOf(arrival);
          expect(mix.rankOf(arrival)).toBe(seen[scenario]);
          seen[scenario] = (seen[scenario] ?? 0) + 1;
        }
        expect(weights.map((_, scenario) => mix.countOf(scenario, total))).toEqual(seen);
      }),
    );
  });

  it('plays each scenario exactly by its weight in every period', () => {
    fc.assert(
      fc.property(someWeights, fc.nat(1000), (weights, periods) => {
        const mix = mixOf(weights);
        const period = weights.reduce((sum, weight) => sum + weight, 0);
        const counts = weights.map((_, scenario) => mix.countOf(scenario, period * periods));
        expect(counts).toEqual(weights.map((weight) => weight * periods));
      }),
    );
  });

  it('spreads a scenario over the period instead of playing it in one go', () => {
    const mix = mixOf([5, 1, 1]);
    expect(Array.from({ length: 7 }, (_, arrival) => mix.scenarioOf(arrival))).toEqual([0, 0, 1, 0, 2, 0, 0]);
  });
});
