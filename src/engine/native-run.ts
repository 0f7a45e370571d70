import type { Epoch } from '../plan/epochs.ts';
import type { MeasurementSink } from '../stats/measurement-sink.ts';
import { Alarm } from './alarm.ts';
import { ActiveRuns } from './arrivals/active-runs.ts';
import { ArrivalClock } from './arrivals/arrival-clock.ts';
import type { EndedScenario, LoadSource } from './arrivals/load-source.ts';
import { UserLoop } from './arrivals/user-loop.ts';
import { createTransport } from './create-transport.ts';
import type { EngineRun, EngineShard, RunClock } from './engine.ts';
import { composeExchange } from './exchange/compose-exchange.ts';
import type { LoadContext } from './load-context.ts';
import type { Transport } from './transport.ts';

/**
 * One shard's run: load is begun until the stages are over or it is stopped; what is under way then has a time to end
 * in, after which it is cut off; when all is quiet the connections are closed.
 */
export class NativeRun implements EngineRun {
  readonly finished: Promise<void>;
  readonly #clock: RunClock;
  readonly #transport: Transport;
  readonly #context: LoadContext;
  readonly #source: LoadSource;
  readonly #cutOffAlarm: Alarm;
  readonly #finishMicros: number;
  readonly #resolveFinished: () => void;
  #cutOffMicros = Number.POSITIVE_INFINITY;
  #state: 'loading' | 'ending' | 'closing' = 'loading';

  constructor(shard: EngineShard, clock: RunClock, sink: MeasurementSink) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.finished = promise;
    this.#resolveFinished = resolve;
    this.#clock = clock;
    this.#transport = createTransport(shard, clock);
    this.#context = {
      clock,
      sink,
      exchange: composeExchange(shard.plan, this.#transport, shard.guard, clock),
      timing: { serviceMicros: 0, responseMicros: 0, connectMicros: 0, bytesSent: 0, bytesReceived: 0 },
      active: new ActiveRuns(),
      openRequests: 0,
      ended: () => this.#settle(),
    };
    this.#cutOffAlarm = new Alarm(clock, () => this.#cutOff());
    this.#finishMicros = shard.plan.finishSeconds * 1e6;
    const exhausted = (): void => this.#endWithin(this.#finishMicros);
    this.#source =
      shard.plan.load.model === 'open'
        ? new ArrivalClock(shard, this.#context, exhausted)
        : new UserLoop(shard, this.#context, exhausted);
    this.#source.begin();
  }

  applyEpochs(epochs: readonly Epoch[]): { readonly missed: number; readonly duplicated: number } {
    return this.#source.applyEpochs(epochs);
  }

  release(): void {
    this.#source.close();
    this.#endWithin(this.#finishMicros);
  }

  stop(graceMillis: number): void {
    this.#source.close();
    for (const run of this.#context.active.all()) run.endSoon();
    this.#endWithin(graceMillis * 1000);
  }

  inFlight(): number {
    return this.#context.openRequests;
  }

  openSockets(): number {
    return this.#transport.openSockets;
  }

  endedScenarios(): readonly EndedScenario[] {
    return this.#source.endedScenarios();
  }

  spinMicros(): number {
    return this.#source.spinMicros();
  }

  #endWithin(micros: number): void {
    if (this.#state === 'closing') return;
    this.#state = 'ending';
    this.#cutOffMicros = Math.min(this.#cutOffMicros, this.#clock.nowMicros() + micros);
    this.#cutOffAlarm.set(this.#cutOffMicros);
    this.#settle();
  }

  #cutOff(): void {
    for (const run of this.#context.active.all()) run.cutOff();
  }

  #settle(): void {
    if (this.#state !== 'ending' || this.#context.active.size > 0) return;
    this.#state = 'closing';
    this.#source.close();
    this.#cutOffAlarm.close();
    void this.#transport.closeAll().then(this.#resolveFinished);
  }
}
