import type { DataRow } from '../plan/data-rows.ts';
import { seededRandom } from '../plan/random.ts';
import { Alarm } from './alarm.ts';
import { ArrivalScope } from './arrival-scope.ts';
import type { Script } from './compile-scenario.ts';
import type { LoadContext } from './load-context.ts';
import { type ScenarioOutcome, type ScenarioOwner, ScenarioRun } from './run-scenario.ts';

const userStream = 0x75736572;
const restStream = 0x72657374;

/**
 * A user whose iteration failed, or sent nothing, rests for 100 to 200 ms (seeded), so that a target that refuses at
 * once is not hammered and the generator's CPU not burnt.
 */
const restMicros = { min: 100_000, max: 200_000 };

/** What a user plays next. */
export interface Iteration {
  readonly script: Script;
  readonly row: DataRow | undefined;
}

/** What the users of one shard share. */
export interface UserSetting {
  readonly context: LoadContext;
  readonly seed: number;
  readonly variables: ReadonlyMap<string, string>;
  /**
   * Calls back with the iteration, at once or later; with undefined when the user has nothing left to play. The
   * callback returns whether the iteration is taken.
   */
  choose(user: number, iteration: number, taker: (chosen: Iteration | undefined) => boolean): void;
  left(user: VirtualUser): void;
}

/** A user of the closed model: plays one iteration after the other until released. */
export class VirtualUser implements ScenarioOwner {
  readonly number: number;
  /** The iteration it plays, or would play next. */
  iteration: number;
  readonly #setting: UserSetting;
  readonly #rest: Alarm;
  #run: ScenarioRun | undefined;
  #released = false;

  constructor(number: number, firstIteration: number, setting: UserSetting) {
    this.number = number;
    this.iteration = firstIteration;
    this.#setting = setting;
    this.#rest = new Alarm(setting.context.clock, () => this.next());
  }

  /** Begins the next iteration. */
  next(): void {
    this.#setting.choose(this.number, this.iteration, (chosen) => {
      if (this.#released) return false;
      if (chosen === undefined) this.release();
      else this.#play(chosen);
      return true;
    });
  }

  /** Leaves: after the step under way, or at once when it rests, thinks or waits for a row. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#rest.close();
    if (this.#run === undefined) this.#setting.left(this);
    else this.#run.endSoon();
  }

  scenarioEnded(outcome: ScenarioOutcome, requests: number): void {
    this.#run = undefined;
    this.iteration++;
    if (this.#released) this.#setting.left(this);
    else if (outcome === 'completed' && requests > 0) this.next();
    else this.#restAWhile();
  }

  #restAWhile(): void {
    const random = seededRandom(this.#setting.seed, restStream, this.number, this.iteration);
    const { clock } = this.#setting.context;
    this.#rest.set(clock.nowMicros() + restMicros.min + random() * (restMicros.max - restMicros.min));
  }

  #play({ script, row }: Iteration): void {
    const { context, seed, variables } = this.#setting;
    const scope = new ArrivalScope(variables, row, [seed, userStream, this.number, this.iteration]);
    const now = context.clock.nowMicros();
    context.sink.arrived(now, 0);
    this.#run = new ScenarioRun(context, script, scope, now, this);
    this.#run.begin();
  }
}
