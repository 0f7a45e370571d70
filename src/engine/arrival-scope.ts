import type { DataRow } from '../plan/data-rows.ts';
import { type Random, seededRandom } from '../plan/random.ts';

/** What the templates of one arrival may refer to: the plan's variables, over them its data row, over them its captures. */
export class ArrivalScope {
  readonly #variables: ReadonlyMap<string, string>;
  readonly #row: DataRow | undefined;
  readonly #stream: readonly number[];
  #captures: Map<string, string> | undefined;
  #random: Random | undefined;

  /** `stream` names the seeded stream that generators and think times draw from. */
  constructor(variables: ReadonlyMap<string, string>, row: DataRow | undefined, stream: readonly number[]) {
    this.#variables = variables;
    this.#row = row;
    this.#stream = stream;
  }

  valueOf(name: string): string | undefined {
    const captured = this.#captures?.get(name);
    if (captured !== undefined) return captured;
    if (this.#row !== undefined && Object.hasOwn(this.#row, name)) return this.#row[name];
    return this.#variables.get(name);
  }

  capture(name: string, value: string): void {
    this.#captures ??= new Map();
    this.#captures.set(name, value);
  }

  /** The next number of the stream, in [0, 1). */
  readonly random: Random = () => {
    this.#random ??= seededRandom(...this.#stream);
    return this.#random();
  };
}
