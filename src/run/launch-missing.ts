import { FleetRefusedError } from '../errors.ts';
import type { LaunchResult } from '../platform/ports/worker-fleet.ts';
import { updateJson } from '../store/stored-json.ts';
import { decideLaunch, type LaunchOutcome } from './decide-launch.ts';
import { type RosterEntry, rosterDocument } from './documents.ts';
import { renewingLease } from './renewing-lease.ts';
import { readRoster } from './roster.ts';
import { readCapacity, readPlan, requireControl } from './run-documents.ts';
import { runKeys, workerName } from './run-keys.ts';
import type { RunPorts } from './run-ports.ts';

/**
 * Launches every entry that is `launching` and has no worker yet, and notes the worker's id and what it runs on, or
 * why there is none yet. A launch repeated after a crash starts nothing twice: the fleet knows the place.
 */
export const launchMissing = async (ports: RunPorts, runId: string): Promise<LaunchOutcome> => {
  const roster = await readRoster(ports.store, runId);
  const places = (roster?.value.workers ?? []).filter(
    (entry) => entry.state === 'launching' && entry.workerId === null,
  );
  if (places.length === 0 || roster?.value.closing === true) return { kind: 'launched' };
  // As it was when the run was planned, whatever was deployed since: a place's capacity must not change between two launches.
  const spot =
    (await readPlan(ports.store, runId)).workers.spot ?? (await readCapacity(ports.store, runId))?.spot;
  const control = await requireControl(ports.store, runId);
  const launchedAt = new Date(ports.clock.nowMillis()).toISOString();
  const results = await renewingLease(ports, control, () =>
    ports.fleet.launch(
      runId,
      places.map(({ shard, attempt }) => ({ shard, attempt })),
      spot,
    ),
  );
  const byName = new Map(results.map((result) => [workerName(result), result]));
  const noted = await updateJson(ports.store, runKeys(runId).roster, rosterDocument, (current) =>
    current === undefined
      ? undefined
      : {
          ...current,
          workers: current.workers.map((entry) =>
            withWorker(entry, byName.get(workerName(entry)), launchedAt),
          ),
        },
  );
  if (noted?.closing === true) await stopLaunched(ports, runId, results);
  return decideLaunch(results, spot?.fallback ?? 'wait');
};

/** The run was closed while they were being launched, by somebody who could not see them yet. */
const stopLaunched = (ports: RunPorts, runId: string, results: readonly LaunchResult[]): Promise<void> =>
  ports.fleet.stop(
    runId,
    results.flatMap((result) => (result.kind === 'launched' ? [result.workerId] : [])),
    1,
  );

/** A place may have waited for capacity: its time to get ready, and what it costs, begin when it is filled. */
const withWorker = (
  entry: RosterEntry,
  result: LaunchResult | undefined,
  launchedAt: string,
): RosterEntry => {
  if (result === undefined || entry.workerId !== null) return entry;
  return result.kind === 'launched'
    ? { ...entry, workerId: result.workerId, capacity: result.capacity, launchedAt, reason: null }
    : { ...entry, reason: `not launched: ${result.reason}` };
};

/**
 * Throws `FleetRefused` when a place can't be filled at all. One that can't be filled now stays on the roster, for the
 * next look to try it again, until its ready timeout.
 */
export const requireLaunchable = (outcome: LaunchOutcome, runId: string): void => {
  if (outcome.kind === 'refused') throw new FleetRefusedError(`Run ${runId}: ${outcome.reason}`);
};
