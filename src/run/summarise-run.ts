import type { Plan } from '../plan/plan.ts';
import { planStepNames } from '../plan/step-names.ts';
import { decideVerdict, type VerdictEvidence } from '../stats/decide-verdict.ts';
import { evaluateThresholds } from '../stats/evaluate-thresholds.ts';
import { latencyOf } from '../stats/latency.ts';
import { LatencyHistogram } from '../stats/latency-histogram.ts';
import type { FailureKind } from '../stats/measurement-sink.ts';
import type { Tally } from '../stats/tally.ts';
import type { WorkerCost } from './cost-so-far.ts';
import { countRequests, type MeasuredLoad, ranSeconds } from './count-requests.ts';
import type { ControlDocument, RosterEntry } from './documents.ts';
import type { Measurements } from './gather-measurements.ts';
import { generatorFigures } from './generator-figures.ts';
import { runKeys, workerName } from './run-keys.ts';
import type { RequestCounts, RunSummary, WorkerSummary } from './summary.ts';

/** Everything a summary is read from. */
export interface RunRecord {
  readonly runId: string;
  readonly plan: Plan;
  /** Undefined when the run failed before it was planned. */
  readonly control: ControlDocument | undefined;
  readonly workers: readonly RosterEntry[];
  readonly measurements: Measurements;
  /** Null where load costs nothing. */
  readonly cost: WorkerCost | null;
  readonly failure?: { readonly error: string; readonly cause: string };
}

/** The run in one document: counts, percentiles from the merged histograms, thresholds, verdict. */
export const summariseRun = (record: RunRecord): RunSummary => {
  const { runId, plan, control, workers, measurements } = record;
  const { tally } = measurements;
  const loadSeconds = ranSeconds(record);
  const { requests: counts, warmup, measured } = countRequests(record, loadSeconds);
  const all = (metric: 'response' | 'service'): LatencyHistogram => {
    const merged = new LatencyHistogram(3);
    for (const step of tally.steps.values()) merged.add(step[metric]);
    return merged;
  };
  const thresholds = evaluateThresholds(plan.thresholds, tally, measured);
  const generator = generatorFigures(plan, tally, counts);
  const { outcome, verdict } = decideVerdict({
    ...evidenceOf(record, counts, measured, generator),
    thresholds,
  });
  const startedAt = control?.startAtMillis === undefined ? null : new Date(control.startAtMillis);
  return {
    version: 1,
    runId,
    outcome,
    plan: { name: plan.name, target: plan.target },
    startedAt: startedAt?.toISOString() ?? null,
    durationSeconds: loadSeconds,
    requests: counts,
    warmup,
    rate: {
      offered: perSecond(measured.scheduled, measured.seconds),
      achieved: perSecond(measured.completed, measured.seconds),
    },
    latencyMillis: {
      response: latencyOf(all('response')),
      service: latencyOf(all('service')),
      connect: latencyOf(tally.connect),
    },
    corrected: plan.load.model === 'open',
    steps: planStepNames(plan).map((name) => {
      const step = tally.steps.get(name);
      return {
        name,
        completed: step?.completed ?? 0,
        failed: step?.failed ?? 0,
        latencyMillis: {
          response: step === undefined ? null : latencyOf(step.response),
          service: step === undefined ? null : latencyOf(step.service),
          failed: step === undefined ? null : latencyOf(step.failedResponse),
        },
      };
    }),
    errors: [...tally.errors.values()].sort((a, b) => b.count - a.count),
    drops: [...tally.drops].map(([reason, count]) => ({ reason, count })),
    thresholds,
    verdict,
    generator,
    workers: workers.map((entry) => workerSummary(entry, workers)),
    changes: (control?.epochs ?? []).slice(1).map(({ fromInstant, shardCount, rateScale }) => ({
      atSeconds: fromInstant,
      shardCount,
      rateScale,
    })),
    timeline: startedAt === null ? null : runKeys(runId).timeline(startedAt),
    cost:
      record.cost === null
        ? null
        : {
            usd: Math.round(record.cost.usd * 10_000) / 10_000,
            workerSeconds: Math.round(record.cost.workerSeconds),
            spotSeconds: Math.round(record.cost.spotSeconds),
          },
  };
};

