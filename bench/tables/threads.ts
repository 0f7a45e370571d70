import { type BenchContext, runStormdrain, sampleOf } from '../bench-context.ts';
import { free } from '../cpu-placement.ts';
import { contestOf, efficiencyColumns, efficiencyRows, ratioAim, remarksIn } from '../efficiency-table.ts';
import { formatNumber, formatSpread } from '../format-number.ts';
import { spreadOf } from '../median.ts';
import type { Aim, ResultTable } from '../result-table.ts';
import { type Contestant, type CpuFigure, runRounds, type Sample } from '../rounds.ts';
import { closedPlan } from '../stormdrain/plans.ts';
import { startNginx } from '../targets/nginx.ts';

const users = 50;
const atMostApart = 0.1;

/** What a second thread costs, and whether the threads share the work. */
export const threadsTable = async (context: BenchContext): Promise<ResultTable> => {
  const { rounds, seconds } = context.options;
  // Two threads and the target have two CPUs or more between them.
  const nginx = await startNginx(context.workspace, free.target);
  const unevenness: number[] = [];
  try {
    const target = nginx.http;
    const contestants = [1, 2].map(
      (threads): Contestant => ({
        name: `${threads} thread${threads === 1 ? '' : 's'}`,
        async measure() {
          const plan = closedPlan({ target, path: '/', stages: [{ users, seconds }], threads });
          const { result, requests } = await nginx.counting(() =>
            runStormdrain(context, plan, seconds, free.generator),
          );
          if (threads > 1)
            unevenness.push(
              threadUnevenness(result.summary.generator.threads.map(({ cpuSeconds }) => cpuSeconds)),
            );
          return underLoadFirst(sampleOf(result, requests));
        },
      }),
    );
    const contests = await runRounds(contestants, rounds, (text) => context.progress(`threads: ${text}`));
    return {
      title: 'Threads of one worker',
      about: `nginx ${context.nginxVersion}; ${users} connections, ${rounds} rounds of ${seconds} s. ${free.described}`,
      columns: efficiencyColumns('1 thread'),
      rows: efficiencyRows(contests, contests[0]),
      aims: [ratioAim(contestOf(contests, '2 threads'), contests[0], 0.85, '1 thread'), evenAim(unevenness)],
      notes: remarksIn(contests),
    };
  } finally {
    await nginx.close();
  }
};

/** What a second thread costs while it sends is the question, not what it costs to start one. */
const underLoadFirst = (sample: Sample): Sample => {
  const isLoad = ({ of }: CpuFigure): boolean => of.endsWith('under load');
  return {
    ...sample,
    cpu: [...sample.cpu.filter(isLoad), ...sample.cpu.filter((figure) => !isLoad(figure))],
  };
};

/** How far the busiest is above the idlest, as a fraction of the busiest. NaN for fewer than two. */
export const threadUnevenness = (seconds: readonly number[]): number =>
  seconds.length < 2 ? Number.NaN : 1 - Math.min(...seconds) / Math.max(...seconds);

const evenAim = (unevenness: readonly number[]): Aim => {
  const spread = spreadOf(unevenness.filter(Number.isFinite).map((fraction) => fraction * 100));
  return {
    text: 'the CPU of the two threads is within 10 % of each other',
    measured:
      spread === undefined
        ? 'n/a'
        : `${formatNumber(spread.median)} % apart, rounds ${formatSpread(spread)} %`,
    met: spread === undefined ? undefined : spread.median <= atMostApart * 100,
  };
};
