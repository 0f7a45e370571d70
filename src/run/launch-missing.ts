import { FleetRefusedError, FleetUnavailableError } from '../errors.ts';
import type { LaunchResult } from '../platform/ports/worker-fleet.ts';
import { decideLaunch, type LaunchOutcome } from './decide-launch.ts';
import { type RosterEntry, rosterDocument } from './documents.ts';
import { renewingLease } from './renewing-lease.ts';
import { readRoster } from './roster.ts';
import { readCapacity, readPlan, requireControl } from './run-documents.ts';
import { runKeys, workerName } from './run-keys.ts';
import type { RunPorts } from './run-ports.ts';
import { updateJson } from './stored-json.ts';

/**
 * Launches every entry that is `launching` and has no worker yet, and notes the worker's id and what it runs on. A
 * launch repeated after a crash starts nothing twice: the fleet knows the place.
 */
export const launchMissing = async (ports: RunPorts, runId: string): Promise<LaunchOutcome> => {
  const roster = await readRoster(ports.store, runId);
  const places = (roster?.value.workers ?? []).filter(
    (entry) => entry.state === 'launching' && entry.workerId === null,
  );
  if (places.length === 0 || roster?.value.closing === true) return { kind: 'launched' };
  const { spot } = (await readPlan(ports.store, runId)).workers;
  const control = await requireControl(ports.store, runId);
  const results = await renewingLease(ports, control, () =>
    ports.fleet.launch(
      runId,
      places.map(({ shard, attempt }) => ({ shard, attempt })),
      spot,
    ),
  );
  const byName = new Map(results.map((result) => [workerName(result), result]));
  await updateJson(ports.store, runKeys(runId).roster, rosterDocument, (current) =>
    current === undefined
      ? undefined
      : {
          ...current,
          workers: current.workers.map((entry) => withWorker(entry, byName.get(workerName(entry)))),
        },
  );
  const fallback = (spot ?? (await readCapacity(ports.store, runId))?.spot)?.fallback ?? 'wait';
  return decideLaunch(results, fallback);
};

const withWorker = (entry: RosterEntry, result: LaunchResult | undefined): RosterEntry =>
  result?.kind === 'launched' ? { ...entry, workerId: result.workerId, capacity: result.capacity } : entry;

/** Throws `FleetUnavailable` when a place could not be filled now, `FleetRefused` when it can't be at all. */
export const requireLaunched = (outcome: LaunchOutcome, runId: string): void => {
  if (outcome.kind === 'launched') return;
  const message = `Run ${runId}: ${outcome.reason}`;
  throw outcome.kind === 'refused' ? new FleetRefusedError(message) : new FleetUnavailableError(message);
};
