import type { RosterEntry } from './documents.ts';
import { workerName } from './run-keys.ts';
import type { RunPorts } from './run-ports.ts';

/** Tells of the workers that are lost now and were not before. */
export const tellLost = async (
  ports: Pick<RunPorts, 'events'>,
  runId: string,
  before: readonly RosterEntry[],
  after: readonly RosterEntry[],
): Promise<void> => {
  const known = new Set(before.filter((entry) => entry.state === 'lost').map(workerName));
  for (const { shard, attempt, state, reason, endedAt } of after) {
    if (state !== 'lost' || known.has(workerName({ shard, attempt }))) continue;
    await ports.events.tell({
      type: 'worker.lost',
      runId,
      shard,
      attempt,
      reason: reason ?? 'unknown',
      at: endedAt ?? '',
    });
  }
};
