import type { Epoch } from '../plan/epochs.ts';
import { mergeTally } from '../stats/merge-tally.ts';
import { emptyTally, type Tally } from '../stats/tally.ts';
import type { LaneFailure, LaneStart, LoadLane } from './load-lane.ts';

/** When one lane fails, requests of the others get so long: the worker is replaced as a whole. */
const leavingGraceMillis = 1000;

/** Several lanes as one. It fails with the first that fails, when the others have ended. */
export class LaneGroup implements LoadLane {
  readonly finished: Promise<'finished' | LaneFailure>;
  readonly #lanes: readonly LoadLane[];

  constructor(lanes: readonly LoadLane[]) {
    this.#lanes = lanes;
    this.finished = this.#finish();
  }

  start(start: LaneStart): void {
    for (const lane of this.#lanes) lane.start(start);
  }

  applyEpochs(epochs: readonly Epoch[]): void {
    for (const lane of this.#lanes) lane.applyEpochs(epochs);
  }

  release(): void {
    for (const lane of this.#lanes) lane.release();
  }

  stop(graceMillis: number): void {
    for (const lane of this.#lanes) lane.stop(graceMillis);
  }

  look(): void {
    for (const lane of this.#lanes) lane.look();
  }

  openSockets(): number {
    return this.#lanes.reduce((sum, lane) => sum + lane.openSockets(), 0);
  }

  async cut(): Promise<Tally> {
    const [first = emptyTally(), ...others] = await Promise.all(this.#lanes.map((lane) => lane.cut()));
    for (const other of others) mergeTally(first, other);
    return first;
  }

  async close(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }

  async #finish(): Promise<'finished' | LaneFailure> {
    let failure: LaneFailure | undefined;
    await Promise.all(
      this.#lanes.map(async (lane) => {
        const end = await lane.finished;
        if (end === 'finished' || failure !== undefined) return;
        failure = end;
        this.stop(leavingGraceMillis);
      }),
    );
    return failure ?? 'finished';
  }
}
