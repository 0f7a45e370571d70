import type { Plan } from '../plan/plan.ts';
import type { FleetWorker, WorkerPlace } from '../platform/ports/worker-fleet.ts';
import { decideRoster, isLeaving, planReplacements, refusalOf } from './decide-roster.ts';
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
  /** As in `RosterSight`. */
  readonly reportedUntil: Readonly<Record<string, number>>;
  /** As in `RosterSight`. */
  readonly fleetSettleSeconds: number;
}

export interface ObservationDecision {
  readonly workers: readonly RosterEntry[];
  readonly launch: readonly WorkerPlace[];
  /** Counted out on the roster and still running: to be stopped, before anybody takes their shard over. */
  readonly dismiss: readonly RosterEntry[];
  /** A change of the worker count that can take effect now. */
  readonly shardCount?: number;
  /** The workers asked for can't be had: to be asked for no more. */
  readonly withdraw: boolean;
  /** A shard of the load that keeps losing its worker. */
  readonly exhausted?: RosterEntry;
  /** Why the plan can't be carried out at all. */
  readonly refusal?: string;
  readonly over: boolean;
}

/** A replacement needs about this long to start: with less load left, none is sent. */
const worthReplacingSeconds = 1;
/** After the last arrival under way must have ended, workers get this long to ship and go. */
const goodbyeSeconds = 10;

/** What to do about a run's workers, and whether the run is over. */
export const decideObservation = (sight: RunSight): ObservationDecision => {
  const { control, nowMillis } = sight;
  const elapsed = control.startAtMillis === undefined ? 0 : (nowMillis - control.startAtMillis) / 1000;
  const seen = decideRoster({
    ...sight,
    readyTimeoutSeconds: sight.plan.workers.readyTimeoutSeconds,
    silentSeconds: control.timing.silentSeconds,
    startAtMillis: control.startAtMillis,
  });
  const loadRemains =
    control.stop === undefined && loadEndSeconds(sight.plan, control) - elapsed > worthReplacingSeconds;
  const current = control.epochs.at(-1)?.shardCount ?? control.wantedWorkers;
  const needed = loadRemains ? Math.max(current, control.wantedWorkers) : 0;
  const late = isOverdue(sight, elapsed);
  const workers = seen.map((entry) => countOut(entry, sight, needed, late));
  const common = { workers, dismiss: stillRunning(workers, sight.fleet), withdraw: false };
  const refusal = refusalOf(workers);
  if (refusal !== undefined) return { ...common, launch: [], refusal, over: false };
  if (!loadRemains) return { ...common, launch: [], over: !workers.some(isWorking) };

  const { launch, exhausted } = planReplacements(workers, control.epochs, needed, nowMillis);
  const fatal = exhausted.find((entry) => entry.shard < current);
  if (fatal !== undefined) return { ...common, launch: [], exhausted: fatal, over: false };
  const withdraw = exhausted.length > 0;
  const changeable = !withdraw && control.wantedWorkers !== current && canTakeOver(workers, control, current);
  return {
    ...common,
    launch: withdraw ? launch.filter((place) => place.shard < current) : launch,
    withdraw,
    over: false,
    ...(changeable ? { shardCount: control.wantedWorkers } : {}),
  };
};

/** Whom nobody needs any more before it ever had a part is released; who should have ended long ago is lost. */
const countOut = (entry: RosterEntry, sight: RunSight, needed: number, late: boolean): RosterEntry => {
  if (!isWorking(entry)) return entry;
  const endedAt = new Date(sight.nowMillis).toISOString();
  if (late) return { ...entry, state: 'lost', endedAt, reason: 'it did not end with the run' };
  if (entry.shard >= needed && !hadAPart(entry, sight.control))
    return { ...entry, state: 'released', endedAt };
  return entry;
};

const hadAPart = (entry: RosterEntry, { epochs }: ControlDocument): boolean =>
  entry.epochs !== null && epochs.slice(entry.epochs - 1).some((epoch) => entry.shard < epoch.shardCount);

/** On every look, not only the one that counted them out: whoever did may have failed before it stopped them. */
const stillRunning = (
  workers: readonly RosterEntry[],
  fleet: readonly FleetWorker[],
): readonly RosterEntry[] => {
  const running = new Set(fleet.filter(({ state }) => state === 'running').map(({ workerId }) => workerId));
  return workers.filter(
    (entry) =>
      (entry.state === 'lost' || (entry.state === 'released' && entry.segments === null)) &&
      entry.workerId !== null &&
      running.has(entry.workerId),
  );
};

/** Fewer workers can take over at once, more only when every new shard has a ready one that stays. */
const canTakeOver = (workers: readonly RosterEntry[], control: ControlDocument, current: number): boolean => {
  for (let shard = current; shard < control.wantedWorkers; shard++) {
    const latest = latestOf(workers, shard);
    if (latest?.state !== 'ready' || isLeaving(latest, control.epochs)) return false;
  }
  return true;
};

const isOverdue = ({ plan, control }: RunSight, elapsed: number): boolean => {
  const loadEnd = loadEndSeconds(plan, control);
  const stopped = control.stop === undefined ? undefined : control.epochs.at(-1)?.fromInstant;
  if (stopped === undefined) return elapsed > loadEnd + plan.finishSeconds + goodbyeSeconds;
  return elapsed > Math.max(loadEnd, stopped) + control.timing.stopGraceSeconds + goodbyeSeconds;
};