const perSecond = (count: number, seconds: number): number =>
  seconds === 0 ? 0 : Math.round((count / seconds) * 100) / 100;

const evidenceOf = (
  { plan, control, workers, measurements, failure }: RunRecord,
  counts: RequestCounts,
  measured: MeasuredLoad,
  generator: RunSummary['generator'],
): Omit<VerdictEvidence, 'thresholds'> => {
  const { droppedBusy, arrived, dropped } = measurements.load;
  return {
    limits: plan.validity,
    model: plan.load.model,
    scheduled: counts.scheduled,
    missed: counts.missed,
    dropped: counts.dropped,
    droppedBusy,
    // What no worker knows it sent twice shows as a surplus over the schedule.
    duplicated: Math.max(measurements.tally.duplicated, arrived + dropped - counts.scheduled),
    unfinished: counts.unfinished,
    warmupSeconds: plan.warmupSeconds,
    measured,
    sendLagP99Millis: generator.sendLagMillis?.p99 ?? 0,
    peakCpuFraction: generator.peakCpuFraction,
    peakEventLoopLagMillis: generator.eventLoopLagMaxMillis,
    longestGcMillis: generator.gc.longestMillis,
    outOfSockets: countFailures(measurements.tally, 'out of sockets'),
    missingSegments: countMissing(workers, measurements),
    clockBoundMillis: Math.max(0, ...workers.map((entry) => entry.clockBoundMillis)),
    lostWorkers: workers
      .filter((entry) => entry.state === 'lost')
      .map(({ shard, attempt, reason }) => ({
        shard,
        attempt,
        reason: reason ?? 'unknown',
        replacedBy: successorOf({ shard, attempt }, workers),
      })),
    endedScenarios: [...measurements.tally.endedScenarios].map(([scenario, reason]) => ({
      scenario,
      reason,
    })),
    ...endedEarly(control),
    ...(failure === undefined ? {} : { failure }),
  };
};

const countFailures = (tally: Tally, kind: FailureKind): number =>
  [...tally.errors.values()].reduce((sum, error) => sum + (error.kind === kind ? error.count : 0), 0);

const endedEarly = (
  control: ControlDocument | undefined,
): Pick<VerdictEvidence, 'stopped'> | Pick<VerdictEvidence, 'aborted'> => {
  if (control?.stop === undefined) return {};
  const { reason, abort } = control.stop;
  return abort === undefined ? { stopped: reason } : { aborted: { reason, atSeconds: abort.atSeconds } };
};

/** Gaps in a worker's sequence, and segments a worker said it shipped that aren't there. What a lost worker took with it is `missed`, not missing. */
const countMissing = (workers: readonly RosterEntry[], { segments }: Measurements): number =>
  workers.reduce((sum, entry) => {
    const { found, gaps } = segments.get(workerName(entry)) ?? { found: 0, gaps: 0 };
    return sum + (entry.segments === null ? gaps : Math.max(0, entry.segments - found));
  }, 0);

const successorOf = (
  worker: { shard: number; attempt: number },
  workers: readonly RosterEntry[],
): number | null =>
  workers.find((entry) => entry.shard === worker.shard && entry.attempt === worker.attempt + 1)?.attempt ??
  null;

const workerSummary = (entry: RosterEntry, workers: readonly RosterEntry[]): WorkerSummary => ({
  shard: entry.shard,
  attempt: entry.attempt,
  pid: entry.pid,
  state: entry.state === 'launching' || entry.state === 'ready' ? 'unknown' : entry.state,
  startedAt: entry.readyAt,
  endedAt: entry.endedAt,
  replacedBy: successorOf(entry, workers),
  reason: entry.reason,
});
