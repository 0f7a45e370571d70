import { nativeEngine } from '../../../src/engine/native-engine.ts';
import { FolderStore } from '../../../src/platform/local/folder-store.ts';
import { runWorker } from '../../../src/worker/run-worker.ts';

/** A worker process like that of the local platform, but for its threads' engine. */
const end = await runWorker(
  {
    store: new FolderStore(process.env.STORMDRAIN_HOME ?? ''),
    engine: nativeEngine,
    threadEntry: new URL('./breaking-engine-thread.ts', import.meta.url),
    processors: 2,
    allowedTargets: [],
    clock: { nowMillis: () => Date.now() },
    pid: process.pid,
    clockBoundMillis: 0,
    interrupted: new AbortController().signal,
    log: () => undefined,
  },
  process.env.STORMDRAIN_RUN_ID ?? '',
  {
    shard: Number(process.env.STORMDRAIN_SHARD),
    attempt: Number(process.env.STORMDRAIN_ATTEMPT),
  },
);
process.exitCode = end.reason === 'error' ? 1 : 0;
