import { type BenchContext, remarksOf, runStormdrain } from '../bench-context.ts';
import { free } from '../cpu-placement.ts';
import { formatMillis, formatNumber } from '../format-number.ts';
import type { Aim, ResultTable } from '../result-table.ts';
import { closedPlan, openPlan } from '../stormdrain/plans.ts';
import type { PlanRun } from '../stormdrain/run-plan.ts';
import { startNginx } from '../targets/nginx.ts';

const secondsToTry = 4;
/** A process that has just started is late for some milliseconds until its code is compiled. */
const warmupSeconds = 2;
const tries = 5;

interface Pace {
  readonly precise: boolean;
  readonly limitMillis: number;
}

const paces: readonly Pace[] = [
  { precise: false, limitMillis: 2 },
  { precise: true, limitMillis: 1 },
];

interface Paced extends Pace {
  readonly run: PlanRun;
}

/** How late arrivals are sent at half of what the worker can send at most. */
export const lagTable = async (context: BenchContext): Promise<ResultTable> => {
  const seconds = Math.max(10, context.options.seconds);
  const nginx = await startNginx(context.workspace, free.target);
  const paced: Paced[] = [];
  let perSecond: number;
  try {
    const target = nginx.http;
    perSecond = Math.round((await findMaximum(context, target)) / 2);
    for (const pace of paces) {
      context.progress(`lag: ${perSecond} arrivals/s${pace.precise ? ', precise' : ''}`);
      const plan = openPlan({
        target,
        perSecond,
        seconds,
        warmupSeconds,
        // Left out where it is the default.
        ...(pace.precise ? { precise: true } : {}),
      });
      paced.push({
        ...pace,
        run: await runStormdrain(context, plan, warmupSeconds + seconds, free.generator),
      });
    }
  } finally {
    await nginx.close();
  }
  return {
    title: 'Send lag at half the maximum',
    about: `${formatNumber(perSecond)} arrivals a second for ${seconds} s after a warm-up of ${warmupSeconds} s, half of the most that a run held with a valid verdict. ${free.described}`,
    columns: [
      'plan',
      'requests / s',
      'lag p50',
      'lag p99',
      'lag max',
      'worker CPU s',
      'spinning',
      'requests / CPU s',
    ],
    rows: paced.map(rowOf),
    aims: paced.flatMap(aimsOf),
    notes: paced.flatMap(({ run }) => remarksOf(run)),
  };
};

/**
 * The most arrivals a second that a worker sends with numbers that can be trusted, between a quarter and all of what
 * users in a closed loop get through, who are never waited for.
 */
const findMaximum = async (context: BenchContext, target: string): Promise<number> => {
  context.progress('lag: what users get through');
  const users = closedPlan({ target, path: '/', stages: [{ users: 50, seconds: secondsToTry }] });
  const closed = await runStormdrain(context, users, secondsToTry, free.generator);
  let holds = closed.summary.rate.achieved / 4;
  let fails = closed.summary.rate.achieved;
  for (let tried = 0; tried < tries; tried++) {
    const perSecond = Math.round((holds + fails) / 2);
    context.progress(`lag: the maximum, ${perSecond} arrivals/s`);
    const plan = openPlan({ target, perSecond, seconds: secondsToTry, warmupSeconds });
    const { summary } = await runStormdrain(context, plan, warmupSeconds + secondsToTry, free.generator);
    const { scheduled, completed } = summary.requests;
    if (summary.verdict.valid && completed === scheduled) holds = perSecond;
    else fails = perSecond;
  }
  return holds;
};

const rowOf = ({ precise, run }: Paced): readonly string[] => {
  const { sendLagMillis: lag, cpuSeconds, spinCpuSeconds, requestsPerCpuSecond } = run.summary.generator;
  return [
    precise ? 'precise: true' : 'as it is',
    formatNumber(run.summary.rate.achieved),
    formatMillis(lag?.p50),
    formatMillis(lag?.p99),
    formatMillis(lag?.max),
    formatNumber(cpuSeconds),
    spinCpuSeconds === null ? '' : formatNumber(spinCpuSeconds),
    formatNumber(requestsPerCpuSecond),
  ];
};

const aimsOf = ({ precise, limitMillis, run }: Paced): readonly Aim[] => {
  const lag = run.summary.generator.sendLagMillis;
  const { scheduled, completed, failed, dropped, missed } = run.summary.requests;
  const plan = precise ? 'with precise: true, ' : '';
  return [
    {
      text: `${plan}send lag p99 under ${limitMillis} ms`,
      measured: formatMillis(lag?.p99),
      met: lag === null ? undefined : lag.p99 < limitMillis,
    },
    {
      text: `${plan}every arrival was sent`,
      measured: `${scheduled} scheduled, ${completed} completed, ${failed} failed, ${dropped} dropped, ${missed} missed`,
      met: completed + failed === scheduled,
    },
  ];
};
