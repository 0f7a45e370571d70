import type { Plan } from '../plan/plan.ts';
import type { FleetWorker, WorkerPlace } from '../platform/ports/worker-fleet.ts';
import { decideRoster, planReplacements } from './decide-roster.ts';
import type { ControlDocument, RosterEntry } from './documents.ts';
import { isWorking, latestOf, type WorkerWords } from './roster.ts';
import { loadEndSeconds } from './run-documents.ts';

/** What one look at a running run sees. */
export interface RunSight {
  readonly nowMillis: number;
  readonly plan: Plan;
  readonly control: ControlDocument;
  readonly workers: readonly RosterEntry[];
  readonly fleet: readonly FleetWorker[];
  readonly words: WorkerWords;
  /** Workers of which a new segment was found. */
  readonly shipped: ReadonlySet<string>;
}

export interface ObservationDecision {
  readonly workers: readonly RosterEntry[];
  readonly launch: readonly WorkerPlace[];
  /** Lost without having stopped by themselves: to be stopped before their shard is taken over. */
  readonly abandon: readonly RosterEntry[];
  /** A change of the worker count that can take effect now. */
  readonly shardCount?: number;
  readonly exhausted?: RosterEntry;
  readonly over: boolean;
}

/** A replacement needs about this long to start: with less load left, none is sent. */
const worthReplacingSeconds = 1;
/** After the last arrival under way must have ended, workers get this long to ship and go. */
const goodbyeSeconds = 10;

/** What to do about a run's workers, and whether the run is over. */
export const decideObservation = (sight: RunSight): ObservationDecision => {
  const { plan, control, nowMillis } = sight;
  const elapsed = control.startAtMillis === undefined ? 0 : (nowMillis - control.startAtMillis) / 1000;
  const workers = decideRoster({
    ...sight,
    readyTimeoutSeconds: plan.workers.readyTimeoutSeconds,
    silentSeconds: control.timing.silentSeconds,
    startAtMillis: control.startAtMillis,
  });
  const wasWorking = new Set(sight.workers.filter(isWorking).map((entry) => entry.workerId));
  const abandon = workers.filter(
    (entry) => entry.state === 'lost' && wasWorking.has(entry.workerId) && stillRuns(entry, sight.fleet),
  );
  const loadEnd = loadEndSeconds(plan, control);
  const loadRemains = control.stop === undefined && loadEnd - elapsed > worthReplacingSeconds;
  if (!loadRemains)
    return {
      workers: closeLate(workers, sight, loadEnd, elapsed),
      launch: [],
      abandon,
      over: isOver(workers, loadEnd, elapsed, sight),
    };

  const current = control.epochs.at(-1)?.shardCount ?? control.wantedWorkers;
  const { launch, exhausted } = planReplacements(workers, Math.max(current, control.wantedWorkers));
  if (exhausted !== undefined) return { workers, launch: [], abandon, exhausted, over: false };
  const changeable =
    control.wantedWorkers !== current && canTakeOver(workers, current, control.wantedWorkers);
  return {
    workers,
    launch,
    abandon,
    over: false,
    ...(changeable ? { shardCount: control.wantedWorkers } : {}),
  };
};

const stillRuns = (entry: RosterEntry, fleet: readonly FleetWorker[]): boolean =>
  fleet.some((worker) => worker.workerId === entry.workerId && worker.state === 'running');

/** Fewer workers can take over at once, more only when every new shard has a ready one. */
const canTakeOver = (workers: readonly RosterEntry[], current: number, wanted: number): boolean => {
  for (let shard = current; shard < wanted; shard++) {
    if (latestOf(workers, shard)?.state !== 'ready') return false;
  }
  return true;
};

const overdue = (sight: RunSight, loadEnd: number, elapsed: number): boolean => {
  const finishSeconds =
    sight.control.stop === undefined ? sight.plan.finishSeconds : sight.control.timing.stopGraceSeconds;
  return elapsed > loadEnd + finishSeconds + goodbyeSeconds;
};

const isOver = (
  workers: readonly RosterEntry[],
  loadEnd: number,
  elapsed: number,
  sight: RunSight,
): boolean => !workers.some(isWorking) || overdue(sight, loadEnd, elapsed);

const closeLate = (
  workers: readonly RosterEntry[],
  sight: RunSight,
  loadEnd: number,
  elapsed: number,
): readonly RosterEntry[] =>
  overdue(sight, loadEnd, elapsed)
    ? workers.map((entry) =>
        isWorking(entry)
          ? {
              ...entry,
              state: 'lost' as const,
              endedAt: new Date(sight.nowMillis).toISOString(),
              reason: 'it did not end with the run',
            }
          : entry,
      )
    : workers;
