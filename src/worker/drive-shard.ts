import type { RunClock } from '../engine/engine.ts';
import { type Epoch, firstExclusion } from '../plan/epochs.ts';
import type { WorkerPlace } from '../platform/ports/worker-fleet.ts';
import type { ControlDocument } from '../run/documents.ts';
import { workerName } from '../run/run-keys.ts';
import { processProbe } from './generator-probe.ts';
import type { LoadLane } from './load-lane.ts';
import { runClock, sharedMicros } from './run-clock.ts';
import type { WorkerEnd, WorkerLife } from './run-worker.ts';
import { segmentShipper } from './segment-shipper.ts';
import { segmentTicker } from './segment-ticker.ts';
import type { WorkerPorts } from './worker-ports.ts';

export interface ShardWork {
  readonly runId: string;
  readonly worker: WorkerPlace;
  /** What drives the shard, ready to start. */
  readonly load: LoadLane;
  readonly life: WorkerLife;
  /** How many epochs it had read when it said hello. */
  readonly knownEpochs: number;
}

/** Requests under way get so long when the worker must go before its load ends. */
const goingGraceMillis = 1500;
/** Past the last instant by a little, so that the arrivals right before it are begun. */
const endSlackMillis = 50;

/** Waits for the start, then lets the load go and ships what it measures, until one of the ways to end. */
export const driveShard = async (ports: WorkerPorts, work: ShardWork): Promise<WorkerEnd> => {
  const { runId, worker, load, life, knownEpochs } = work;
  const started = await waitForControl(life, hasStart);
  if (typeof started === 'string') return { reason: started, segments: 0 };
  if (started.stop !== undefined) return { reason: 'stopped', segments: 0 };

  const startsAtMicros = sharedMicros() + (started.startAtMillis - ports.clock.nowMillis()) * 1000;
  const clock = runClock(startsAtMicros);
  const shipper = segmentShipper(ports.store, runId, worker, () =>
    ports.log('first segment stored', { runId, ...worker }),
  );
  let begun: LoadLane | undefined;
  const ticker = segmentTicker({
    clock,
    shipper,
    probe: processProbe(),
    worker: workerName(worker),
    segmentSeconds: started.timing.segmentSeconds,
    load: () => begun,
  });
  const goodbye = async (reason: WorkerEnd['reason'], detail?: string): Promise<WorkerEnd> => {
    await ticker.finish();
    return { reason, segments: await shipper.shipped(), ...(detail === undefined ? {} : { detail }) };
  };

  // A worker launched for a change that has no epoch yet shows signs of life and waits for its part.
  const exclusion = (control: ControlDocument) => firstExclusion(worker.shard, knownEpochs, control.epochs);
  const included = await waitForControl(life, (control) => {
    const decided = control.stop !== undefined || exclusion(control) !== undefined;
    return decided || worker.shard < (control.epochs.at(-1)?.shardCount ?? 0) ? control : undefined;
  });
  if (typeof included === 'string') return goodbye(included);
  if (included.stop !== undefined) return goodbye('stopped');
  if (exclusion(included) !== undefined) return goodbye('released');

  load.start({ startsAtMicros, epochs: included.epochs, fromMicros: Math.max(0, clock.nowMicros()) });
  begun = load;
  ports.log('told to start', {
    runId,
    ...worker,
    startAt: new Date(started.startAtMillis).toISOString(),
    shards: included.epochs.at(-1)?.shardCount,
  });
  const following = followControl({ life, load, clock, exclusion });
  const ended = await Promise.race([load.finished, life.ended]);
  if (typeof ended === 'string' && ended !== 'finished') load.stop(goingGraceMillis);
  const last = await load.finished;
  following.close();
  if (last !== 'finished') return goodbye(last.planRefused ? 'plan refused' : 'error', last.failed);
  if (typeof ended === 'string' && ended !== 'finished') return goodbye(ended);
  if (life.current()?.stop !== undefined) return goodbye('stopped');
  return goodbye(following.released() ? 'released' : 'finished');
};

type Started = ControlDocument & { readonly startAtMillis: number };

const hasStart = (control: ControlDocument): Started | undefined =>
  control.startAtMillis !== undefined || control.stop !== undefined
    ? { ...control, startAtMillis: control.startAtMillis ?? 0 }
    : undefined;

const waitForControl = async <Wanted>(
  life: WorkerLife,
  accept: (control: ControlDocument) => Wanted | undefined,
): Promise<Wanted | 'interrupted' | 'lease expired'> => {
  let stopListening: () => void = () => undefined;
  const accepted = new Promise<Wanted>((resolve) => {
    stopListening = life.onControl((control) => {
      const wanted = accept(control);
      if (wanted !== undefined) resolve(wanted);
    });
  });
  const first = await Promise.race([accepted, life.ended]);
  stopListening();
  return first;
};

interface Following {
  readonly life: WorkerLife;
  readonly load: LoadLane;
  readonly clock: RunClock;
  exclusion(control: ControlDocument): Epoch | undefined;
}

/** Hands each change to the engine, and ends the engine's part at the instant of a stop or of its exclusion. */
const followControl = ({ life, load, clock, exclusion }: Following) => {
  let ending: NodeJS.Timeout | undefined;
  let released = false;
  const endAt = (instantSeconds: number, end: () => void): void => {
    const inMillis = instantSeconds * 1000 - clock.nowMicros() / 1000 + endSlackMillis;
    ending = setTimeout(end, Math.max(0, inMillis));
  };
  const stopListening = life.onControl((control) => {
    load.applyEpochs(control.epochs);
    if (released && control.stop === undefined) return;
    clearTimeout(ending);
    const leaving = exclusion(control);
    if (control.stop !== undefined) {
      const instant = control.epochs.at(-1)?.fromInstant ?? 0;
      endAt(instant, () => load.stop(control.timing.stopGraceSeconds * 1000));
    } else if (leaving !== undefined) {
      endAt(leaving.fromInstant, () => {
        released = true;
        load.release();
      });
    }
  });
  return {
    released: () => released,
    close() {
      stopListening();
      clearTimeout(ending);
    },
  };
};
