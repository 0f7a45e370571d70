import { type BenchContext, programOf, remarksOf, runStormdrain } from '../bench-context.ts';
import { free } from '../cpu-placement.ts';
import { formatMillis, formatNumber } from '../format-number.ts';
import { artilleryRun } from '../peers/artillery.ts';
import { autocannonRun } from '../peers/autocannon.ts';
import { k6Run } from '../peers/k6.ts';
import { locustRun } from '../peers/locust.ts';
import type { FoundPeer } from '../peers/peer.ts';
import { type LatencyFigures, runTool, type ToolRun } from '../peers/tool-run.ts';
import { wrkRun } from '../peers/wrk.ts';
import type { Aim, ResultTable } from '../result-table.ts';
import { openPlan } from '../stormdrain/plans.ts';
import { startNodeTarget } from '../targets/node-target.ts';
import { isTrue } from './analytic-freeze.ts';
import { judgeFreeze, p50LimitMillis, freezeTruth as truth } from './judge-freeze.ts';

const perSecond = 1000;
// One period is enough: the arrivals are evenly spaced, and no tool has a say in when the freeze comes.
const seconds = 10;
const entry = new URL('freezing-server.ts', import.meta.url);

interface Figures {
  readonly requests: number;
  readonly errors: number;
  readonly latencyMillis: LatencyFigures;
  readonly remarks?: readonly string[];
}

interface Attempt {
  readonly name: string;
  /** How it was asked to send its load. */
  readonly load: string;
  measure(url: string): Promise<Figures>;
}

interface Outcome extends Attempt {
  readonly figures: Figures | undefined;
  readonly failure: string | undefined;
}

/** A server that answers nothing for one second in ten: which tools tell their users? */
export const freezeTable = async (context: BenchContext): Promise<ResultTable> => {
  const outcomes: Outcome[] = [];
  for (const attempt of attemptsFor(context)) {
    context.progress(`freeze: ${attempt.name}, ${attempt.load}`);
    // A server of its own for each: its periods begin with the first request.
    const server = await startNodeTarget<{ readonly requests: number }>(
      context.workspace,
      entry,
      [],
      free.target,
    );
    try {
      outcomes.push({ ...attempt, figures: await attempt.measure(server.url), failure: undefined });
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error);
      outcomes.push({ ...attempt, figures: undefined, failure });
    } finally {
      await server.close();
    }
  }
  const own = outcomes.find(({ name }) => name.startsWith('stormdrain'));
  return {
    title: 'A server that freezes for 1 s in every 10',
    about: `${seconds} s; arrivals that don't wait for each other see p95 ${truth.p95} ms, p99 ${truth.p99} ms. ${free.described}`,
    columns: ['tool', 'load', 'requests', 'errors', 'p50', 'p95', 'p99', 'p99.9', 'the freeze'],
    rows: [
      ['truth', 'even arrivals', '', '', formatMillis(0), ...Object.values(truth).map(formatMillis), ''],
      ...outcomes.map(rowOf),
    ],
    aims: [freezeAim(own?.figures)],
    notes: [
      `Hidden: the tool's p99 is more than a tenth below the truth; partly: its p95 is. Exaggerated: p99 is more than a tenth above the truth, or p50 over ${p50LimitMillis} ms though nine requests in ten don't wait.`,
      ...outcomes.flatMap(({ name, load, failure }) =>
        failure === undefined ? [] : [`${name}, ${load}: ${failure}`],
      ),
      ...outcomes.flatMap(({ figures }) => figures?.remarks ?? []),
    ],
  };
};

const attemptsFor = (context: BenchContext): readonly Attempt[] => {
  const { wrk, autocannon, k6, locust, artillery } = context.peers;
  const reportFile = context.workspace.path('artillery-freeze.json');
  const peer = (
    found: FoundPeer,
    load: string,
    runOf: (program: string, url: string) => ToolRun,
  ): Attempt => ({
    name: found.kind === 'found' ? `${found.name} ${found.version}` : found.name,
    load,
    measure: async (url) => runTool(context.workspace, runOf(programOf(found), url), free.generator, seconds),
  });
  return [
    {
      name: `stormdrain ${context.stormdrain.version}`,
      load: `rate: ${perSecond}`,
      async measure(target) {
        const run = await runStormdrain(
          context,
          openPlan({ target, perSecond, seconds }),
          seconds,
          free.generator,
        );
        const { requests, latencyMillis } = run.summary;
        return {
          requests: requests.completed,
          errors: requests.failed,
          latencyMillis: latencyMillis.response ?? {},
          remarks: remarksOf(run),
        };
      },
    },
    peer(wrk, '50 connections, closed', (program, url) => wrkRun({ program, url, connections: 50, seconds })),
    peer(autocannon, '50 connections, closed', (program, url) =>
      autocannonRun({ program, url, connections: 50, seconds }),
    ),
    peer(autocannon, `50 connections, -R ${perSecond}`, (program, url) =>
      autocannonRun({ program, url, connections: 50, seconds, perSecond }),
    ),
    peer(k6, `constant-arrival-rate ${perSecond}`, (program, target) =>
      k6Run({ program, script: 'rate.k6.js', target, seconds }),
    ),
    peer(locust, '100 users, constant_throughput(10)', (program, target) =>
      locustRun({ program, script: 'rate_locust.py', target, users: 100, seconds }),
    ),
    peer(artillery, `arrivalRate ${perSecond}`, (program, target) =>
      artilleryRun({ program, script: 'rate.artillery.yml', target, seconds, reportFile }),
    ),
  ];
};

const rowOf = ({ name, load, figures }: Outcome): readonly string[] => {
  if (figures === undefined) return [name, load, 'not measured'];
  const { p50, p95, p99, p999 } = figures.latencyMillis;
  return [
    name,
    load,
    formatNumber(figures.requests),
    String(figures.errors),
    ...[p50, p95, p99, p999].map(formatMillis),
    judgeFreeze(figures.latencyMillis),
  ];
};

const freezeAim = (figures: Figures | undefined): Aim => {
  const { p95, p99, p999 } = figures?.latencyMillis ?? {};
  const exact = figures?.requests === perSecond * seconds;
  return {
    text: "stormdrain's p95, p99 and p99.9 within 2 % of the analytic response time, exact arrivals",
    measured: `${formatMillis(p95)}, ${formatMillis(p99)}, ${formatMillis(p999)}; ${figures?.requests ?? 0} requests`,
    met:
      exact &&
      isTrue(p95 ?? Number.NaN, truth.p95) &&
      isTrue(p99 ?? Number.NaN, truth.p99) &&
      isTrue(p999 ?? Number.NaN, truth.p999),
  };
};
