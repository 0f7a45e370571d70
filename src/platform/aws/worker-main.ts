import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod/mini';
import { logEvent as log, logFailed } from '../../worker/log-event.ts';
import { runWorker } from '../../worker/run-worker.ts';
import { exitCodeOf, workerProcess } from '../../worker/worker-process.ts';
import { awsClientOptions } from './aws-client-options.ts';
import { type WorkerEnvironment, workerEnvironment } from './environment.ts';
import { findPlace } from './find-place.ts';
import { S3Store } from './s3-store.ts';
import { readTaskMetadata, type TaskMetadata } from './task-metadata.ts';

/** Beside 0 for every orderly end, and 1 for a failure. */
const exitCodes = { wrongEnvironment: 2, noPlace: 3, outOfTime: 4 };

/** ECS kills a container 120 s after SIGTERM, at the latest: before that, it says why it has not ended by itself. */
const lastWordMillis = 115_000;

/** The composition root of a worker in an ECS task. Writes a line of JSON for each thing that happens. */
const work = async (environment: WorkerEnvironment): Promise<number> => {
  const runId = environment.STORMDRAIN_RUN_ID;
  const ports = workerProcess(import.meta.url);
  const { clock, interrupted } = ports;
  interrupted.addEventListener('abort', () => {
    log('told to end', { runId });
    setTimeout(() => {
      log('out of time', { runId, afterMillis: lastWordMillis });
      process.exit(exitCodes.outOfTime);
    }, lastWordMillis).unref();
  });
  const store = new S3Store(new S3Client(awsClientOptions()), environment.STORMDRAIN_BUCKET);
  const task = await readTaskMetadata(environment.ECS_CONTAINER_METADATA_URI_V4, { sleep });
  log('started', { runId, ...task });

  const search = await findPlace({
    store,
    key: environment.STORMDRAIN_PLACES,
    taskArn: task.taskArn,
    interrupted,
    time: { nowMillis: clock.nowMillis, sleep: (millis, signal) => sleep(millis, undefined, { signal }) },
  });
  if (search.kind !== 'found') {
    log('no place', { runId, why: search.kind, key: environment.STORMDRAIN_PLACES });
    return search.kind === 'not told' ? exitCodes.noPlace : 0;
  }
  log('placed', { runId, ...search.place });

  const end = await runWorker(
    {
      ...ports,
      store,
      processors: processorsOf(task),
      allowedTargets: environment.STORMDRAIN_ALLOWED_TARGETS,
      clockBoundMillis: task.clockBoundMillis,
    },
    runId,
    search.place,
  );
  log('ended', { runId, ...search.place, ...end });
  return exitCodeOf(end);
};

/** What the task may use, which can be less than what its host shows. */
const processorsOf = ({ vcpus }: TaskMetadata): number =>
  Math.max(1, Math.min(availableParallelism(), Math.floor(vcpus ?? Number.POSITIVE_INFINITY)));

const environment = workerEnvironment.safeParse(process.env);
if (!environment.success) {
  log('wrong environment', { problems: z.prettifyError(environment.error) });
  process.exitCode = exitCodes.wrongEnvironment;
} else {
  try {
    process.exitCode = await work(environment.data);
  } catch (error) {
    logFailed(error, { runId: environment.data.STORMDRAIN_RUN_ID });
    process.exitCode = 1;
  }
}
