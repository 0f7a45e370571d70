import { Worker } from 'node:worker_threads';
import { PlanInvalidError } from '../errors.ts';
import type { Epoch } from '../plan/epochs.ts';
import { decodeTally } from '../stats/merge-document.ts';
import { emptyTally, type Tally } from '../stats/tally.ts';
import { type LaneOrder, type LaneReport, type LaneSetup, laneReport } from './lane-messages.ts';
import type { ClaimRows, LaneFailure, LaneStart, LoadLane } from './load-lane.ts';

/** A thread that has left something unanswered for so many seconds is given up. */
const patienceSeconds = 6;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A lane in a thread of its own. */
export class ThreadLane implements LoadLane {
  readonly finished: Promise<'finished' | LaneFailure>;
  readonly #thread: Worker;
  readonly #name: string;
  readonly #claimRows: ClaimRows;
  readonly #ready = Promise.withResolvers<'ready' | LaneFailure>();
  readonly #end = Promise.withResolvers<'finished' | LaneFailure>();
  readonly #cuts: ((tally: Tally) => void)[] = [];
  readonly #watch: NodeJS.Timeout;
  #failure: LaneFailure | undefined;
  #sockets = 0;
  #unanswered = 0;
  #silentSeconds = 0;

  private constructor(entry: URL, setup: LaneSetup, claimRows: ClaimRows) {
    this.#name = `engine thread ${setup.lane.index}`;
    this.#claimRows = claimRows;
    this.finished = this.#end.promise;
    this.#thread = new Worker(entry, { workerData: setup });
    this.#thread.on('message', (message: unknown) => this.#hear(message));
    this.#thread.on('messageerror', (error) => this.#fail(messageOf(error)));
    this.#thread.on('error', (error) => {
      console.error(error);
      this.#fail(messageOf(error));
    });
    this.#thread.on('exit', (code) => this.#fail(`it ended with code ${code}`));
    // Seconds are counted, not measured: a worker that was stopped for a while must not take its threads for dead.
    this.#watch = setInterval(() => this.#countSilence(), 1000);
    this.#watch.unref();
  }

  /** Throws when the thread can't be started, or can't read its data or hooks; `PlanInvalid` when that is the plan's fault. */
  static async open(entry: URL, setup: LaneSetup, claimRows: ClaimRows): Promise<ThreadLane> {
    const lane = new ThreadLane(entry, setup, claimRows);
    const ready = await lane.#ready.promise;
    if (ready === 'ready') return lane;
    throw ready.planRefused ? new PlanInvalidError(ready.failed) : new Error(ready.failed);
  }

  start({ startsAtMicros, epochs, fromMicros }: LaneStart): void {
    this.#tell({ kind: 'start', startsAtMicros, epochs: [...epochs], fromMicros });
  }

  applyEpochs(epochs: readonly Epoch[]): void {
    this.#tell({ kind: 'epochs', epochs: [...epochs] });
  }

  release(): void {
    this.#tell({ kind: 'release' });
  }

  stop(graceMillis: number): void {
    this.#tell({ kind: 'stop', graceMillis });
  }

  look(): void {
    this.#unanswered++;
    this.#tell({ kind: 'look' });
  }

  openSockets(): number {
    return this.#sockets;
  }

  async cut(): Promise<Tally> {
    if (this.#failure !== undefined) return emptyTally();
    this.#unanswered++;
    const answer = new Promise<Tally>((resolve) => this.#cuts.push(resolve));
    this.#tell({ kind: 'cut' });
    return answer;
  }

  async close(): Promise<void> {
    clearInterval(this.#watch);
    await this.#thread.terminate();
  }

  #tell(order: LaneOrder): void {
    this.#thread.postMessage(order);
  }

  #hear(message: unknown): void {
    const parsed = laneReport.safeParse(message);
    if (!parsed.success) {
      this.#fail(`it said something unknown: ${parsed.error.message}`);
      return;
    }
    this.#silentSeconds = 0;
    this.#take(parsed.data);
  }

  #take(report: LaneReport): void {
    switch (report.kind) {
      case 'ready':
        this.#ready.resolve('ready');
        return;
      case 'looked':
        this.#unanswered--;
        this.#sockets = report.sockets;
        return;
      case 'cut':
        this.#unanswered--;
        this.#cuts.shift()?.(decodeTally(report.tally));
        return;
      case 'claim':
        void this.#claim(report.claim, report.scenario);
        return;
      case 'finished':
        this.#end.resolve('finished');
        return;
      case 'failed':
        if (report.planRefused) this.#giveUp({ failed: report.failed, planRefused: true });
        else this.#fail(report.failed);
    }
  }

  async #claim(claim: number, scenario: string): Promise<void> {
    const result = await this.#claimRows(scenario).then(
      (rows) => ({ rows }),
      (error: unknown) => ({ failed: messageOf(error) }),
    );
    this.#tell({ kind: 'claimed', claim, result });
  }

  #countSilence(): void {
    this.#silentSeconds = this.#unanswered > 0 ? this.#silentSeconds + 1 : 0;
    if (this.#silentSeconds > patienceSeconds) this.#fail(`it has not answered for ${patienceSeconds} s`);
  }

  #fail(reason: string): void {
    this.#giveUp({ failed: `${this.#name}: ${reason}` });
  }

  #giveUp(failure: LaneFailure): void {
    this.#failure ??= failure;
    this.#ready.resolve(this.#failure);
    this.#end.resolve(this.#failure);
    for (const answer of this.#cuts.splice(0)) answer(emptyTally());
    void this.close();
  }
}
