import type { DataRow } from '../../plan/data-rows.ts';
import { type Random, seededRandom } from '../../plan/random.ts';
import { UserCookies } from './user-cookies.ts';

/** What the templates of one arrival may refer to: the plan's variables, over them its data row, over them its captures. */
export class ArrivalScope {
  /** They outlive an arrival: whoever has the scope says when they are to be forgotten. */
  readonly cookies = new UserCookies();
  readonly #variables: ReadonlyMap<string, string>;
  readonly #seed: number;
  readonly #captures = new Map<string, string>();
  #row: DataRow | undefined;
  #random: Random | undefined;
  #purpose = 0;
  #number = 0;
  #iteration = 0;

  constructor(variables: ReadonlyMap<string, string>, seed: number) {
    this.#variables = variables;
    this.#seed = seed;
  }

  /**
   * The next arrival has it: nothing of the one before is left. `purpose`, `number` and `iteration` name, with the
   * seed, the stream that generators and think times draw from.
   */
  begin(row: DataRow | undefined, purpose: number, number: number, iteration: number): void {
    this.#row = row;
    this.#random = undefined;
    this.#purpose = purpose;
    this.#number = number;
    this.#iteration = iteration;
    if (this.#captures.size > 0) this.#captures.clear();
  }

  valueOf(name: string): string | undefined {
    const captured = this.#captures.get(name);
    if (captured !== undefined) return captured;
    if (this.#row !== undefined && Object.hasOwn(this.#row, name)) return this.#row[name];
    return this.#variables.get(name);
  }

  capture(name: string, value: string): void {
    this.#captures.set(name, value);
  }

  /** The next number of the stream, in [0, 1). */
  readonly random: Random = () => {
    this.#random ??= seededRandom(this.#seed, this.#purpose, this.#number, this.#iteration);
    return this.#random();
  };
}
