import type { ValidityLimits } from '../plan/plan.ts';

/** The worst of a generator, over all of its threads. */
export interface GeneratorStrain {
  readonly peakCpuFraction: number;
  readonly peakEventLoopLagMillis: number;
  readonly longestGcMillis: number;
}

const percent = (fraction: number): string => `${(fraction * 100).toFixed(0)}%`;
const millis = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;

/** What was wrong with the generator, to follow "while"; its figures when nothing was over its limit. */
export const describeStrain = (
  strain: GeneratorStrain,
  limits: Pick<ValidityLimits, 'cpuFraction' | 'eventLoopLagMillis'>,
): string => {
  const { peakCpuFraction, peakEventLoopLagMillis, longestGcMillis } = strain;
  const wrong: string[] = [];
  if (peakCpuFraction > limits.cpuFraction)
    wrong.push(
      `its busiest thread used ${percent(peakCpuFraction)} of a core (limit ${percent(limits.cpuFraction)})`,
    );
  if (peakEventLoopLagMillis > limits.eventLoopLagMillis) {
    const collected = longestGcMillis > 0 ? `, longest garbage collection ${millis(longestGcMillis)}` : '';
    wrong.push(
      `its event loop was held up for up to ${millis(peakEventLoopLagMillis)} (limit ${millis(limits.eventLoopLagMillis)}${collected})`,
    );
  }
  return wrong.length > 0
    ? wrong.join(' and ')
    : `neither its CPU (${percent(peakCpuFraction)}) nor its event loop (held up for ${millis(peakEventLoopLagMillis)} at most) was over its limit, so something else kept its machine busy`;
};
