import type { FailureKind, MeasurementSink, RequestTiming } from './measurement-sink.ts';
import {
  countDrops,
  countError,
  emptyTally,
  generatorOf,
  secondOf,
  stepOf,
  stepOfSecond,
  type Tally,
} from './tally.ts';

/** One look at the generator itself, over the time since the look before. */
export interface HealthSample {
  /** Microseconds since the run's start. */
  readonly fromMicros: number;
  readonly toMicros: number;
  readonly cpuMicros: number;
  readonly eventLoopLagMaxMicros: number;
  readonly memoryBytes: number;
  readonly sockets: number;
}

export interface HealthLimits {
  readonly cpuFraction: number;
  readonly eventLoopLagMillis: number;
}

const shortestSampleMicros = 500_000;

/** Collects what one worker measures; `cut` hands over what there is since the cut before. */
export class Recorder implements MeasurementSink {
  #tally: Tally = emptyTally();
  readonly #worker: string;
  readonly #stepNames: readonly string[];
  readonly #limits: HealthLimits;
  #inFlight = 0;
  #busyUntilMicros = 0;

  /** `worker` is `shard/attempt`; steps are named by their index in `planStepNames`. */
  constructor(worker: string, stepNames: readonly string[], limits: HealthLimits) {
    this.#worker = worker;
    this.#stepNames = stepNames;
    this.#limits = limits;
  }

  arrived(at: number, lagMicros: number): void {
    this.#second(at).arrived++;
    this.#tally.sendLag.record(lagMicros);
  }

  dropped(at: number, reason: string): void {
    const second = this.#second(at);
    second.dropped++;
    // Due in a stall and reported after it: the sample that covers the instant has been taken already.
    if (at < this.#busyUntilMicros) second.droppedBusy++;
    countDrops(this.#tally, reason, 1);
  }

  requestStarted(_step: number, at: number): void {
    this.#second(at).started++;
    this.#inFlight++;
  }

  requestCompleted(step: number, at: number, timing: RequestTiming): void {
    const name = this.#name(step);
    const second = this.#second(at);
    second.completed++;
    this.#inFlight--;
    second.bytesSent += timing.bytesSent;
    second.bytesReceived += timing.bytesReceived;
    second.response.record(timing.responseMicros);
    second.service.record(timing.serviceMicros);
    stepOfSecond(second, name).completed++;
    const total = stepOf(this.#tally, name);
    total.completed++;
    total.response.record(timing.responseMicros);
    total.service.record(timing.serviceMicros);
    if (timing.connectMicros > 0) this.#tally.connect.record(timing.connectMicros);
  }

  requestFailed(step: number, at: number, timing: RequestTiming, kind: FailureKind, example: string): void {
    const name = this.#name(step);
    const second = this.#second(at);
    second.failed++;
    this.#inFlight--;
    second.bytesSent += timing.bytesSent;
    second.bytesReceived += timing.bytesReceived;
    stepOfSecond(second, name).failed++;
    const total = stepOf(this.#tally, name);
    total.failed++;
    total.failedResponse.record(timing.responseMicros);
    countError(this.#tally, kind, name, 1, example);
  }

  lateChange(missed: number, duplicated: number): void {
    this.#tally.lateMissed += missed;
    this.#tally.duplicated += duplicated;
  }

  scenarioEnded(scenario: string, reason: string): void {
    this.#tally.endedScenarios.set(scenario, reason);
  }

  /** Marks the seconds the sample covers; drops in them count as the generator's when it was over its limits. Notes what is in flight. */
  sampleHealth(sample: HealthSample): void {
    const wallMicros = sample.toMicros - sample.fromMicros;
    // Over a few milliseconds a garbage collection looks like a busy generator.
    const cpuFraction = wallMicros < shortestSampleMicros ? 0 : sample.cpuMicros / wallMicros;
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
    generator.cpuMicros += sample.cpuMicros;
    generator.wallMicros += wallMicros;
    generator.peakCpuFraction = Math.max(generator.peakCpuFraction, cpuFraction);
    generator.eventLoopLagMaxMicros = Math.max(generator.eventLoopLagMaxMicros, sample.eventLoopLagMaxMicros);
    generator.peakMemoryBytes = Math.max(generator.peakMemoryBytes, sample.memoryBytes);
    generator.peakSockets = Math.max(generator.peakSockets, sample.sockets);
  }

  cut(): Tally {
    const cut = this.#tally;
    this.#tally = emptyTally();
    return cut;
  }

  #second(at: number) {
    return secondOf(this.#tally, Math.floor(at / 1e6));
  }

  #name(step: number): string {
    return this.#stepNames[step] ?? `step ${step}`;
  }
}
