import { type DataRow, rowOfRank } from '../plan/data-rows.ts';
import type { Epoch } from '../plan/epochs.ts';
import { shapeSeconds } from '../plan/load-shape.ts';
import { type OwnedArrival, type ShardSchedule, shardSchedule } from '../plan/shard-schedule.ts';
import { Alarm } from './alarm.ts';
import { ArrivalScope } from './arrival-scope.ts';
import { compileScenarios, planVariables, type Script } from './compile-scenario.ts';
import type { EngineShard } from './engine.ts';
import type { LoadContext } from './load-context.ts';
import { type EndedScenario, type LoadSource, outOfData } from './load-source.ts';
import { ScenarioRun } from './run-scenario.ts';

/** Arrivals begun before sockets are served again, when many are due at once. */
const arrivalsPerTurn = 500;

const arrivalStream = 0x61727276;

/** Arrivals nobody has to be told the end of. */
const nobody = { scenarioEnded: () => {} };

/**
 * The open model: begins each arrival of the shard at its instant, whatever the target does. An arrival that is late
 * is begun late and its lag reported; one that may not begin is dropped, never postponed.
 */
export class ArrivalClock implements LoadSource {
  readonly #shard: EngineShard;
  readonly #context: LoadContext;
  readonly #exhausted: () => void;
  readonly #schedule: ShardSchedule;
  readonly #scripts: readonly Script[];
  readonly #variables: ReadonlyMap<string, string>;
  readonly #endMicros: number;
  readonly #alarm: Alarm;
  readonly #ended = new Map<string, string>();
  #soon: NodeJS.Immediate | undefined;
  #closed = false;

  /** `exhausted` is called once, when the stages are over and the last arrival has begun. */
  constructor(shard: EngineShard, context: LoadContext, exhausted: () => void) {
    const { plan } = shard;
    this.#shard = shard;
    this.#context = context;
    this.#exhausted = exhausted;
    this.#schedule = shardSchedule(plan, shard.shard, shard.epochs, shard.fromMicros);
    this.#scripts = compileScenarios(plan);
    this.#variables = planVariables(plan);
    this.#endMicros = shapeSeconds(plan.load.stages) * 1e6;
    this.#alarm = new Alarm(context.clock, () => this.#beginDue());
  }

  begin(): void {
    this.#alarm.set(this.#nextMicros());
  }

  applyEpochs(epochs: readonly Epoch[]): { readonly missed: number; readonly duplicated: number } {
    const change = this.#schedule.update(epochs, this.#context.clock.nowMicros());
    if (!this.#closed) this.#alarm.set(this.#nextMicros());
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

  /** Without an arrival to come, the end of the stages: until then a change of epochs may bring one. */
  #nextMicros(): number {
    return this.#schedule.peek()?.atMicros ?? this.#endMicros;
  }

  #beginDue(): void {
    for (let begun = 0; begun < arrivalsPerTurn; begun++) {
      const now = this.#context.clock.nowMicros();
      const next = this.#nextMicros();
      if (next > now) {
        this.#alarm.set(next);
        return;
      }
      const arrival = this.#schedule.take();
      if (arrival === undefined) {
        this.#exhausted();
        return;
      }
      this.#begin(arrival, now);
    }
    clearImmediate(this.#soon);
    this.#soon = setImmediate(() => this.#beginDue());
  }

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
    const stream = [this.#shard.plan.seed, arrivalStream, arrival.index];
    const scope = new ArrivalScope(this.#variables, row, stream);
    new ScenarioRun(this.#context, script, scope, arrival.atMicros, nobody).begin();
  }

  #rowOf(script: Script, rank: number): DataRow | undefined | 'used up' {
    if (script.data === undefined) return undefined;
    const row = rowOfRank(script.data, this.#shard.plan.seed, rank);
    return row === undefined ? 'used up' : this.#shard.data.get(script.name)?.[row];
  }
}
