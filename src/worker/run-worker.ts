import { shapeSeconds } from '../plan/load-shape.ts';
import type { Plan } from '../plan/plan.ts';
import type { WorkerPlace } from '../platform/ports/worker-fleet.ts';
import type { ControlDocument, ExitDocument } from '../run/documents.ts';
import { readPlan, requireControl } from '../run/run-documents.ts';
import { runKeys } from '../run/run-keys.ts';
import { writeJson } from '../store/stored-json.ts';
import { driveShard } from './drive-shard.ts';
import { type LoadLane, laneFailure } from './load-lane.ts';
import { openLanes } from './open-lanes.ts';
import { watchRun } from './watch-run.ts';
import type { WorkerPorts } from './worker-ports.ts';

export type WorkerEnd = Pick<ExitDocument, 'reason' | 'segments' | 'detail'>;

/** When everything else fails, a worker ends by itself so long after the last arrival may still be under way. */
const lastResortSeconds = 60;
/** Before the start is known: a shard's worker is replaced a few times at most. */
const startsAtMost = 5;

/**
 * A worker's life: reads its shard, says hello, waits for the start instant, drives the engine, ships segments, says
 * goodbye. Ends with the load, with a stop, when it is interrupted, or when nobody renews the run's lease.
 */
export const runWorker = async (
  ports: WorkerPorts,
  runId: string,
  worker: WorkerPlace,
): Promise<WorkerEnd> => {
  const plan = await readPlan(ports.store, runId);
  const control = await requireControl(ports.store, runId);
  const load = await openLanes(ports, runId, worker, plan).catch(async (error: unknown) => {
    const { failed, planRefused } = laneFailure(error);
    const reason = planRefused ? 'plan refused' : 'error';
    await sayGoodbye(ports, runId, worker, { reason, segments: 0, detail: failed });
    throw error;
  });
  try {
    return await live(ports, { runId, worker, plan, control, load });
  } finally {
    await load.close();
  }
};

interface Readiness {
  readonly runId: string;
  readonly worker: WorkerPlace;
  readonly plan: Plan;
  readonly control: ControlDocument;
  readonly load: LoadLane;
}

const live = async (ports: WorkerPorts, ready: Readiness): Promise<WorkerEnd> => {
  const { runId, worker, plan, control, load } = ready;
  const keys = runKeys(runId);
  await writeJson(ports.store, keys.hello(worker), {
    version: 1,
    runId,
    ...worker,
    pid: ports.pid,
    at: new Date(ports.clock.nowMillis()).toISOString(),
    epochs: control.epochs.length,
    clockBoundMillis: ports.clockBoundMillis,
  });
  ports.log('ready', { runId, ...worker });

  const watching = new AbortController();
  const life = lifeOf(ports, plan);
  const watch = watchRun(
    ports,
    runId,
    control,
    { control: life.control, leaseExpired: () => life.end('lease expired') },
    watching.signal,
  );
  let end: WorkerEnd;
  try {
    end = await driveShard(ports, { runId, worker, load, life, knownEpochs: control.epochs.length });
  } finally {
    watching.abort();
    life.close();
    await watch;
  }
  await sayGoodbye(ports, runId, worker, end);
  return end;
};

const sayGoodbye = async (
  ports: WorkerPorts,
  runId: string,
  worker: WorkerPlace,
  end: WorkerEnd,
): Promise<void> => {
  await writeJson(ports.store, runKeys(runId).exit(worker), {
    version: 1,
    runId,
    ...worker,
    at: new Date(ports.clock.nowMillis()).toISOString(),
    ...end,
  });
};

/** What reaches a worker from outside while it works. */
export interface WorkerLife {
  /** The newest control; undefined before the first was polled. */
  current(): ControlDocument | undefined;
  /** Calls back with the newest control, now and after each change, until the returned function is called. */
  onControl(listener: (control: ControlDocument) => void): () => void;
  /** Resolves when the worker has to go before its load ends. */
  readonly ended: Promise<'interrupted' | 'lease expired'>;
}

const lifeOf = (ports: WorkerPorts, plan: Plan) => {
  let newest: ControlDocument | undefined;
  let startKnown = false;
  const listeners = new Set<(control: ControlDocument) => void>();
  let end: (reason: 'interrupted' | 'lease expired') => void = () => undefined;
  const ended = new Promise<'interrupted' | 'lease expired'>((resolve) => {
    end = resolve;
  });
  const interrupt = (): void => end('interrupted');
  ports.interrupted.addEventListener('abort', interrupt, { once: true });
  if (ports.interrupted.aborted) interrupt();
  const wholeMillis = (shapeSeconds(plan.load.stages) + plan.finishSeconds + lastResortSeconds) * 1000;
  const endWithin = (millis: number): NodeJS.Timeout =>
    setTimeout(() => end('lease expired'), Math.min(Math.max(0, millis), 2 ** 31 - 1));
  let lastResort = endWithin(wholeMillis + startsAtMost * plan.workers.readyTimeoutSeconds * 1000);
  return {
    ended,
    end: (reason: 'interrupted' | 'lease expired') => end(reason),
    current: () => newest,
    control(control: ControlDocument) {
      newest = control;
      if (control.startAtMillis !== undefined && !startKnown) {
        startKnown = true;
        clearTimeout(lastResort);
        lastResort = endWithin(control.startAtMillis + wholeMillis - ports.clock.nowMillis());
      }
      for (const listener of [...listeners]) listener(control);
    },
    onControl(listener: (control: ControlDocument) => void) {
      listeners.add(listener);
      if (newest !== undefined) listener(newest);
      return () => listeners.delete(listener);
    },
    close() {
      clearTimeout(lastResort);
      ports.interrupted.removeEventListener('abort', interrupt);
    },
  };
};
