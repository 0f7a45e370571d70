import type { ScenarioRun } from './run-scenario.ts';

/**
 * The arrivals under way. Beginning and ending one are the most frequent things an engine does, so a run knows its
 * place in a plain array instead of being looked up in a set.
 */
export class ActiveRuns {
  readonly #runs: ScenarioRun[] = [];

  get size(): number {
    return this.#runs.length;
  }

  add(run: ScenarioRun): void {
    run.place = this.#runs.push(run) - 1;
  }

  /** Says whether it was there. */
  delete(run: ScenarioRun): boolean {
    const { place } = run;
    if (this.#runs[place] !== run) return false;
    const last = this.#runs.pop();
    if (last !== undefined && last !== run) {
      this.#runs[place] = last;
      last.place = place;
    }
    run.place = -1;
    return true;
  }

  /** Those under way now; what is done to them may change who is. */
  all(): readonly ScenarioRun[] {
    return [...this.#runs];
  }
}
