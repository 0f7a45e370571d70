import { addThread, type ThreadTally } from './generator-tally.ts';
import type { FailureKind, MeasurementSink, RequestTiming } from './measurement-sink.ts';
import {
  countDrops,
  countError,
  emptyTally,
  generatorOf,
  rowOf,
  type SecondTally,
  type StepCounts,
  type StepTally,
  secondOf,
  stepOf,
  stepOfSecond,
  type Tally,
} from './tally.ts';

/** One look at the thread that generates the load, over the time since the look before. */
export interface HealthSample extends ThreadTally {
  /** Its number in the worker. */
  readonly thread: number;
  /** Microseconds since the run's start. */
  readonly fromMicros: number;
  readonly toMicros: number;
  readonly eventLoopLagMaxMicros: number;
  readonly gcMicros: number;
  readonly gcMaxMicros: number;
  readonly spinMicros: number;
}

export interface HealthLimits {
  readonly cpuFraction: number;
  readonly eventLoopLagMillis: number;
}

const shortestSampleMicros = 500_000;
/** Half of one: a request's instant is got back by subtraction, which may be off by a rounding. */
const roundingMicros = 0.5;

/** Collects what one worker measures; `cut` hands over what there is since the cut before. */
export class Recorder implements MeasurementSink {
  #tally: Tally = emptyTally();
  readonly #worker: string;
  readonly #stepNames: readonly string[];
  readonly #limits: HealthLimits;
  /** What was due before this belongs to the warm-up. */
  readonly #measuredFromMicros: number;
  /** The row used last, its steps and the totals of steps, by step: looking them up by name for each request would cost more than recording. */
  #rowSecond = Number.NaN;
  #row: SecondTally | undefined;
  readonly #rowSteps: (StepCounts | undefined)[] = [];
  readonly #totals: (StepTally | undefined)[] = [];
  #inFlight = 0;
  #busyUntilMicros = 0;

  /** `worker` is `shard/attempt`; steps are named by their index in `planStepNames`. */
  constructor(worker: string, stepNames: readonly string[], limits: HealthLimits, warmupSeconds: number) {
    this.#worker = worker;
    this.#stepNames = stepNames;
    this.#limits = limits;
    this.#measuredFromMicros =
      warmupSeconds > 0 ? warmupSeconds * 1e6 - roundingMicros : Number.NEGATIVE_INFINITY;
  }

