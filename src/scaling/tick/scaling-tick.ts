import type { Stored } from '../../store/stored-json.ts';
import { decideTick } from '../decide-tick.ts';
import { tickIdOf } from '../decisions/decision-keys.ts';
import { isPaused, readPolicy, type StoredPolicy } from '../policy-store/stored-policy.ts';
import { newMemory, type ScalingMemory } from '../scaling-memory.ts';
import type { ScalingPorts } from '../scaling-ports.ts';
import { CountedPace } from './counted-pace.ts';
import { eventEveryMillis, isDue, lateSecondsOf } from './decide-due.ts';
import { finishTick } from './finish-tick.ts';
import { readMemory } from './read-memory.ts';
import { readSnapshot, type SnapshotRead } from './read-snapshot.ts';
import type { IgnoredTick, TickResult } from './tick-result.ts';

export interface TickOptions {
  /** `schedule`: when its interval is over. `event`: at once, unless a tick has begun since `heardAtMillis`. */
  readonly because: 'schedule' | 'event';
  readonly heardAtMillis?: number;
  /** Of the schedule: only when no tick has begun for so long. */
  readonly quietSeconds?: number;
}

/** From the beginning of a tick; the next one may begin then, and what wasn't reached is its business. */
export const tickSeconds = { read: 30, act: 50 } as const;
/** However long reading took: a tick that never acts is worth nothing. */
const leastActSeconds = 10;

/**
 * One tick of one cluster: reads what there is, decides, keeps what is to be remembered, and only then acts. Of two ticks at
 * once one loses the race for the memory and does nothing. After a crash anywhere the next tick finds the facts as they are.
 * Throws when nothing could be read, and what the store throws until the memory is written.
 */
export const scalingTick = async (
  ports: ScalingPorts,
  cluster: string,
  options: TickOptions,
): Promise<TickResult> => {
  const tick = await tickOnce(ports, cluster, options);
  const isLost = tick.kind === 'ignored' && tick.reason === 'lost';
  // Whoever was faster may have looked before the event was heard of, and the schedule's next tick may be long in coming.
  return isLost && options.because === 'event' ? tickOnce(ports, cluster, options) : tick;
};

const tickOnce = async (given: ScalingPorts, cluster: string, options: TickOptions): Promise<TickResult> => {
  if (options.because === 'event') await awaitQuiet(given, cluster, options);
  const stored = await readPolicy(given.store, cluster);
  const ignored = (reason: IgnoredTick['reason']): IgnoredTick => ({
    kind: 'ignored',
    cluster,
    reason,
    everySeconds: stored?.value.policy.everySeconds ?? null,
  });
  if (stored === undefined) return ignored('no-policy');
  if (isPaused(stored.value, given.time.nowMillis())) return ignored('paused');
  const { policy } = stored.value;
  const kept = await takeTurn(given, stored.value, options);
  if (kept === 'not-due') return ignored('not-due');
  const startMillis = given.time.nowMillis();
  const pace = new CountedPace(given.pace, given.time, startMillis + tickSeconds.read * 1000);
  const ports = { ...given, pace };
  const before = kept?.value ?? newMemory(cluster);
  const read = await readSnapshot(ports, policy, before);
  const decided = decideTick(read.snapshot, read.policy, before);
  const memory = withOwnFields(before, decided.memory, read, options);
  pace.extend(actUntilMillis(startMillis, policy.everySeconds, given.time.nowMillis()));
  const finished = await finishTick(ports, {
    before,
    etag: kept?.etag,
    decided: { ...decided, memory },
    read,
    stored: stored.value,
    tick: tickIdOf(read.snapshot.atMillis, cluster),
  });
  if (finished === 'lost') return ignored('lost');
  return {
    kind: 'ticked',
    cluster,
    everySeconds: policy.everySeconds,
    dryRun: policy.dryRun,
    decisions: decided.decisions,
    ...finished,
    failures: [...read.failures, ...finished.failures],
    calls: pace.counts,
    millis: given.time.nowMillis() - startMillis,
    lateSeconds:
      options.because === 'event'
        ? 0
        : lateSecondsOf(lastWanted(before, stored.value), policy.everySeconds, startMillis),
  };
};

/** Since when a tick was waited for: nobody is late who was not to come. Undefined before the first. */
const lastWanted = (
  { scheduledAtMillis }: ScalingMemory,
  { appliedAtMillis, pausedUntilMillis }: StoredPolicy,
): number | undefined =>
  scheduledAtMillis === undefined
    ? undefined
    : Math.max(scheduledAtMillis, appliedAtMillis, pausedUntilMillis ?? 0);

const actUntilMillis = (startMillis: number, everySeconds: number, nowMillis: number): number =>
  Math.max(
    startMillis + Math.min(tickSeconds.act, everySeconds * 0.9) * 1000,
    nowMillis + leastActSeconds * 1000,
  );

/** Whoever ticks meanwhile sees what was heard of until then, for all others that wait. */
const awaitQuiet = async (
  { store, time }: ScalingPorts,
  cluster: string,
  { heardAtMillis }: TickOptions,
): Promise<void> => {
  const kept = await readMemory(store, cluster);
  const lastMillis = kept?.value.tickedAtMillis ?? null;
  if (lastMillis === null || isSeen(lastMillis, heardAtMillis)) return;
  const waitMillis = lastMillis + eventEveryMillis - time.nowMillis();
  if (waitMillis > 0) await time.sleep(Math.min(waitMillis, eventEveryMillis));
};

const isSeen = (lastMillis: number | null, heardAtMillis: number | undefined): boolean =>
  lastMillis !== null && heardAtMillis !== undefined && lastMillis >= heardAtMillis;

/** The memory that the tick begins with, when it is its turn; undefined when it is the first. */
const takeTurn = async (
  { store, time }: ScalingPorts,
  { cluster, policy }: StoredPolicy,
  { because, heardAtMillis, quietSeconds = 0 }: TickOptions,
): Promise<Stored<ScalingMemory> | undefined | 'not-due'> => {
  const kept = await readMemory(store, cluster);
  const lastMillis = kept?.value.tickedAtMillis ?? null;
  if (because === 'event') return isSeen(lastMillis, heardAtMillis) ? 'not-due' : kept;
  const isQuiet = lastMillis === null || time.nowMillis() - lastMillis >= quietSeconds * 1000;
  const isTurn = isDue(kept?.value.scheduledAtMillis, policy.everySeconds, time.nowMillis());
  return isQuiet && isTurn ? kept : 'not-due';
};

/** Of what was not read, nothing is forgotten. */
const withOwnFields = (
  before: ScalingMemory,
  after: ScalingMemory,
  { snapshot, services }: SnapshotRead,
  { because }: TickOptions,
): ScalingMemory => {
  const unread = Object.entries(before.services).filter(([name]) => services.unread.has(name));
  const scheduledAtMillis = because === 'schedule' ? snapshot.atMillis : before.scheduledAtMillis;
  return {
    ...after,
    services: { ...after.services, ...Object.fromEntries(unread) },
    ...(scheduledAtMillis === undefined ? {} : { scheduledAtMillis }),
    ...(services.listing === undefined ? {} : { listing: services.listing }),
  };
};
