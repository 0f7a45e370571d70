import { type BenchContext, remarksOf, runStormdrain } from '../bench-context.ts';
import { free } from '../cpu-placement.ts';
import { formatMillis, formatNumber } from '../format-number.ts';
import type { Aim, ResultTable } from '../result-table.ts';
import { openPlan } from '../stormdrain/plans.ts';
import type { PlanRun } from '../stormdrain/run-plan.ts';
import { startNodeTarget } from '../targets/node-target.ts';
import { isTrue } from './analytic-freeze.ts';
import type { ServiceRecord } from './recording-server.ts';
import type { ServiceTimes } from './service-times.ts';

const perSecond = 1000;
const seconds = 15;
/** A cold process is late for some milliseconds, the server as well as the generator. */
const warmupSeconds = 2;
const entry = new URL('recording-server.ts', import.meta.url);

const kinds: readonly ServiceTimes[] = [
  { kind: 'constant', millis: 20 },
  { kind: 'exponential', meanMillis: 30 },
  { kind: 'bimodal', fastMillis: 10, slowMillis: 200, slowShare: 0.1 },
];

const percentiles = ['p50', 'p95', 'p99', 'p999'] as const;

/** Without `precise` an arrival waits for a timer, which wakes up to 1 ms late: so much the response time is longer. */
const paces = [false, true] as const;

interface Truth {
  readonly times: ServiceTimes;
  readonly precise: boolean;
  readonly record: ServiceRecord;
  readonly run: PlanRun;
}

/** Servers that never queue and record what they did: are the measured times theirs? */
export const recordTable = async (context: BenchContext): Promise<ResultTable> => {
  const truths: Truth[] = [];
  for (const [times, precise] of kinds.flatMap((kind) => paces.map((pace) => [kind, pace] as const))) {
    context.progress(`record: ${times.kind} service times${precise ? ', precise' : ''}`);
    const server = await startNodeTarget<ServiceRecord>(
      context.workspace,
      entry,
      [JSON.stringify(times), String(warmupSeconds)],
      free.target,
    );
    try {
      const plan = openPlan({
        target: server.url,
        perSecond,
        seconds,
        warmupSeconds,
        ...(precise ? { precise } : {}),
      });
      const run = await runStormdrain(context, plan, warmupSeconds + seconds, free.generator);
      truths.push({ times, precise, run, record: await server.report() });
    } finally {
      await server.close();
    }
  }
  return {
    title: 'Measured and recorded',
    about: `${formatNumber(perSecond)} arrivals a second for ${seconds} s after a warm-up of ${warmupSeconds} s, open model; the servers record each request from read to written. ${free.described}`,
    columns: [
      'server',
      'plan',
      'percentile',
      'its record',
      'service time',
      'difference',
      'response time',
      'difference',
    ],
    rows: truths.flatMap(rowsOf),
    aims: truths.flatMap((truth) => [...latencyAims(truth), countAim(truth)]),
    notes: [
      'The server records service times. A response time is that and what the arrival was sent late by, which `precise: true` takes away.',
      ...truths.flatMap(({ run }) => remarksOf(run)),
    ],
  };
};

const rowsOf = ({ times, precise, record, run }: Truth): readonly (readonly string[])[] => {
  const { response, service } = run.summary.latencyMillis;
  return percentiles.map((name) => {
    const recorded = record.millis[name];
    const served = service?.[name] ?? Number.NaN;
    const answered = response?.[name] ?? Number.NaN;
    return [
      times.kind,
      precise ? 'precise: true' : 'as it is',
      name === 'p999' ? 'p99.9' : name,
      formatMillis(recorded),
      formatMillis(served),
      formatMillis(served - recorded),
      formatMillis(answered),
      formatMillis(answered - recorded),
    ];
  });
};

/** Service times always; response times where arrivals are precise. */
const latencyAims = ({ times, precise, record, run }: Truth): readonly Aim[] =>
  (precise ? (['service', 'response'] as const) : (['service'] as const)).map((metric) => {
    const measured = run.summary.latencyMillis[metric];
    const untrue = percentiles.filter((name) => !isTrue(measured?.[name] ?? Number.NaN, record.millis[name]));
    const plan = precise ? 'precise, ' : '';
    return {
      text: `${times.kind}, ${plan}${metric} time: p50 to p99.9 within 2 % or 0.5 ms of the server's record`,
      measured: untrue.length === 0 ? 'all four are' : `not ${untrue.join(', ')}`,
      met: untrue.length === 0,
    };
  });

const countAim = ({ times, precise, record, run }: Truth): Aim => {
  const { scheduled, completed, dropped, missed } = run.summary.requests;
  return {
    text: `${times.kind}${precise ? ', precise' : ''}: exactly the arrivals asked for`,
    measured: `${scheduled} scheduled, ${completed} completed, ${dropped} dropped, ${missed} missed, ${record.requests} counted by the server`,
    met: record.requests === perSecond * (warmupSeconds + seconds) && completed === record.requests,
  };
};
