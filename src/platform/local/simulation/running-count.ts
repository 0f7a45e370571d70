const keptMillis = 3_600_000;

/** How many tasks of a service ran, over the last hour. */
export class RunningCount {
  /** Ascending; each holds until the next. */
  readonly #changes: { readonly atMillis: number; readonly count: number }[] = [];

  get now(): number {
    return this.#changes.at(-1)?.count ?? 0;
  }

  change(atMillis: number, by: number): void {
    this.#changes.push({ atMillis, count: this.now + by });
    while ((this.#changes[1]?.atMillis ?? atMillis) < atMillis - keptMillis) this.#changes.shift();
  }

  /** The average over a time that isn't empty. */
  average(fromMillis: number, toMillis: number): number {
    let sum = 0;
    let untilMillis = toMillis;
    for (let index = this.#changes.length - 1; index >= 0 && untilMillis > fromMillis; index--) {
      const change = this.#changes[index];
      if (change === undefined || change.atMillis >= untilMillis) continue;
      const sinceMillis = Math.max(fromMillis, change.atMillis);
      sum += change.count * (untilMillis - sinceMillis);
      untilMillis = sinceMillis;
    }
    return sum / (toMillis - fromMillis);
  }
}
