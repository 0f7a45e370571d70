import type { EngineRun, RunClock } from '../engine/engine.ts';
import type { DataRow } from '../plan/data-rows.ts';
import { type Epoch, firstExclusion } from '../plan/epochs.ts';
import type { Plan } from '../plan/plan.ts';
import { planStepNames } from '../plan/step-names.ts';
import type { WorkerPlace } from '../platform/ports/worker-fleet.ts';
import type { ControlDocument } from '../run/documents.ts';
import { workerName } from '../run/run-keys.ts';
import { Recorder } from '../stats/recorder.ts';
import { rowClaims } from './claim-rows.ts';
import type { WorkerEnd, WorkerLife } from './run-worker.ts';
import { segmentShipper } from './segment-shipper.ts';
import { segmentTicker } from './segment-ticker.ts';
import type { WorkerPorts } from './worker-ports.ts';

export interface ShardWork {
  readonly runId: string;
  readonly worker: WorkerPlace;
  readonly plan: Plan;
  readonly data: ReadonlyMap<string, readonly DataRow[]>;
  readonly life: WorkerLife;
  /** How many epochs it had read when it said hello. */
  readonly knownEpochs: number;
}

/** Requests under way get so long when the worker must go before its load ends. */
const goingGraceMillis = 1500;
/** Past the last instant by a little, so that the arrivals right before it are begun. */
const endSlackMillis = 50;

/** Waits for the start, then runs the engine on the shard and ships what it measures, until one of the ways to end. */
export const driveShard = async (ports: WorkerPorts, work: ShardWork): Promise<WorkerEnd> => {
  const { runId, worker, plan, data, life, knownEpochs } = work;
  const started = await waitForControl(life, hasStart);
  if (typeof started === 'string') return { reason: started, segments: 0 };
  if (started.stop !== undefined) return { reason: 'stopped', segments: 0 };

  const clock = runClock(ports, started.startAtMillis);
  const recorder = new Recorder(workerName(worker), planStepNames(plan), plan.validity);
  const shipper = segmentShipper(ports.store, runId, worker);
  let engineRun: EngineRun | undefined;
  const ticker = segmentTicker({
    clock,
    recorder,
    shipper,
    probe: ports.probe,
    segmentSeconds: started.timing.segmentSeconds,
    sockets: () => engineRun?.openSockets() ?? 0,
  });
  const goodbye = async (reason: WorkerEnd['reason']): Promise<WorkerEnd> => {
    for (const { scenario, reason: why } of engineRun?.endedScenarios() ?? [])
      recorder.scenarioEnded(scenario, why);
    ticker.finish();
    return { reason, segments: await shipper.shipped() };
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

  const run = ports.engine.start(
    {
      plan,
      shard: worker.shard,
      epochs: included.epochs,
      fromMicros: Math.max(0, clock.nowMicros()),
      data,
      guard: ports.guard,
      claimRows: rowClaims(ports.store, runId, plan),
    },
    clock,
    recorder,
  );
  engineRun = run;
  const following = followControl({ life, run, recorder, clock, exclusion });
  const ended = await Promise.race([run.finished.then(() => 'finished' as const), life.ended]);
  if (ended !== 'finished') {
    run.stop(goingGraceMillis);
    await run.finished;
  }
  following.close();
  if (ended !== 'finished') return goodbye(ended);
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
  readonly run: EngineRun;
  readonly recorder: Recorder;
  readonly clock: RunClock;
  exclusion(control: ControlDocument): Epoch | undefined;
}

/** Hands each change to the engine, and ends the engine's part at the instant of a stop or of its exclusion. */
const followControl = ({ life, run, recorder, clock, exclusion }: Following) => {
  let ending: NodeJS.Timeout | undefined;
  let released = false;
  const endAt = (instantSeconds: number, end: () => void): void => {
    const inMillis = instantSeconds * 1000 - clock.nowMicros() / 1000 + endSlackMillis;
    ending = setTimeout(end, Math.max(0, inMillis));
  };
  const stopListening = life.onControl((control) => {
    const late = run.applyEpochs(control.epochs);
    recorder.lateChange(late.missed, late.duplicated);
    if (released && control.stop === undefined) return;
    clearTimeout(ending);
    const leaving = exclusion(control);
    if (control.stop !== undefined) {
      const instant = control.epochs.at(-1)?.fromInstant ?? 0;
      endAt(instant, () => run.stop(control.timing.stopGraceSeconds * 1000));
    } else if (leaving !== undefined) {
      endAt(leaving.fromInstant, () => {
        released = true;
        run.release();
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

/** Wall time fixes the start once; from then on the clock is monotonic. */
const runClock = (ports: WorkerPorts, startAtMillis: number): RunClock => {
  const offsetMillis = ports.clock.nowMillis() - performance.now() - startAtMillis;
  return { nowMicros: () => (performance.now() + offsetMillis) * 1000 };
};
