import type { RosterEntry } from './documents.ts';
import { forEachAtOnce } from './for-each-at-once.ts';
import { workerName } from './run-keys.ts';
import type { RunPorts } from './run-ports.ts';

const toldAtOnce = 16;

/** Tells of the workers that are lost now and were not before. */
export const tellLost = async (
  ports: Pick<RunPorts, 'events'>,
  runId: string,
  before: readonly RosterEntry[],
  after: readonly RosterEntry[],
): Promise<void> => {
  const known = new Set(before.filter((entry) => entry.state === 'lost').map(workerName));
  const lost = after.filter((entry) => entry.state === 'lost' && !known.has(workerName(entry)));
  // Hundreds may be interrupted at once, and their replacements wait for this.
  await forEachAtOnce(lost, toldAtOnce, ({ shard, attempt, reason, endedAt }) =>
    ports.events.tell({
      type: 'worker.lost',
      runId,
      shard,
      attempt,
      reason: reason ?? 'unknown',
      at: endedAt ?? '',
    }),
  );
};
