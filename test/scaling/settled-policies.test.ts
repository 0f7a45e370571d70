import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideOscillation } from '../../src/scaling/services/decide-oscillation.ts';
import { cases, fewer, isAccepted, observe, oscillates, seed } from './simulate/observe-trial.ts';
import { aTrial } from './simulate/random-policies.ts';

describe('policies that are accepted', () => {
  it('do not go out and in at constant load once they have settled', () => {
    let accepted = 0;
    for (const trial of fc.sample(aTrial, { numRuns: Math.ceil(cases * 1.4), seed })) {
      if (accepted === cases) break;
      if (!isAccepted(trial)) continue;
      accepted++;
      const seen = observe(trial);
      if (oscillates(seen)) expect.fail(`${JSON.stringify(seen)} of ${JSON.stringify(trial)}`);
    }
    expect(accepted).toBe(cases);
  }, 120_000);
});

describe('policies that are refused', () => {
  it('oscillate at the demand that the refusal names', () => {
    let refused = 0;
    for (const trial of fc.sample(aTrial, { numRuns: fewer * 6, seed })) {
      if (refused === fewer) break;
      const found = decideOscillation(trial.service);
      if (found === null) continue;
      refused++;
      const [first] = found.cycle;
      const seen = observe({ ...trial, load: found.demand, initialTasks: first?.tasks ?? 0 });
      if (!oscillates(seen)) expect.fail(`${JSON.stringify(seen)} of ${JSON.stringify([found, trial])}`);
    }
    expect(refused).toBe(fewer);
  });
});
