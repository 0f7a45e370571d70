import { parentPort, workerData } from 'node:worker_threads';
import { runClock } from '../../../src/worker/run-clock.ts';

/** Tells what time it is in the run when it is asked. */
const clock = runClock(Number(workerData));
parentPort?.on('message', () => parentPort?.postMessage(clock.nowMicros()));
parentPort?.postMessage('ready');
