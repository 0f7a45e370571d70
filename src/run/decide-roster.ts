import { type Epoch, firstExclusion } from '../plan/epochs.ts';
import type { FleetWorker, WorkerPlace } from '../platform/ports/worker-fleet.ts';
import type { RosterEntry } from './documents.ts';
import type { WorkerWords } from './roster.ts';
import { isWorking, latestOf } from './roster.ts';
import { workerName } from './run-keys.ts';

/** What can be seen of a run's workers at one instant. `fleet` was read before `words`: a worker speaks before it goes. */
export interface RosterSight {
  readonly nowMillis: number;
  readonly workers: readonly RosterEntry[];
  readonly fleet: readonly FleetWorker[];
  readonly words: WorkerWords;
  /** Workers of which a new segment was found, by name. */
  readonly shipped: ReadonlySet<string>;
  /** Up to which second of the run each has reported, by name, whichever look found its segments. */
  readonly reportedUntil: Readonly<Record<string, number>>;
  readonly readyTimeoutSeconds: number;
  readonly silentSeconds: number;
  /** For so long after it was launched, the fleet may not list a worker yet. */
  readonly fleetSettleSeconds: number;
  /** Silence only means something once the run has started. */
  readonly startAtMillis: number | undefined;
}

/** Each worker's new state. Lost: stopped without a word, interrupted, silent for too long, or never ready. */
export const decideRoster = (sight: RosterSight): readonly RosterEntry[] => {
  const fleet = new Map(sight.fleet.map((worker) => [workerName(worker), worker]));
  return sight.workers.map((entry) =>
    isWorking(entry) ? decideEntry(entry, fleet.get(workerName(entry)), sight) : entry,
  );
};

const decideEntry = (
  entry: RosterEntry,
  worker: FleetWorker | undefined,
  sight: RosterSight,
): RosterEntry => {
  const name = workerName(entry);
  const now = new Date(sight.nowMillis).toISOString();
  const exit = sight.words.exits.get(name);
  const hello = sight.words.hellos.get(name);
  const met: RosterEntry =
    hello === undefined
      ? entry
      : {
          ...entry,
          state: 'ready',
          readyAt: hello.at,
          seenAt: now,
          pid: hello.pid,
          clockBoundMillis: hello.clockBoundMillis,
          epochs: hello.epochs,
        };
  if (exit !== undefined) {
    const ended = { ...met, endedAt: exit.at, segments: exit.segments };
    if (exit.reason === 'finished' || exit.reason === 'released' || exit.reason === 'stopped') {
      return { ...ended, state: exit.reason };
    }
    return {
      ...ended,
      state: 'lost',
      reason: exit.detail === undefined ? exit.reason : `${exit.reason}: ${exit.detail}`,
    };
  }
  const lost = (reason: string): RosterEntry => ({ ...met, state: 'lost', endedAt: now, reason });
  if (worker?.state === 'stopped') return lost(worker.stoppedReason ?? 'it stopped');
  const settled = sight.nowMillis - Date.parse(entry.launchedAt) > sight.fleetSettleSeconds * 1000;
  if (worker === undefined && entry.workerId !== null && settled) return lost('the fleet no longer knows it');
  if (met.state === 'launching') {
    const waited = sight.nowMillis - Date.parse(met.launchedAt);
    return waited > sight.readyTimeoutSeconds * 1000
      ? lost(`not ready within ${sight.readyTimeoutSeconds} s`)
      : met;
  }
  const seenAt = sight.shipped.has(name) ? now : met.seenAt;
  const startAtMillis = sight.startAtMillis ?? Number.POSITIVE_INFINITY;
  const reportedAtMillis = startAtMillis + (sight.reportedUntil[name] ?? 0) * 1000;
  const silentSince = Math.max(Date.parse(seenAt), reportedAtMillis);
  if (sight.nowMillis - silentSince > sight.silentSeconds * 1000) {
    return lost(`silent for ${Math.round((sight.nowMillis - silentSince) / 1000)} s`);
  }
  return { ...met, seenAt };
};

/**
 * Why a worker refused the plan: any other would as well, so none is sent in its place. It is read from the roster, where
 * it stays: a look that saw the worker's own word may have broken off.
 */
export const refusalOf = (workers: readonly RosterEntry[]): string | undefined => {
  const said = workers.find(({ state, reason }) => state === 'lost' && reason?.startsWith('plan refused'));
  if (said === undefined) return undefined;
  return said.reason?.replace(/^plan refused(: )?/, '') || 'the plan is refused by its workers';
};

/** Losses of one shard's worker that are made good within the window; one more, and it is given up. */
export const mostReplacements = 3;
const lossWindowMillis = 600_000;

/** Whether the worker goes at the instant of an epoch it has heard of, whatever a later one says. */
export const isLeaving = (entry: RosterEntry, epochs: readonly Epoch[]): boolean =>
  firstExclusion(entry.shard, entry.epochs ?? epochs.length, epochs) !== undefined;

const serves = (entry: RosterEntry | undefined, epochs: readonly Epoch[]): boolean =>
  entry !== undefined && (entry.state === 'finished' || (isWorking(entry) && !isLeaving(entry, epochs)));

/** Which places to fill, so that each of the shards has a worker that stays; `exhausted` are those not to be filled again. */
export const planReplacements = (
  workers: readonly RosterEntry[],
  epochs: readonly Epoch[],
  shardCount: number,
  nowMillis: number,
): { readonly launch: readonly WorkerPlace[]; readonly exhausted: readonly RosterEntry[] } => {
  const launch: WorkerPlace[] = [];
  const exhausted: RosterEntry[] = [];
  for (let shard = 0; shard < shardCount; shard++) {
    const latest = latestOf(workers, shard);
    if (serves(latest, epochs)) continue;
    const losses = workers.filter(
      (entry) =>
        entry.shard === shard &&
        entry.state === 'lost' &&
        nowMillis - Date.parse(entry.endedAt ?? entry.launchedAt) < lossWindowMillis,
    ).length;
    if (latest !== undefined && losses > mostReplacements) exhausted.push(latest);
    else launch.push({ shard, attempt: latest === undefined ? 0 : latest.attempt + 1 });
  }
  return { launch, exhausted };
};
