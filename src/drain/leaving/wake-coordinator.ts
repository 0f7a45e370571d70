import type { LeavingDocument } from './leaving-document.ts';

/** How long a coordinator may take to renew the lease, the first time after it was asked for. */
const leaseSeconds = 60;

/** Whether anything is left for the coordinator. */
export const hasHurriedDrains = ({ instances }: LeavingDocument): boolean =>
  Object.values(instances).some(
    ({ pace, endedAtMillis }) => pace === 'hurried' && endedAtMillis === undefined,
  );

/**
 * Begins a new generation when hurried drains are left and nobody's lease is valid; else the document itself.
 *
 * Invariant: as long as a hurried drain has not ended, either the lease is valid and the coordinator of `generation` will
 * read the document again before it ends, or the next news of the cluster begins a new generation, be it a duplicate.
 * - News and the lease of the generation that they begin are written together, so no second one begins for them; whoever
 *   could not wake the conductor afterwards wakes the same generation again.
 * - A coordinator gives its lease up (`leasedUntilMillis: 0`) by comparing and setting the version of the document in
 *   which it saw nothing left. News that were merged meanwhile make that fail, and it reads again.
 * - A coordinator that died renews nothing.
 */
export const wakeCoordinator = (document: LeavingDocument, nowMillis: number): LeavingDocument =>
  hasHurriedDrains(document) && document.leasedUntilMillis < nowMillis
    ? {
        ...document,
        generation: document.generation + 1,
        leasedUntilMillis: nowMillis + leaseSeconds * 1000,
      }
    : document;
