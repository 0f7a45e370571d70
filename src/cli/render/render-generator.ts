import type { GeneratorSummary, RunSummary, WorkerSummary } from '../../run/summary.ts';
import {
  formatCount,
  formatFactor,
  formatMany,
  formatMegabytes,
  formatMillis,
  formatPercent,
  formatSeconds,
  printable,
} from './format-figures.ts';
import type { Palette } from './palette.ts';

/** Seconds to a hundredth, as long as that says something. */
const cpuText = (seconds: number): string => formatMillis(seconds, seconds < 100 ? 2 : 0);

/** How evenly a worker's threads shared the work; nothing to say of workers with one. */
const threadLines = (threads: GeneratorSummary['threads']): readonly string[] => {
  if (threads.every(({ thread }) => thread === 0)) return [];
  const used = threads.map(({ cpuSeconds }) => cpuSeconds);
  const unit = threads.some(({ measuredBy }) => measuredBy === 'event loop') ? 's of event loop' : 'CPU s';
  const [least, most] = [Math.min(...used), Math.max(...used)];
  return [`${formatMany(threads.length, 'thread')} used ${cpuText(least)} to ${cpuText(most)} ${unit} each`];
};

const spinLines = ({ spinCpuSeconds, cpuSeconds }: GeneratorSummary): readonly string[] => {
  if (spinCpuSeconds === null) return [];
  const share = cpuSeconds === 0 ? 0 : Math.min(1, spinCpuSeconds / cpuSeconds);
  return [`to be precise it spun for ${cpuText(spinCpuSeconds)} of the CPU s (${formatPercent(share)})`];
};

/** Lines on how the generator itself was doing. */
export const generatorLines = ({ generator, corrected }: RunSummary): readonly string[] => {
  const { sendLagMillis: lag, gc } = generator;
  return [
    `${cpuText(generator.cpuSeconds)} CPU s, ${formatCount(generator.requestsPerCpuSecond)} requests per CPU second, busiest at ${formatPercent(generator.peakCpuFraction)}`,
    `event loop held up ${formatMillis(generator.eventLoopLagMaxMillis)} ms at most, by garbage collection ${formatMillis(gc.longestMillis)} ms`,
    `${formatMegabytes(generator.peakMemoryBytes)} and ${formatMany(generator.peakSockets, 'socket')} at most`,
    ...threadLines(generator.threads),
    ...spinLines(generator),
    // Virtual users have no schedule to be late for.
    ...(lag === null || !corrected
      ? []
      : [
          `sent late by p50 ${formatMillis(lag.p50)} ms, p99 ${formatMillis(lag.p99)} ms, max ${formatMillis(lag.max)} ms`,
        ]),
  ];
};

const whenOf = (worker: WorkerSummary, startedAt: string | null): string => {
  if (worker.endedAt === null || startedAt === null) return '';
  const seconds = (Date.parse(worker.endedAt) - Date.parse(startedAt)) / 1000;
  return Number.isFinite(seconds) && seconds >= 0 ? ` ${formatSeconds(seconds)} into the run` : '';
};

const lostLine = (worker: WorkerSummary, startedAt: string | null): string => {
  const pid = worker.pid === null ? '' : ` (pid ${worker.pid})`;
  const reason = worker.reason === null ? '' : `: ${printable(worker.reason)}`;
  const after = worker.replacedBy === null ? 'not replaced' : `replaced by attempt ${worker.replacedBy}`;
  return `shard ${worker.shard} attempt ${worker.attempt}${pid} lost${whenOf(worker, startedAt)}${reason}; ${after}`;
};

/** How many workers ended how; each lost one by name. */
export const workerLines = (summary: RunSummary, paint: Palette): readonly string[] => {
  const counts = new Map<string, number>();
  for (const worker of summary.workers) counts.set(worker.state, (counts.get(worker.state) ?? 0) + 1);
  if (counts.size === 0) return ['none started'];
  const lost = summary.workers.filter((worker) => worker.state === 'lost');
  return [
    [...counts].map(([state, count]) => `${formatCount(count)} ${state}`).join(', '),
    ...lost.map((worker) => paint.bad(lostLine(worker, summary.startedAt))),
  ];
};

export const changeLines = ({ changes }: RunSummary): readonly string[] =>
  changes.map(
    (change) =>
      `at ${formatSeconds(change.atSeconds)}: ${formatMany(change.shardCount, 'worker')}, ${change.rateScale === 0 ? 'no more load' : `rate ${formatFactor(change.rateScale)}`}`,
  );
