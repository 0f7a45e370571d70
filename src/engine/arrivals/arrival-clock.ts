import { type DataRow, rowOfRank } from '../../plan/data-rows.ts';
import type { Epoch } from '../../plan/epochs.ts';
import { shapeSeconds } from '../../plan/load-shape.ts';
import { type OwnedArrival, type ShardSchedule, shardSchedule } from '../../plan/shard-schedule.ts';
import { Alarm } from '../alarm.ts';
import type { EngineShard } from '../engine.ts';
import type { LoadContext } from '../load-context.ts';
import { ArrivalScope } from '../script/arrival-scope.ts';
import { compileScenarios, planVariables, type Script } from '../script/compile-scenario.ts';
import { type EndedScenario, type LoadSource, outOfData } from './load-source.ts';
import { type ScenarioOutcome, type ScenarioOwner, ScenarioRun } from './run-scenario.ts';

/** Arrivals begun before sockets are served again, when many are due at once. */
const arrivalsPerTurn = 500;

const arrivalStream = 0x61727276;

/** With `precise`, the stretch before an arrival that is not left to a timer, which may wake more than 1 ms late. */
const spinStretchMicros = 2000;

/** A turn of the event loop that took no longer did nothing but spin. */
const emptyTurnMicros = 20;

/**
 * The open model: begins each arrival of the shard at its instant, whatever the target does. An arrival that is late
 * is begun late and its lag reported; one that may not begin is dropped, never postponed.
 */
export class ArrivalClock implements LoadSource, ScenarioOwner {
  readonly #shard: EngineShard;
  readonly #context: LoadContext;
  readonly #exhausted: () => void;
  readonly #schedule: ShardSchedule;
  readonly #scripts: readonly Script[];
  readonly #variables: ReadonlyMap<string, string>;
  readonly #endMicros: number;
  readonly #alarm: Alarm;
  readonly #ended = new Map<string, string>();
  /** Runs that have ended: the next arrivals are played with them. */
  readonly #idle: ScenarioRun[] = [];
  #soon: NodeJS.Immediate | undefined;
  #closed = false;
  /** When the last spinning turn began; NaN when the last one was no such turn. */
  #turnMicros = Number.NaN;
  #spunMicros = 0;

  /** `exhausted` is called once, when the stages are over and the last arrival has begun. */
  constructor(shard: EngineShard, context: LoadContext, exhausted: () => void) {
    const { plan } = shard;
    this.#shard = shard;
    this.#context = context;
    this.#exhausted = exhausted;
    this.#schedule = shardSchedule(plan, shard, shard.epochs, shard.fromMicros);
    this.#scripts = compileScenarios(shard);
    this.#variables = planVariables(plan);
    this.#endMicros = shapeSeconds(plan.load.stages) * 1e6;
    this.#alarm = new Alarm(context.clock, () => this.#beginDue());
  }

  begin(): void {
    this.#waitFor(this.#nextMicros(), this.#context.clock.nowMicros());
  }

  applyEpochs(epochs: readonly Epoch[]): { readonly missed: number; readonly duplicated: number } {
    const change = this.#schedule.update(epochs, this.#context.clock.nowMicros());
    if (!this.#closed) this.#waitFor(this.#nextMicros(), this.#context.clock.nowMicros());
    return change;
  }

  close(): void {
    this.#closed = true;
    this.#alarm.close();
    clearImmediate(this.#soon);
  }

  endedScenarios(): readonly EndedScenario[] {
    return [...this.#ended].map(([scenario, reason]) => ({ scenario, reason }));
  }

  spinMicros(): number {
    return this.#spunMicros;
  }

  scenarioEnded(_outcome: ScenarioOutcome, _requests: number, run: ScenarioRun): void {
    this.#idle.push(run);
  }

  /** Without an arrival to come, the end of the stages: until then a change of epochs may bring one. */
  #nextMicros(): number {
    return this.#schedule.peek()?.atMicros ?? this.#endMicros;
  }

  #beginDue(): void {
    for (let begun = 0; begun < arrivalsPerTurn; begun++) {
      const now = this.#context.clock.nowMicros();
      const next = this.#nextMicros();
      if (next > now) {
        this.#waitFor(next, now);
        return;
      }
      const arrival = this.#schedule.take();
      if (arrival === undefined) {
        this.#exhausted();
        return;
      }
      this.#begin(arrival, now);
    }
    this.#beginSoon();
  }

  #waitFor(next: number, now: number): void {
    const spins = this.#shard.plan.precise && this.#schedule.peek() !== undefined;
    if (!spins) this.#alarm.set(next);
    else if (next - now > spinStretchMicros) this.#alarm.set(next - spinStretchMicros);
    else {
      // By way of the event loop, so that sockets are served meanwhile.
      this.#turnMicros = now;
      this.#beginSoon();
    }
  }

  #beginSoon(): void {
    clearImmediate(this.#soon);
    this.#soon = setImmediate(this.#turn);
  }

  readonly #turn = (): void => {
    const took = this.#context.clock.nowMicros() - this.#turnMicros;
    if (took < emptyTurnMicros) this.#spunMicros += took;
    this.#turnMicros = Number.NaN;
    this.#beginDue();
  };

  #begin(arrival: OwnedArrival, now: number): void {
    const { sink, active } = this.#context;
    const script = this.#scripts[arrival.scenario];
    if (script === undefined) return;
    const row = this.#rowOf(script, arrival.rank);
    if (row === 'used up') {
      const reason = outOfData(script);
      this.#ended.set(script.name, reason);
      sink.dropped(arrival.atMicros, reason);
      return;
    }
    if (active.size >= this.#shard.plan.workers.maxInFlight) {
      sink.dropped(arrival.atMicros, 'in-flight limit');
      return;
    }
    sink.arrived(arrival.atMicros, now - arrival.atMicros);
    const run = this.#idle.pop() ?? this.#newRun();
    run.scope.begin(row, arrivalStream, arrival.index, 0);
    run.scope.cookies.forget();
    run.begin(script, arrival.atMicros, now);
  }

  #newRun(): ScenarioRun {
    return new ScenarioRun(this.#context, new ArrivalScope(this.#variables, this.#shard.plan.seed), this);
  }

  #rowOf(script: Script, rank: number): DataRow | undefined | 'used up' {
    if (script.data === undefined) return undefined;
    const row = rowOfRank(script.data, this.#shard.plan.seed, rank);
    return row === undefined ? 'used up' : this.#shard.data.get(script.name)?.[row];
  }
}
