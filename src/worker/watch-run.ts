import { setTimeout as sleep } from 'node:timers/promises';
import { type ControlDocument, controlDocument, leaseDocument } from '../run/documents.ts';
import { runKeys } from '../run/run-keys.ts';
import { readJsonIfChanged } from '../run/stored-json.ts';
import type { WorkerPorts } from './worker-ports.ts';

/**
 * Polls `control.json` and `lease.json` by conditional reads until the signal is aborted. A lease is stale when it
 * was read, again and again, and has not changed for its length, or is gone: that needs no clock but this worker's own. A read
 * that fails says nothing about the lease, so it starts the count again.
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

  const pollControl = async (): Promise<void> => {
    const read = await readJsonIfChanged(ports.store, keys.control, controlDocument, controlEtag);
    if (read === undefined || read === 'unchanged') return;
    controlEtag = read.etag;
    on.control(read.value);
  };
  const pollLease = async (): Promise<void> => {
    const read = await readJsonIfChanged(ports.store, keys.lease, leaseDocument, leaseEtag);
    const now = ports.clock.nowMillis();
    if (read !== undefined && read !== 'unchanged') {
      unchangedSince = now;
      leaseEtag = read.etag;
    } else if (now - unchangedSince > leasePatienceMillis) on.leaseExpired();
  };
  while (!until.aborted) {
    await pollControl().catch(() => undefined);
    await pollLease().catch(() => {
      unchangedSince = ports.clock.nowMillis();
    });
    await sleep(pollMillis, undefined, { signal: until }).catch(() => undefined);
  }
};
