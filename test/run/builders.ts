import { BadInputError } from '../../src/errors.ts';
import { addressGuard } from '../../src/plan/allowed-targets.ts';
import { firstEpoch } from '../../src/plan/epochs.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { localSurvey } from '../../src/platform/local/local-survey.ts';
import type {
  GetResult,
  ObjectStore,
  PutCondition,
  PutResult,
} from '../../src/platform/ports/object-store.ts';
import type {
  Capacity,
  FleetWorker,
  LaunchResult,
  SpotChoice,
  WorkerFleet,
  WorkerPlace,
} from '../../src/platform/ports/worker-fleet.ts';
import type { ControlDocument, RosterEntry } from '../../src/run/documents.ts';
import type { RunPorts } from '../../src/run/run-ports.ts';
import { planTiming } from '../../src/run/run-timing.ts';
import { aPlan as anyPlan } from '../plan/a-plan.ts';

export const startOfTime = Date.UTC(2026, 0, 1, 12);

export const isoAt = (seconds: number): string => new Date(startOfTime + seconds * 1000).toISOString();

/** Two workers, 4,000 arrivals in 20 s. */
export const aPlan = (overrides: Partial<Plan> = {}): Plan =>
  anyPlan({
    name: 'shop',
    load: { model: 'open', arrivals: 'even', stages: [{ seconds: 20, from: 200, to: 200 }] },
    workers: { count: 2, threads: 1, maxInFlight: 10_000, readyTimeoutSeconds: 30 },
    ...overrides,
  });

export const aPace: RunPorts['pace'] = {
  observeSeconds: 1,
  segmentSecondsShort: 1,
  segmentSecondsLong: 10,
  pollMillis: 250,
  retryBudgetSeconds: 5,
  silentSecondsAtLeast: 10,
  fleetSettleSeconds: 0,
};

export const aControl = (overrides: Partial<ControlDocument> = {}): ControlDocument => ({
  version: 1,
  runId: 'r1',
  timing: planTiming(aPace, 20, 50, 30),
  startAtMillis: startOfTime,
  epochs: [firstEpoch(2)],
  wantedWorkers: 2,
  ...overrides,
});

export const anEntry = (overrides: Partial<RosterEntry> = {}): RosterEntry => {
  const shard = overrides.shard ?? 0;
  const attempt = overrides.attempt ?? 0;
  return {
    shard,
    attempt,
    workerId: `w-${shard}-${attempt}`,
    pid: 1,
    state: 'ready',
    launchedAt: isoAt(-3),
    readyAt: isoAt(-2),
    endedAt: null,
    seenAt: isoAt(0),
    clockBoundMillis: 0,
    epochs: 1,
    segments: null,
    reason: null,
    ...overrides,
  };
};

const refuseKey = (key: string): void => {
  if (key.split('/').some((part) => part === '' || part === '.' || part === '..'))
    throw new BadInputError(`"${key}" is not an object key`);
};

/** A store in memory that can be told to fail. Passes the object store contract. */
export class MemoryStore implements ObjectStore {
  readonly objects = new Map<string, { body: Uint8Array; etag: string }>();
  #writes = 0;
  /** Called before each operation; may throw. */
  before: (operation: 'get' | 'put' | 'list' | 'delete', key: string) => void = () => undefined;

  async get(key: string, options: { readonly ifNoneMatch?: string } = {}): Promise<GetResult> {
    refuseKey(key);
    this.before('get', key);
    const found = this.objects.get(key);
    if (found === undefined) return { kind: 'missing' };
    return found.etag === options.ifNoneMatch ? { kind: 'unchanged' } : { kind: 'found', ...found };
  }

  async put(key: string, body: Uint8Array, condition?: PutCondition): Promise<PutResult> {
    refuseKey(key);
    this.before('put', key);
    const found = this.objects.get(key);
    if (condition !== undefined) {
      if ('ifAbsent' in condition ? found !== undefined : found?.etag !== condition.ifMatch)
        return { kind: 'conflict' };
    }
    const etag = `"${++this.#writes}"`;
    this.objects.set(key, { body: Uint8Array.from(body), etag });
    return { kind: 'written', etag };
  }

  async *list(prefix: string, options: { readonly startAfter?: string } = {}): AsyncIterable<string> {
    this.before('list', prefix);
    for (const key of [...this.objects.keys()].sort()) {
      if (key.startsWith(prefix) && (options.startAfter === undefined || key > options.startAfter)) yield key;
    }
  }

  async delete(key: string): Promise<void> {
    refuseKey(key);
    this.before('delete', key);
    this.objects.delete(key);
  }

  json(key: string): unknown {
    const found = this.objects.get(key);
    return found === undefined ? undefined : JSON.parse(new TextDecoder().decode(found.body));
  }
}

/** A fleet of workers that exist only as entries. */
export class PaperFleet implements WorkerFleet {
  readonly workers = new Map<string, FleetWorker & { readonly runId: string }>();
  readonly launches: WorkerPlace[] = [];
  readonly stopped: string[] = [];
  /** What was asked for at each launch. */
  readonly asked: (SpotChoice | undefined)[] = [];
  /** Places that can't be filled, and why. */
  refuses: (place: WorkerPlace) => string | undefined = () => undefined;
  cause: 'capacity' | 'limit' | 'request' = 'capacity';
  capacityOf: (place: WorkerPlace) => Capacity = () => 'on-demand';
  /** Called before each launch; what it awaits is how long that takes. */
  beforeLaunch: () => Promise<void> = async () => undefined;

  async launch(
    runId: string,
    places: readonly WorkerPlace[],
    capacity?: SpotChoice,
  ): Promise<readonly LaunchResult[]> {
    this.asked.push(capacity);
    await this.beforeLaunch();
    return places.map((place): LaunchResult => {
      const reason = this.refuses(place);
      if (reason !== undefined) return { ...place, kind: 'failed', reason, cause: this.cause };
      const workerId = `${runId === 'r1' ? '' : `${runId}-`}w-${place.shard}-${place.attempt}`;
      if (!this.workers.has(workerId)) {
        this.launches.push(place);
        this.workers.set(workerId, { ...place, runId, workerId, state: 'running' });
      }
      return { ...place, kind: 'launched', workerId, capacity: this.capacityOf(place) };
    });
  }

  async list(runId: string): Promise<readonly FleetWorker[]> {
    return [...this.workers.values()].filter((worker) => worker.runId === runId);
  }

  async runsWithWorkers(): Promise<readonly string[]> {
    const running = [...this.workers.values()].filter(({ state }) => state === 'running');
    return [...new Set(running.map(({ runId }) => runId))];
  }

  async stop(_runId: string, workerIds: readonly string[]): Promise<void> {
    for (const id of workerIds) this.kill(id, 'stopped');
  }

  kill(workerId: string, stoppedReason: string): void {
    const worker = this.workers.get(workerId);
    if (worker === undefined || worker.state === 'stopped') return;
    this.stopped.push(workerId);
    this.workers.set(workerId, { ...worker, state: 'stopped', stoppedReason });
  }
}

export const testPorts = (overrides: Partial<RunPorts> = {}) => {
  const store = new MemoryStore();
  const fleet = new PaperFleet();
  const told: unknown[] = [];
  const time = { millis: startOfTime };
  const ports: RunPorts = {
    store,
    fleet,
    events: { tell: async (event) => void told.push(event) },
    clock: { nowMillis: () => time.millis },
    guard: addressGuard([]),
    pace: aPace,
    survey: localSurvey,
    ...overrides,
  };
  return { ports, store, fleet, told, time };
};
