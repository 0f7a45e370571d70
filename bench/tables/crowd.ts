import { setTimeout as sleep } from 'node:timers/promises';
import { type BenchContext, runStormdrain } from '../bench-context.ts';
import { free } from '../cpu-placement.ts';
import { closedPlan, thinkingPlan } from '../stormdrain/plans.ts';
import type { PlanRun } from '../stormdrain/run-plan.ts';
import { writeCertificate } from '../targets/certificate.ts';
import type { CrowdOptions, CrowdReport } from '../targets/crowd-server.ts';
import { type NodeTarget, startNodeTarget } from '../targets/node-target.ts';

/** Thinking users pause between requests; waiting users wait for the server, so each needs a connection of its own. */
export interface CrowdKind {
  readonly doing: 'thinking' | 'waiting';
  readonly secure: boolean;
}

export interface Crowd extends CrowdKind {
  readonly users: number;
  readonly run: PlanRun;
  readonly peakConnections: number;
  /** Requests per second that the server saw, for each second with all users there. */
  readonly steadyRates: readonly number[];
}

export const rampSeconds = 8;
export const holdSeconds = 8;
const betweenMillis = [2000, 4000] as const;
const entry = new URL('../targets/crowd-server.ts', import.meta.url);

/** Every user asks once in 2 to 4 s, whichever way. */
export const gatherCrowd = async (context: BenchContext, kind: CrowdKind, users: number): Promise<Crowd> => {
  const [minMillis, maxMillis] = kind.doing === 'waiting' ? betweenMillis : [0, 0];
  const options: CrowdOptions = {
    minMillis,
    maxMillis,
    certificate: kind.secure ? await writeCertificate(context.workspace.folder) : undefined,
  };
  const server = await startNodeTarget<CrowdReport>(
    context.workspace,
    entry,
    [JSON.stringify(options)],
    free.target,
  );
  try {
    const target = kind.secure ? server.url.replace('http:', 'https:') : server.url;
    const stages = [
      { seconds: rampSeconds, users: `0 to ${users}` },
      { seconds: holdSeconds, users },
    ];
    const plan =
      kind.doing === 'thinking'
        ? thinkingPlan({ target, stages, think: '2s to 4s' })
        : closedPlan({ target, path: '/', stages });
    const { run, looks } = await lookingAt(server, () =>
      runStormdrain(context, plan, rampSeconds + holdSeconds, free.generator),
    );
    const peakConnections = Math.max(0, ...looks.map(({ connections }) => connections));
    const startedAt = Date.parse(run.summary.startedAt ?? '');
    // A second on either side: the last users come with the end of the ramp.
    const steady = looks.filter(
      ({ atMillis }) =>
        atMillis > startedAt + (rampSeconds + 1) * 1000 &&
        atMillis < startedAt + (rampSeconds + holdSeconds) * 1000,
    );
    return { ...kind, users, run, peakConnections, steadyRates: ratesBetween(steady) };
  } finally {
    await server.close();
  }
};

interface Look extends CrowdReport {
  /** Since 1970. */
  readonly atMillis: number;
}

/** Asks the server once a second while the work goes on. */
const lookingAt = async (
  server: NodeTarget<CrowdReport>,
  work: () => Promise<PlanRun>,
): Promise<{ readonly run: PlanRun; readonly looks: readonly Look[] }> => {
  const looks: Look[] = [];
  const over = new AbortController();
  const looking = (async () => {
    while (!over.signal.aborted) {
      const report = await server.report();
      looks.push({ ...report, atMillis: Date.now() });
      await sleep(1000, undefined, { signal: over.signal }).catch(() => {});
    }
  })();
  try {
    return { run: await work(), looks };
  } finally {
    over.abort();
    await looking;
  }
};

/** Requests per second between each look and the next. */
export const ratesBetween = (
  looks: readonly { readonly atMillis: number; readonly requests: number }[],
): readonly number[] =>
  looks.slice(1).map((look, index) => {
    const before = looks[index] ?? look;
    return (look.requests - before.requests) / ((look.atMillis - before.atMillis) / 1000);
  });
