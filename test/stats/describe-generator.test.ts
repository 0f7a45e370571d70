import { describe, expect, it } from 'vitest';
import { describeStrain } from '../../src/stats/describe-generator.ts';

const limits = { cpuFraction: 0.85, eventLoopLagMillis: 50 };
const strainOf = (peakCpuFraction: number, peakEventLoopLagMillis: number, longestGcMillis = 0) =>
  describeStrain({ peakCpuFraction, peakEventLoopLagMillis, longestGcMillis }, limits);

describe('what was wrong with the generator', () => {
  it('is its CPU, its event loop with what garbage collection had in it, or both', () => {
    const cpu = 'its busiest thread used 93% of a core (limit 85%)';
    const loop =
      'its event loop was held up for up to 120 ms (limit 50 ms, longest garbage collection 80 ms)';
    expect(strainOf(0.93, 20)).toBe(cpu);
    expect(strainOf(0.2, 120, 80)).toBe(loop);
    expect(strainOf(0.93, 120, 80)).toBe(`${cpu} and ${loop}`);
    expect(strainOf(0.2, 120)).toBe('its event loop was held up for up to 120 ms (limit 50 ms)');
  });

  it('is neither when both kept their limits', () => {
    expect(strainOf(0.85, 50)).toMatch(/^neither its CPU \(85%\) nor its event loop .* something else/);
  });
});
