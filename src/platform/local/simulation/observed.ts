/** No read is answered with how things stood so long ago. */
const keptMillis = 3_600_000;

/** A value and what it was, so that a read may be answered with how things stood a moment ago. */
export class Observed<Value> {
  readonly #values: { readonly atMillis: number; readonly value: Value }[] = [];

  /** Instants never go back. */
  record(atMillis: number, value: Value): void {
    this.#values.push({ atMillis, value });
    while ((this.#values[1]?.atMillis ?? atMillis) < atMillis - keptMillis) this.#values.shift();
  }

  /** As it was then; undefined before there was anything. */
  asOf(atMillis: number): Value | undefined {
    for (let index = this.#values.length - 1; index >= 0; index--) {
      const entry = this.#values[index];
      if (entry !== undefined && entry.atMillis <= atMillis) return entry.value;
    }
    return undefined;
  }
}
