import type { Plan } from '../plan/plan.ts';
import type { GeneratorTally } from '../stats/generator-tally.ts';
import { latencyOf, millisOf } from '../stats/latency.ts';
import type { Tally } from '../stats/tally.ts';
import type { GeneratorSummary, RequestCounts } from './summary.ts';

const seconds = (micros: number): number => Math.round(micros / 1000) / 1000;
const rounded = (fraction: number): number => Math.round(fraction * 1000) / 1000;

const threadsOf = ([worker, { threads }]: readonly [string, GeneratorTally]): GeneratorSummary['threads'] =>
  [...threads]
    .sort(([a], [b]) => a - b)
    .map(([thread, { cpuMicros, measuredBy }]) => ({
      worker,
      thread,
      cpuSeconds: seconds(cpuMicros),
      measuredBy,
    }));

/** How the workers were doing, from what they measured of themselves. */
export const generatorFigures = (
  plan: Pick<Plan, 'precise'>,
  tally: Tally,
  counts: RequestCounts,
): GeneratorSummary => {
  const workers = [...tally.generators.values()];
  const sum = (figure: (worker: GeneratorTally) => number): number =>
    workers.reduce((total, worker) => total + figure(worker), 0);
  const most = (figure: (worker: GeneratorTally) => number): number => Math.max(0, ...workers.map(figure));
  const cpuSeconds = sum((worker) => worker.cpuMicros) / 1e6;
  const lag = latencyOf(tally.sendLag);
  return {
    cpuSeconds: rounded(cpuSeconds),
    requestsPerCpuSecond: cpuSeconds === 0 ? 0 : Math.round((counts.completed + counts.failed) / cpuSeconds),
    peakCpuFraction: rounded(most((worker) => worker.peakCpuFraction)),
    eventLoopLagMaxMillis: millisOf(most((worker) => worker.eventLoopLagMaxMicros)),
    gc: {
      totalMillis: millisOf(sum((worker) => worker.gcMicros)),
      longestMillis: millisOf(most((worker) => worker.gcMaxMicros)),
    },
    peakMemoryBytes: most((worker) => worker.peakMemoryBytes),
    peakSockets: most((worker) => worker.peakSockets),
    spinCpuSeconds: plan.precise ? seconds(sum((worker) => worker.spinMicros)) : null,
    threads: [...tally.generators].sort(([a], [b]) => a.localeCompare(b)).flatMap(threadsOf),
    sendLagMillis: lag === null ? null : { p50: lag.p50, p99: lag.p99, max: lag.max },
  };
};
