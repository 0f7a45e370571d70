import { availableParallelism } from 'node:os';
import * as z from 'zod';
import { logEvent, logFailed } from '../../worker/log-event.ts';
import { runWorker } from '../../worker/run-worker.ts';
import { exitCodeOf, workerProcess } from '../../worker/worker-process.ts';
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

const runId = environment.STORMDRAIN_RUN_ID;
const place = { shard: environment.STORMDRAIN_SHARD, attempt: environment.STORMDRAIN_ATTEMPT };

try {
  const ports = workerProcess(import.meta.url);
  ports.interrupted.addEventListener('abort', () => logEvent('told to end', { runId, ...place }));
  logEvent('started', { runId, ...place });
  const end = await runWorker(
    {
      ...ports,
      store: new FolderStore(environment.STORMDRAIN_HOME),
      processors: availableParallelism(),
      allowedTargets: environment.STORMDRAIN_ALLOWED_TARGETS,
      // Every worker reads the same clock as the orchestrator.
      clockBoundMillis: 0,
    },
    runId,
    place,
  );
  logEvent('ended', { runId, ...place, ...end });
  process.exitCode = exitCodeOf(end);
} catch (error) {
  logFailed(error, { runId, ...place });
  process.exitCode = 1;
}
