import { performance } from 'node:perf_hooks';
import { finishRun } from '../../src/run/finish-run.ts';
import { observeRun } from '../../src/run/observe-run.ts';
import type { BenchContext } from '../bench-context.ts';
import type { ResultTable } from '../result-table.ts';
import { LargeRun } from '../scale/large-run.ts';
import { s3Bill } from '../scale/s3-bill.ts';

const seconds = (millis: number): string => `${(millis / 1000).toFixed(1)} s`;
const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MB`;

interface Step {
  readonly cpuMillis: number;
  readonly reads: number;
}

const measured = async (run: LargeRun, work: () => Promise<unknown>): Promise<Step> => {
  const before = process.cpuUsage();
  const reads = run.store.counts.get;
  await work();
  const used = process.cpuUsage(before);
  return { cpuMillis: (used.user + used.system) / 1000, reads: run.store.counts.get - reads };
};

/** S3 answers a small read in 100 to 200 ms at the most usual (its performance guidelines); the use cases read 48 at once. */
const readMillis = 100;
const readsAtOnce = 48;
const waiting = (reads: number): number => (reads / readsAtOnce) * readMillis;

/**
 * The orchestrator of 1,000 workers for one hour, 360 segments each: every look and the end of the run, on a store that
 * serves a few hundred real segments under 360,000 keys.
 */
export const scaleTable = async (
  context: Pick<BenchContext, 'progress'>,
  loadSeconds = 3600,
): Promise<ResultTable> => {
  const started = performance.now();
  const run = await LargeRun.start(1000, loadSeconds);
  const looks: Step[] = [];
  let rollup: number | undefined;
  for (let second = 10; second <= loadSeconds; second += 10) {
    run.passUntil(second);
    looks.push(
      await measured(run, async () => {
        ({ rollup } = await observeRun(run.ports, { runId: run.runId, rollup }));
      }),
    );
    if (second % 300 === 0)
      context.progress(
        `scale: ${second} s of ${loadSeconds}, ${seconds(performance.now() - started)} so far`,
      );
  }
  await run.end();
  const rssBefore = process.memoryUsage.rss();
  let peak = rssBefore;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 20);
  const finish = await measured(run, () => finishRun(run.ports, { runId: run.runId }));
  clearInterval(watch);
  peak = Math.max(peak, process.memoryUsage.rss());

  const cpu = looks.map(({ cpuMillis }) => cpuMillis).sort((a, b) => a - b);
  const most = cpu.at(-1) ?? 0;
  const median = cpu[Math.floor(cpu.length / 2)] ?? 0;
  const longest = Math.max(...looks.map(({ reads }) => waiting(reads)));
  const bill = s3Bill(run);
  const summary = await run.summary();
  const finishWhole = finish.cpuMillis + waiting(finish.reads);
  return {
    title: 'scale: 1,000 workers for one hour',
    about: `${run.segments.toLocaleString('en')} segments of ${run.segmentBytes} bytes (four steps, 400 requests a second), folded at ${looks.length} looks; every request to the store counted.`,
    columns: ['', 'CPU', 'reads', 'waiting for S3'],
    rows: [
      ['a look, median', seconds(median), String(looks[Math.floor(looks.length / 2)]?.reads ?? 0), ''],
      ['a look, the longest', seconds(most), '', seconds(longest)],
      [
        'the end (FinishRun)',
        seconds(finish.cpuMillis),
        String(finish.reads),
        seconds(waiting(finish.reads)),
      ],
      ...bill.rows.map(({ what, count, usd }) => [what, '', count, usd]),
    ],
    aims: [
      { text: 'each look folds its share in under 5 s of CPU', measured: seconds(most), met: most < 5000 },
      {
        text: 'the end takes under 20 s, reads included',
        measured: seconds(finishWhole),
        met: finishWhole < 20_000,
      },
      {
        text: 'the end needs under 512 MB',
        measured: `${mebibytes(peak)} resident, the store of the bench included (${mebibytes(rssBefore)} before)`,
        met: peak < 512 * 2 ** 20,
      },
      {
        text: 'every arrival is counted once',
        measured: `${summary.requests.missed} missed, ${summary.requests.scheduled.toLocaleString('en')} scheduled`,
        met: summary.requests.missed === 0,
      },
    ],
    notes: bill.notes,
  };
};
