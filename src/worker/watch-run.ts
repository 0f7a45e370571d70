import { setTimeout as sleep } from 'node:timers/promises';
import { type ControlDocument, controlDocument, leaseDocument } from '../run/documents.ts';
import { runKeys } from '../run/run-keys.ts';
import { readJsonIfChanged } from '../store/stored-json.ts';
import type { WorkerPorts } from './worker-ports.ts';

/** A renewal is noticed well within the lease; reading it at every poll would cost as much as all other reads together. */
const leaseReadsPerLength = 6;

/**
 * Polls `control.json`, and less often `lease.json`, by conditional reads until the signal is aborted. A lease is stale
 * when it was read, again and again, and has not changed for its length, or is gone: that needs no clock but this worker's
 * own. A read that fails says nothing about the lease, so it starts the count again.
 */
export const watchRun = async (
  ports: Pick<WorkerPorts, 'store' | 'clock'>,
  runId: string,
  first: ControlDocument,
  on: { control(control: ControlDocument): void; leaseExpired(): void },
  until: AbortSignal,
): Promise<void> => {
  const keys = runKeys(runId);
  const { pollMillis, leaseSeconds } = first.timing;
  const leasePatienceMillis = leaseSeconds * 1000;
  let controlEtag: string | undefined;
  let leaseEtag: string | undefined;
  let unchangedSince = ports.clock.nowMillis();
  let leaseReadAt = Number.NEGATIVE_INFINITY;

  const pollControl = async (): Promise<void> => {
    const read = await readJsonIfChanged(ports.store, keys.control, controlDocument, controlEtag);
    if (read === undefined || read === 'unchanged') return;
    controlEtag = read.etag;
    on.control(read.value);
  };
  /** By count, and once more before it is taken for stale. */
  const leaseIsDue = (): boolean => {
    const now = ports.clock.nowMillis();
    return (
      now - leaseReadAt >= leasePatienceMillis / leaseReadsPerLength ||
      now - unchangedSince > leasePatienceMillis
    );
  };
  const pollLease = async (): Promise<void> => {
    leaseReadAt = ports.clock.nowMillis();
    const read = await readJsonIfChanged(ports.store, keys.lease, leaseDocument, leaseEtag);
    const now = ports.clock.nowMillis();
    if (read !== undefined && read !== 'unchanged') {
      unchangedSince = now;
      leaseEtag = read.etag;
    } else if (now - unchangedSince > leasePatienceMillis) on.leaseExpired();
  };
  while (!until.aborted) {
    await pollControl().catch(() => undefined);
    if (leaseIsDue()) {
      await pollLease().catch(() => {
        unchangedSince = ports.clock.nowMillis();
      });
    }
    await sleep(pollMillis, undefined, { signal: until }).catch(() => undefined);
  }
};