  arrived(at: number, lagMicros: number): void {
    this.#second(at).arrived++;
    if (at < this.#measuredFromMicros) this.#warmup(at).arrived++;
    else this.#tally.sendLag.record(lagMicros);
  }

  dropped(at: number, reason: string): void {
    const second = this.#second(at);
    second.dropped++;
    // Due in a stall and reported after it: the sample that covers the instant has been taken already.
    if (at < this.#busyUntilMicros) second.droppedBusy++;
    if (at < this.#measuredFromMicros) this.#warmup(at).dropped++;
    countDrops(this.#tally, reason, 1);
  }

  requestStarted(_step: number, at: number): void {
    this.#second(at).started++;
    this.#inFlight++;
  }

  requestCompleted(step: number, at: number, timing: RequestTiming): void {
    const second = this.#second(at);
    second.completed++;
    this.#inFlight--;
    second.bytesSent += timing.bytesSent;
    second.bytesReceived += timing.bytesReceived;
    second.response.record(timing.responseMicros);
    second.service.record(timing.serviceMicros);
    this.#stepOfSecond(second, step).completed++;
    if (at - timing.responseMicros < this.#measuredFromMicros) {
      const warmup = this.#warmup(at);
      warmup.completed++;
      warmup.response.record(timing.responseMicros);
      warmup.service.record(timing.serviceMicros);
      stepOfSecond(warmup, this.#name(step)).completed++;
      return;
    }
    const total = this.#total(step);
    total.completed++;
    total.response.record(timing.responseMicros);
    total.service.record(timing.serviceMicros);
    if (timing.connectMicros > 0) this.#tally.connect.record(timing.connectMicros);
  }

  requestFailed(step: number, at: number, timing: RequestTiming, kind: FailureKind, example: string): void {
    const second = this.#second(at);
    second.failed++;
    this.#inFlight--;
    second.bytesSent += timing.bytesSent;
    second.bytesReceived += timing.bytesReceived;
    this.#stepOfSecond(second, step).failed++;
    countError(this.#tally, kind, this.#name(step), 1, example);
    if (at - timing.responseMicros < this.#measuredFromMicros) {
      const warmup = this.#warmup(at);
      warmup.failed++;
      stepOfSecond(warmup, this.#name(step)).failed++;
      return;
    }
    const total = this.#total(step);
    total.failed++;
    total.failedResponse.record(timing.responseMicros);
  }

  /** Arrivals owed under an epoch that was read too late are missed by themselves: nobody reports them. */
  sentTwice(duplicated: number): void {
    this.#tally.duplicated += duplicated;
  }

  scenarioEnded(scenario: string, reason: string): void {
    this.#tally.endedScenarios.set(scenario, reason);
  }

  /** Marks the seconds the sample covers; drops in them count as the generator's when it was over its limits. Notes what is in flight. */
  sampleHealth(sample: HealthSample): void {
    const wallMicros = sample.toMicros - sample.fromMicros;
    // Over a few milliseconds a garbage collection looks like a busy generator.
    // Spinning is a way to wait, not work that there is too much of.
    const workedMicros = Math.max(0, sample.cpuMicros - sample.spinMicros);
    const cpuFraction = wallMicros < shortestSampleMicros ? 0 : workedMicros / wallMicros;
    const busy =
      cpuFraction > this.#limits.cpuFraction ||
      sample.eventLoopLagMaxMicros > this.#limits.eventLoopLagMillis * 1000;
    for (const [second, row] of this.#tally.seconds) {
      if ((second + 1) * 1e6 <= sample.fromMicros || second * 1e6 >= sample.toMicros) continue;
      row.cpuFraction = Math.max(row.cpuFraction, cpuFraction);
      row.eventLoopLagMicros = Math.max(row.eventLoopLagMicros, sample.eventLoopLagMaxMicros);
      if (busy) row.droppedBusy = row.dropped;
    }
    if (busy) this.#busyUntilMicros = sample.toMicros;
    const ended = Math.floor(sample.toMicros / 1e6) - 1;
    if (ended * 1e6 >= sample.fromMicros - 1e6 && ended >= 0)
      secondOf(this.#tally, ended).inFlight = this.#inFlight;
    const generator = generatorOf(this.#tally, this.#worker);
    generator.peakCpuFraction = Math.max(generator.peakCpuFraction, cpuFraction);
    generator.eventLoopLagMaxMicros = Math.max(generator.eventLoopLagMaxMicros, sample.eventLoopLagMaxMicros);
    generator.gcMicros += sample.gcMicros;
    generator.gcMaxMicros = Math.max(generator.gcMaxMicros, sample.gcMaxMicros);
    generator.spinMicros += sample.spinMicros;
    addThread(generator, sample.thread, sample);
  }

  cut(): Tally {
    const cut = this.#tally;
    this.#tally = emptyTally();
    this.#rowSecond = Number.NaN;
    this.#totals.length = 0;
    return cut;
  }

  #second(at: number): SecondTally {
    const second = Math.floor(at / 1e6);
    if (second === this.#rowSecond && this.#row !== undefined) return this.#row;
    this.#rowSecond = second;
    this.#rowSteps.length = 0;
    this.#row = secondOf(this.#tally, second);
    return this.#row;
  }

  #warmup(at: number): SecondTally {
    return rowOf(this.#tally.warmup, Math.floor(at / 1e6));
  }

  /** Of the row used last. */
  #stepOfSecond(row: SecondTally, step: number): StepCounts {
    let counts = this.#rowSteps[step];
    if (counts === undefined) {
      counts = stepOfSecond(row, this.#name(step));
      this.#rowSteps[step] = counts;
    }
    return counts;
  }

  #total(step: number): StepTally {
    let total = this.#totals[step];
    if (total === undefined) {
      total = stepOf(this.#tally, this.#name(step));
      this.#totals[step] = total;
    }
    return total;
  }

  #name(step: number): string {
    return this.#stepNames[step] ?? `step ${step}`;
  }
}
