import { addressGuard } from '../../src/plan/allowed-targets.ts';
import { firstEpoch } from '../../src/plan/epochs.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { awsPace, awsReadyTimeoutSeconds } from '../../src/platform/aws/aws-pace.ts';
import type { WorkerFleet } from '../../src/platform/ports/worker-fleet.ts';
import type { ControlDocument, RosterEntry, RunTiming } from '../../src/run/documents.ts';
import { runKeys } from '../../src/run/run-keys.ts';
import type { RunPorts } from '../../src/run/run-ports.ts';
import { planTiming } from '../../src/run/run-timing.ts';
import type { RunSummary } from '../../src/run/summary.ts';
import { aPlan, aRequest, aScenario, openLoad } from '../../test/plan/a-plan.ts';
import { CountingStore } from './counting-store.ts';
import { arrivalsPerSecond, SegmentTemplates, stepNames } from './segment-templates.ts';

const runId = 'large';
const keys = runKeys(runId);
const startAtMillis = Date.UTC(2026, 0, 1);
const segmentSeconds = 10;
/** Segments of one number that are told apart; the first of each worker is its own. */
const distinct = 200;

/** A run that has started: planned and launched, with segments that appear as its time passes. */
export class LargeRun {
  readonly runId = runId;
  readonly workers: number;
  readonly loadSeconds: number;
  /** As it would be on AWS. */
  readonly timing: RunTiming;
  readonly store: CountingStore;
  readonly ports: RunPorts;
  readonly #templates = new SegmentTemplates(runId, 50, segmentSeconds);
  readonly #bodies = new Map<number, readonly Uint8Array[]>();
  #shipped = 0;
  #nowMillis = startAtMillis;
  #running = true;

  private constructor(workers: number, loadSeconds: number) {
    this.workers = workers;
    this.loadSeconds = loadSeconds;
    this.timing = planTiming(awsPace, loadSeconds, loadSeconds + 30, awsReadyTimeoutSeconds);
    this.store = new CountingStore((shard, seq) => this.#segment(shard, seq));
    this.ports = {
      store: this.store,
      fleet: this.#fleet(),
      events: { tell: async () => undefined },
      clock: { nowMillis: () => this.#nowMillis },
      guard: addressGuard([]),
      pace: awsPace,
      survey: { survey: () => Promise.reject(new Error('nobody asks')) },
    };
  }

  static async start(workers: number, loadSeconds: number): Promise<LargeRun> {
    const run = new LargeRun(workers, loadSeconds);
    const control: ControlDocument = {
      version: 1,
      runId,
      timing: run.timing,
      startAtMillis,
      epochs: [firstEpoch(workers)],
      wantedWorkers: workers,
    };
    await run.#write(keys.plan, largePlan(workers, loadSeconds));
    await run.#write(keys.control, control);
    await run.#writeRoster('ready');
    return run;
  }

  get segments(): number {
    return this.workers * (this.loadSeconds / segmentSeconds);
  }

  get segmentBytes(): number {
    return this.#templates.segment(0, 0).length;
  }

  /** Every worker has shipped what it measured until then, but the last segment of the run. */
  passUntil(second: number): void {
    this.#nowMillis = startAtMillis + second * 1000 + 500;
    this.#shipUpTo(Math.min(this.loadSeconds / segmentSeconds - 1, second / segmentSeconds));
  }

  /** Every worker has shipped its last segment, and gone. */
  async end(): Promise<void> {
    this.#running = false;
    this.#shipUpTo(this.loadSeconds / segmentSeconds);
    await this.#writeRoster('finished');
  }

  async summary(): Promise<RunSummary> {
    const got = await this.store.get(keys.summary);
    if (got.kind !== 'found') throw new Error('the run has no summary');
    return JSON.parse(new TextDecoder().decode(got.body));
  }

  #shipUpTo(count: number): void {
    for (let seq = this.#shipped; seq < count; seq++) {
      const many = seq === 0 ? this.workers : Math.min(distinct, this.workers);
      this.#bodies.set(
        seq,
        Array.from({ length: many }, (_, shard) => this.#templates.segment(shard, seq)),
      );
      this.#bodies.delete(seq - 2);
    }
    this.#shipped = count;
  }

  #segment(shard: number, seq: number): Uint8Array | undefined {
    const bodies = this.#bodies.get(seq);
    return seq >= this.#shipped ? undefined : bodies?.[shard % bodies.length];
  }

  #fleet(): WorkerFleet {
    return {
      launch: async () => [],
      stop: async () => undefined,
      runsWithWorkers: async () => [],
      list: async () =>
        Array.from({ length: this.workers }, (_, shard) => ({
          shard,
          attempt: 0,
          workerId: `worker ${shard}`,
          state: this.#running ? 'running' : 'stopped',
        })),
    };
  }

  #write(key: string, value: unknown): Promise<unknown> {
    return this.store.put(key, new TextEncoder().encode(JSON.stringify(value)));
  }

  #writeRoster(state: RosterEntry['state']): Promise<unknown> {
    const at = new Date(startAtMillis - 60_000).toISOString();
    const workers = Array.from(
      { length: this.workers },
      (_, shard): RosterEntry => ({
        shard,
        attempt: 0,
        workerId: `worker ${shard}`,
        capacity: 'spot',
        pid: 1,
        state,
        launchedAt: at,
        readyAt: at,
        endedAt: state === 'ready' ? null : new Date(this.#nowMillis).toISOString(),
        seenAt: at,
        clockBoundMillis: 1,
        epochs: 1,
        segments: state === 'ready' ? null : this.loadSeconds / segmentSeconds,
        reason: null,
      }),
    );
    return this.#write(keys.roster, { version: 1, runId, workers });
  }
}

const largePlan = (workers: number, seconds: number): Plan => {
  const rate = workers * arrivalsPerSecond;
  return aPlan({
    name: 'large',
    load: openLoad([{ seconds, from: rate, to: rate }]),
    workers: { count: workers, threads: 1, maxInFlight: 10_000, readyTimeoutSeconds: awsReadyTimeoutSeconds },
    scenarios: [aScenario({ name: 'shop', steps: stepNames.map((name) => aRequest({ name })) })],
  });
};
