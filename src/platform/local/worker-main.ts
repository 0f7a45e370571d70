import { availableParallelism } from 'node:os';
import { z } from 'zod';
import { nativeEngine } from '../../engine/native-engine.ts';
import { runWorker } from '../../worker/run-worker.ts';
import { FolderStore } from './folder-store.ts';

/** The composition root of a worker process on this machine; its place comes in the environment. */
const environment = z
  .object({
    STORMDRAIN_HOME: z.string().min(1),
    STORMDRAIN_RUN_ID: z.string().min(1),
    STORMDRAIN_SHARD: z.coerce.number().int().nonnegative(),
    STORMDRAIN_ATTEMPT: z.coerce.number().int().nonnegative(),
    STORMDRAIN_ALLOWED_TARGETS: z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text))),
  })
  .parse(process.env);

const interruption = new AbortController();
process.on('SIGTERM', () => interruption.abort());

/** Beside this module in the published package; TypeScript in a checkout. */
const threadEntry = new URL(
  import.meta.url.endsWith('.ts') ? '../../worker/engine-thread-main.ts' : './engine-thread.mjs',
  import.meta.url,
);

try {
  const end = await runWorker(
    {
      store: new FolderStore(environment.STORMDRAIN_HOME),
      engine: nativeEngine,
      threadEntry,
      processors: availableParallelism(),
      allowedTargets: environment.STORMDRAIN_ALLOWED_TARGETS,
      clock: { nowMillis: () => Date.now() },
      pid: process.pid,
      // Every worker reads the same clock as the orchestrator.
      clockBoundMillis: 0,
      interrupted: interruption.signal,
    },
    environment.STORMDRAIN_RUN_ID,
    { shard: environment.STORMDRAIN_SHARD, attempt: environment.STORMDRAIN_ATTEMPT },
  );
  console.log(`${new Date().toISOString()} ended: ${end.reason}, ${end.segments} segments shipped`);
  process.exitCode = end.reason === 'error' ? 1 : 0;
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
