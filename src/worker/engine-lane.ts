import type { Engine, EngineRun, EngineShard, RunClock } from '../engine/engine.ts';
import { addressGuard } from '../plan/allowed-targets.ts';
import type { Epoch } from '../plan/epochs.ts';
import { planStepNames } from '../plan/step-names.ts';
import { workerName } from '../run/run-keys.ts';
import { Recorder } from '../stats/recorder.ts';
import type { Tally } from '../stats/tally.ts';
import { threadProbe } from './generator-probe.ts';
import type { LaneSetup } from './lane-messages.ts';
import { type ClaimRows, type LaneFailure, type LaneStart, type LoadLane, laneFailure } from './load-lane.ts';
import { loadParts } from './load-parts.ts';
import { runClock } from './run-clock.ts';

interface Started {
  readonly run: EngineRun;
  readonly clock: RunClock;
}

/** A lane in the thread that made it. */
export class EngineLane implements LoadLane {
  readonly finished: Promise<'finished' | LaneFailure>;
  readonly #engine: Engine;
  readonly #setup: LaneSetup;
  readonly #shard: Omit<EngineShard, 'epochs' | 'fromMicros'>;
  readonly #recorder: Recorder;
  readonly #probe = threadProbe();
  readonly #resolveFinished: (end: 'finished' | LaneFailure) => void;
  #started: Started | undefined;
  #lookedMicros = 0;
  #spinMicros = 0;

  private constructor(engine: Engine, setup: LaneSetup, shard: Omit<EngineShard, 'epochs' | 'fromMicros'>) {
    const { plan, worker } = setup;
    const { promise, resolve } = Promise.withResolvers<'finished' | LaneFailure>();
    this.finished = promise;
    this.#resolveFinished = resolve;
    this.#engine = engine;
    this.#setup = setup;
    this.#shard = shard;
    this.#recorder = new Recorder(workerName(worker), planStepNames(plan), plan.validity, plan.warmupSeconds);
  }

  /** Reads data and hooks, so that the start itself takes no time. Throws when they can't be read. */
  static async open(engine: Engine, setup: LaneSetup, claimRows: ClaimRows): Promise<EngineLane> {
    const { plan, worker, lane, uploads, allowedTargets } = setup;
    const parts = await loadParts(plan, uploads);
    const guard = addressGuard(allowedTargets);
    return new EngineLane(engine, setup, { plan, shard: worker.shard, lane, ...parts, guard, claimRows });
  }

  start({ startsAtMicros, epochs, fromMicros }: LaneStart): void {
    const clock = runClock(startsAtMicros);
    this.#probe.look();
    this.#lookedMicros = Math.max(0, clock.nowMicros());
    try {
      const run = this.#engine.start({ ...this.#shard, epochs, fromMicros }, clock, this.#recorder);
      this.#started = { run, clock };
      void run.finished.then(() => this.#resolveFinished('finished'));
    } catch (error) {
      console.error(error);
      this.#resolveFinished(laneFailure(error));
    }
  }

  applyEpochs(epochs: readonly Epoch[]): void {
    const late = this.#started?.run.applyEpochs(epochs);
    if (late !== undefined) this.#recorder.sentTwice(late.duplicated);
  }

  release(): void {
    this.#started?.run.release();
  }

  stop(graceMillis: number): void {
    this.#started?.run.stop(graceMillis);
  }

  look(): void {
    if (this.#started === undefined) return;
    const { run, clock } = this.#started;
    const toMicros = clock.nowMicros();
    const fromMicros = this.#lookedMicros;
    const figures = this.#probe.look();
    if (toMicros <= fromMicros) return;
    const spunMicros = run.spinMicros?.() ?? 0;
    this.#recorder.sampleHealth({
      ...figures,
      thread: this.#setup.lane.index,
      fromMicros,
      toMicros,
      spinMicros: spunMicros - this.#spinMicros,
    });
    this.#lookedMicros = toMicros;
    this.#spinMicros = spunMicros;
  }

  openSockets(): number {
    return this.#started?.run.openSockets() ?? 0;
  }

  async cut(): Promise<Tally> {
    for (const { scenario, reason } of this.#started?.run.endedScenarios() ?? [])
      this.#recorder.scenarioEnded(scenario, reason);
    return this.#recorder.cut();
  }

  async close(): Promise<void> {
    this.#probe.close();
  }
}
