import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/document/findings.ts';
import { compileLoad } from '../../src/plan/compile-load.ts';
import { compileWarmup } from '../../src/plan/compile-warmup.ts';
import { shapeSeconds } from '../../src/plan/load-shape.ts';

const someStages = fc.array(
  fc.record({ for: fc.integer({ min: 1, max: 5000 }).map((millis) => `${millis}ms`), warmup: fc.boolean() }),
  { minLength: 1, maxLength: 6 },
);

const warmupOf = (stages: readonly { readonly for: string; readonly warmup: boolean }[]) => {
  const findings: Finding[] = [];
  const written = stages.map((stage) => ({ ...stage, rate: 5 }));
  const report = (finding: Finding): void => void findings.push(finding);
  const load = compileLoad(written, {}, report);
  return { seconds: compileWarmup(written, load, report), findings, load };
};

describe('the warm-up of a load', () => {
  it('is the length of its first stages, and of no others', () => {
    fc.assert(
      fc.property(someStages, (stages) => {
        const { seconds, findings, load } = warmupOf(stages);
        const first = stages.findIndex(({ warmup }) => !warmup);
        const late = stages.filter(({ warmup }, index) => warmup && index > first);
        if (first < 0) expect(findings).toHaveLength(1);
        else {
          expect(findings).toHaveLength(late.length);
          expect(seconds).toBe(shapeSeconds(load?.stages.slice(0, first) ?? []));
        }
      }),
    );
  });
});
