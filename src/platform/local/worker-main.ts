import { z } from 'zod';
import { nativeEngine } from '../../engine/native-engine.ts';
import { addressGuard } from '../../plan/allowed-targets.ts';
import { processProbe } from '../../worker/generator-probe.ts';
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

const probe = processProbe();
try {
  const end = await runWorker(
    {
      store: new FolderStore(environment.STORMDRAIN_HOME),
      engine: nativeEngine,
      guard: addressGuard(environment.STORMDRAIN_ALLOWED_TARGETS),
      clock: { nowMillis: () => Date.now() },
      probe,
      pid: process.pid,
      // Every worker reads the same clock as the orchestrator.
      clockBoundMillis: 0,
      interrupted: interruption.signal,
    },
    environment.STORMDRAIN_RUN_ID,
    { shard: environment.STORMDRAIN_SHARD, attempt: environment.STORMDRAIN_ATTEMPT },
  );
  console.log(`${new Date().toISOString()} ended: ${end.reason}, ${end.segments} segments shipped`);
  process.exitCode = 0;
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  probe.close();
}
