import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';

export interface AnsweringThread extends AsyncDisposable {
  readonly url: string;
  readonly connections: () => number;
  /** Blocks this thread until so many requests have been answered in all. */
  waitForAnswers(count: number): void;
}

/** A server on a thread of its own, so that its answer is there while this thread hasn't gone back to its event loop. */
export const answeringThread = async (certificate?: {
  readonly cert: string;
  readonly key: string;
}): Promise<AnsweringThread> => {
  const counts = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(new URL('./answering-worker.ts', import.meta.url), {
    workerData: { certificate, counts },
  });
  const [address] = (await once(worker, 'message')) as [AddressInfo];
  return {
    url: `http${certificate === undefined ? '' : 's'}://127.0.0.1:${address.port}`,
    connections: () => Atomics.load(counts, 1),
    waitForAnswers(count) {
      for (let seen = Atomics.load(counts, 0); seen < count; seen = Atomics.load(counts, 0)) {
        if (Atomics.wait(counts, 0, seen, 10_000) === 'timed-out') throw new Error('no answer');
      }
    },
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
};
