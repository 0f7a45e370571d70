import type { DataRow } from '../../plan/data-rows.ts';
import { seededRandom } from '../../plan/random.ts';
import { Alarm } from '../alarm.ts';
import type { LoadContext } from '../load-context.ts';
import { ArrivalScope } from '../script/arrival-scope.ts';
import type { Script } from '../script/compile-scenario.ts';
import { type ScenarioOutcome, type ScenarioOwner, ScenarioRun } from './run-scenario.ts';

const userStream = 0x75736572;
const restStream = 0x72657374;

/**
 * A user whose iteration failed, or sent nothing, rests for 100 to 200 ms (seeded), so that a target that refuses at
 * once is not hammered and the generator's CPU not burnt.
 */
const restMicros = { min: 100_000, max: 200_000 };

/** Hears what a user plays next; no script when it has nothing left to play. Returns whether the iteration is taken. */
export type IterationTaker = (script: Script | undefined, row: DataRow | undefined) => boolean;

/** What the users of one shard share. */
export interface UserSetting {
  readonly context: LoadContext;
  readonly seed: number;
  readonly variables: ReadonlyMap<string, string>;
  /** Calls back with the iteration, at once or later. */
  choose(user: number, iteration: number, taker: IterationTaker): void;
  left(user: VirtualUser): void;
}

/** A user of the closed model: plays one iteration after the other until released. */
export class VirtualUser implements ScenarioOwner {
  readonly number: number;
  /** The iteration it plays, or would play next. */
  iteration: number;
  readonly #setting: UserSetting;
  readonly #rest: Alarm;
  readonly #run: ScenarioRun;
  /** When the iteration before ended, if the next one follows on its heels. */
  #endedMicros = Number.NaN;
  #plays = false;
  #released = false;

  constructor(number: number, firstIteration: number, setting: UserSetting) {
    this.number = number;
    this.iteration = firstIteration;
    this.#setting = setting;
    this.#rest = new Alarm(setting.context.clock, () => this.next());
    this.#run = new ScenarioRun(setting.context, new ArrivalScope(setting.variables, setting.seed), this);
  }

  /** Begins the next iteration. */
  next(): void {
    this.#setting.choose(this.number, this.iteration, this.#take);
  }

  readonly #take: IterationTaker = (script, row) => {
    if (this.#released) return false;
    if (script === undefined) this.release();
    else this.#play(script, row);
    return true;
  };

  /** Leaves: after the step under way, or at once when it rests, thinks or waits for a row. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#rest.close();
    if (this.#plays) this.#run.endSoon();
    else this.#leave();
  }

  scenarioEnded(outcome: ScenarioOutcome, requests: number, _run: ScenarioRun, nowMicros: number): void {
    this.#plays = false;
    this.iteration++;
    if (this.#released) this.#leave();
    else if (outcome === 'completed' && requests > 0) {
      this.#endedMicros = nowMicros;
      this.next();
      this.#endedMicros = Number.NaN;
    } else this.#restAWhile();
  }

  #leave(): void {
    this.#run.leave();
    this.#setting.left(this);
  }

  #restAWhile(): void {
    const random = seededRandom(this.#setting.seed, restStream, this.number, this.iteration);
    const { clock } = this.#setting.context;
    this.#rest.set(clock.nowMicros() + restMicros.min + random() * (restMicros.max - restMicros.min));
  }

  #play(script: Script, row: DataRow | undefined): void {
    const { clock, sink } = this.#setting.context;
    const now = Number.isNaN(this.#endedMicros) ? clock.nowMicros() : this.#endedMicros;
    sink.arrived(now, 0);
    this.#run.scope.begin(row, userStream, this.number, this.iteration);
    this.#plays = true;
    this.#run.begin(script, now, now);
  }
}
