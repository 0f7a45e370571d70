import type { Plan } from '../plan/plan.ts';
import type { ObjectStore } from '../platform/ports/object-store.ts';
import type { WallClock } from '../platform/ports/wall-clock.ts';
import { addSeconds, noSeconds, type SecondsSum } from '../stats/seconds-sum.ts';
import { emptyTally, type Tally } from '../stats/tally.ts';
import { describeProgress } from './describe-progress.ts';
import type { RosterEntry } from './documents.ts';
import { foldSegments, type Watermark } from './fold-segments.ts';
import { readSummary } from './read-summary.ts';
import { readRoster } from './roster.ts';
import { readControl, readPlan } from './run-documents.ts';
import type { RunProgress } from './run-progress.ts';

/** Rows this much older than the newest are only summed: no figure looks at them, and a run may last for days. */
const keptSeconds = 120;

/** Follows one run from outside, reading each of its segments once. */
export class RunFollower {
  readonly #ports: { readonly store: ObjectStore; readonly clock: WallClock };
  readonly #runId: string;
  readonly #tally: Tally = emptyTally();
  /** Of the rows that are no longer kept. */
  #past: SecondsSum = noSeconds;
  #watermark: Watermark = {};
  readonly #reportedUntil = new Map<string, number>();
  #plan: Plan | undefined;
  #looking: Promise<RunProgress> | undefined;

  constructor(ports: { readonly store: ObjectStore; readonly clock: WallClock }, runId: string) {
    this.#ports = ports;
    this.#runId = runId;
  }

  /** The run as it looks now. Throws `RunNotFound`. */
  look(): Promise<RunProgress> {
    // Two looks at once would count the same segments twice: who comes meanwhile sees the same.
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<RunProgress> {
    const { store, clock } = this.#ports;
    this.#plan ??= await readPlan(store, this.#runId);
    const control = await readControl(store, this.#runId);
    const workers = (await readRoster(store, this.#runId))?.value.workers ?? [];
    // A fold takes so many segments at most; a first look at a run that has lasted takes several.
    let isMore = true;
    while (isMore) isMore = await this.#fold(workers);
    const summary = await readSummary(store, this.#runId);
    const progress = describeProgress({
      runId: this.#runId,
      plan: this.#plan,
      control,
      workers,
      steps: this.#tally.steps,
      load: addSeconds(this.#past, this.#tally.seconds),
      rows: this.#tally.seconds,
      reportedUntil: this.#reportedUntil,
      nowMillis: clock.nowMillis(),
    });
    return summary === undefined ? progress : { ...progress, phase: 'ended', outcome: summary.outcome };
  }

  /** Whether there was anything to count. */
  async #fold(workers: readonly RosterEntry[]): Promise<boolean> {
    const { store } = this.#ports;
    const fold = await foldSegments(store, this.#runId, workers, this.#watermark, this.#tally);
    this.#watermark = fold.watermark;
    for (const [worker, until] of fold.reportedUntil) this.#reportedUntil.set(worker, until);
    this.#past = letOldRowsGo(this.#tally, this.#past);
    return fold.shipped.size > 0;
  }
}

/** Takes old rows out of the tally; returns the sums with them. A late one is summed at the next look. */
const letOldRowsGo = ({ seconds, warmup }: Tally, past: SecondsSum): SecondsSum => {
  let newest = 0;
  for (const second of seconds.keys()) newest = Math.max(newest, second);
  const old = new Map([...seconds].filter(([second]) => second < newest - keptSeconds));
  for (const second of old.keys()) seconds.delete(second);
  warmup.clear();
  return addSeconds(past, old);
};
