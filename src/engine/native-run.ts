import type { Epoch } from '../plan/epochs.ts';
import type { MeasurementSink } from '../stats/measurement-sink.ts';
import { AddressBook } from './address-book.ts';
import { Alarm } from './alarm.ts';
import { ArrivalClock } from './arrival-clock.ts';
import { ConnectionPool } from './connection-pool.ts';
import type { EngineRun, EngineShard, RunClock } from './engine.ts';
import type { LoadContext } from './load-context.ts';
import type { EndedScenario, LoadSource } from './load-source.ts';
import type { ScenarioRun } from './run-scenario.ts';
import { UserLoop } from './user-loop.ts';

const readBufferBytes = 64 * 1024;
const idleSeconds = 30;

/**
 * One shard's run: load is begun until the stages are over or it is stopped; what is under way then has a time to end
 * in, after which it is cut off; when all is quiet the connections are closed.
 */
export class NativeRun implements EngineRun {
  readonly finished: Promise<void>;
  readonly #clock: RunClock;
  readonly #pool: ConnectionPool;
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
    this.#pool = new ConnectionPool({
      clock,
      addresses: new AddressBook(shard.guard, clock),
      readBuffer: Buffer.allocUnsafeSlow(readBufferBytes),
      idleSeconds,
    });
    this.#context = {
      clock,
      sink,
      pool: this.#pool,
      timing: { serviceMicros: 0, responseMicros: 0, connectMicros: 0, bytesSent: 0, bytesReceived: 0 },
      active: new Set<ScenarioRun>(),
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
    for (const run of [...this.#context.active]) run.endSoon();
    this.#endWithin(graceMillis * 1000);
  }

  inFlight(): number {
    return this.#context.openRequests;
  }

  openSockets(): number {
    return this.#pool.openSockets;
  }

  endedScenarios(): readonly EndedScenario[] {
    return this.#source.endedScenarios();
  }

  #endWithin(micros: number): void {
    if (this.#state === 'closing') return;
    this.#state = 'ending';
    this.#cutOffMicros = Math.min(this.#cutOffMicros, this.#clock.nowMicros() + micros);
    this.#cutOffAlarm.set(this.#cutOffMicros);
    this.#settle();
  }

  #cutOff(): void {
    for (const run of [...this.#context.active]) run.cutOff();
  }

  #settle(): void {
    if (this.#state !== 'ending' || this.#context.active.size > 0) return;
    this.#state = 'closing';
    this.#source.close();
    this.#cutOffAlarm.close();
    void this.#pool.closeAll().then(this.#resolveFinished);
  }
}
