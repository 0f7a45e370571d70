import { nativeEngine } from '../engine/native-engine.ts';
import { logEvent } from './log-event.ts';
import type { WorkerEnd } from './run-worker.ts';
import type { WorkerPorts } from './worker-ports.ts';

/** What a worker that is a process of its own has of itself. */
export type ProcessPorts = Pick<
  WorkerPorts,
  'engine' | 'threadEntry' | 'clock' | 'pid' | 'interrupted' | 'log'
>;

/** `entry`: the URL of the module that was started. From this call on SIGTERM doesn't end the process: it interrupts the worker. */
export const workerProcess = (entry: string): ProcessPorts => {
  const interruption = new AbortController();
  process.on('SIGTERM', () => interruption.abort());
  // Whoever reads its output may be killed; the worker still ends in order, by its lease.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined);
  return {
    engine: nativeEngine,
    // Beside the entry in a bundle; TypeScript in a checkout.
    threadEntry: new URL(
      entry.endsWith('.ts') ? '../../worker/engine-thread-main.ts' : './engine-thread.mjs',
      entry,
    ),
    clock: { nowMillis: () => Date.now() },
    pid: process.pid,
    interrupted: interruption.signal,
    log: logEvent,
  };
};

/** 1 when the worker failed; every other end, an early one too, is what it was asked for. */
export const exitCodeOf = (end: WorkerEnd): number => (end.reason === 'error' ? 1 : 0);
