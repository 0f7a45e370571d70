import { writeJson } from '../store/stored-json.ts';
import { launchMissing, requireLaunchable } from './launch-missing.ts';
import { refuseEnded } from './read-summary.ts';
import { launchingEntry } from './roster.ts';
import { renewLease, requireControl } from './run-documents.ts';
import { runKeys } from './run-keys.ts';
import type { RunPorts } from './run-ports.ts';

/**
 * Puts one worker for each shard on the roster and launches those that aren't running, as many as there is room for
 * now. Retried, it launches nobody twice. Throws `FleetRefused`, `RunAlreadyEnded`.
 */
export const launchWorkers = async (
  ports: RunPorts,
  { runId }: { readonly runId: string },
): Promise<{ readonly launched: number }> => {
  const control = await requireControl(ports.store, runId);
  await refuseEnded(ports.store, runId);
  const nowMillis = ports.clock.nowMillis();
  await renewLease(ports.store, control, nowMillis);
  const workers = Array.from({ length: control.wantedWorkers }, (_, shard) =>
    launchingEntry({ shard, attempt: 0 }, nowMillis),
  );
  await writeJson(ports.store, runKeys(runId).roster, { version: 1, runId, workers }, { ifAbsent: true });
  const outcome = await launchMissing(ports, runId);
  requireLaunchable(outcome, runId);
  return { launched: workers.length - (outcome.kind === 'launched' ? 0 : outcome.shards.length) };
};
