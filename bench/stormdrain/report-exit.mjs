// @ts-check
/** Loaded into every process of stormdrain before its own code: at its end it writes down what it cost. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { isMainThread } from 'node:worker_threads';

const folder = process.env.STORMDRAIN_BENCH_EXITS;

if (isMainThread && folder !== undefined) {
  process.once('exit', () => {
    // Of the process with all its threads, since its start: also what came before this module.
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    const report = {
      isWorker: process.env.STORMDRAIN_SHARD !== undefined,
      cpuMicros: userCPUTime + systemCPUTime,
      peakMemoryBytes: maxRSS * 1024,
    };
    writeFileSync(join(folder, `${process.pid}.json`), JSON.stringify(report));
  });
}
