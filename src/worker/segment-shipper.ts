import { setTimeout as sleep } from 'node:timers/promises';
import type { ObjectStore } from '../platform/ports/object-store.ts';
import type { WorkerPlace } from '../platform/ports/worker-fleet.ts';
import { runKeys } from '../run/run-keys.ts';
import { encodeSegmentInTurns } from '../stats/segment.ts';
import type { Tally } from '../stats/tally.ts';

export interface SegmentShipper {
  /** Queues the next segment; returns at once. */
  ship(fromSeconds: number, toSeconds: number, tally: Tally, final: boolean): void;
  /** Resolves when all that was queued is stored, with how many that is; rejects when the store failed for too long. */
  shipped(): Promise<number>;
}

/** A store that fails for longer than this has lost the measurements. */
const patienceMillis = 60_000;
const longestPauseMillis = 4_000;

/** Ships a worker's segments one after the other, so that segment n is there before n + 1. */
export const segmentShipper = (
  store: ObjectStore,
  runId: string,
  worker: WorkerPlace,
  onFirst: () => void = () => undefined,
): SegmentShipper => {
  let seq = 0;
  let last: Promise<void> = Promise.resolve();
  const put = async (key: string, body: Uint8Array): Promise<void> => {
    const giveUpAt = Date.now() + patienceMillis;
    for (let pauseMillis = 100; ; pauseMillis = Math.min(longestPauseMillis, pauseMillis * 2)) {
      try {
        // Written by this worker alone: a retry writes the same bytes.
        await store.put(key, body);
        return;
      } catch (error) {
        if (Date.now() > giveUpAt) throw error;
      }
      await sleep(pauseMillis * Math.random());
    }
  };
  return {
    ship(fromSeconds, toSeconds, tally, final) {
      const number = seq++;
      const segment = { runId, ...worker, seq: number, final, fromSeconds, toSeconds, tally };
      const encoded = encodeSegmentInTurns(segment);
      const key = runKeys(runId).segment(worker, number);
      last = last.then(async () => put(key, await encoded));
      if (number === 0) last = last.then(onFirst);
      // Heard where it is awaited, in shipped().
      last.catch(() => undefined);
    },
    async shipped() {
      await last;
      return seq;
    },
  };
};
