import * as z from 'zod/mini';
import { StoreConflictError } from '../../errors.ts';
import type { ObjectStore } from '../../platform/ports/object-store.ts';
import { readJson, writeJson } from '../../store/stored-json.ts';
import { packProgress, progressDocument, unpackProgress } from '../coordinator/drain-progress.ts';
import { type Drain, type DrainState, drainLimits } from '../coordinator/drain-state.ts';
import type { DrainOutcome } from '../coordinator/plan-drain.ts';
import { type DrainRecord, makeRecord } from '../records/drain-record.ts';
import { withOwnTargets } from './own-tasks.ts';

/** A lifecycle hook that waits for the instance. */
const knownHook = z.object({
  /** Null where its settings can't be read. */
  heartbeatSeconds: z.nullable(z.number()),
  /** When Auto Scaling waits no longer, whatever heartbeats it hears. */
  endsAtMillis: z.number(),
  /** Nobody waits any more: it was completed by somebody else, or has timed out. */
  isGone: z.boolean(),
});

const unhurriedDocument = z.extend(progressDocument, {
  unhurried: z.object({
    hasDeadline: z.boolean(),
    /** By name and token. */
    hooks: z.record(z.string(), knownHook),
    protectedUntil: z.record(z.string(), z.number()),
    outcome: z.nullable(z.enum(['empty', 'gone', 'taken-back', 'abandoned', 'handed-over', 'superseded'])),
  }),
});

export type KnownHook = z.infer<typeof knownHook>;

/**
 * `handed-over`: the cluster's coordinator sees to it now. `superseded`: somebody else has ended it, or it was taken back
 * and another drain of the instance has begun.
 */
export type UnhurriedOutcome = DrainOutcome | 'handed-over' | 'superseded';

/** How far a drain without hurry is. Instants are milliseconds since the epoch. */
export interface UnhurriedProgress {
  readonly cluster: string;
  readonly drainId: string;
  /** Of this one drain. */
  readonly state: DrainState;
  /** Whether its deadline comes from a notice or a hook; else it is the longest that a drain is looked after. */
  readonly hasDeadline: boolean;
  readonly hooks: Readonly<Record<string, KnownHook>>;
  /** Tasks that their service has protected from being stopped, and until when; by ARN. */
  readonly protectedUntil: Readonly<Record<string, number>>;
  /** Null while it goes on. */
  readonly outcome: UnhurriedOutcome | null;
}

export interface StoredUnhurried {
  readonly progress: UnhurriedProgress;
  /** Undefined before it was written first. */
  readonly etag: string | undefined;
}

export const unhurriedKey = (cluster: string, drainId: string): string =>
  `state/unhurried/${cluster}/${drainId}.json`;

/** `state/unhurried/<cluster>/<drainId>.json`; undefined when there is none. Throws `DocumentInvalid` naming the key. */
export const readUnhurried = async (
  store: ObjectStore,
  cluster: string,
  drainId: string,
): Promise<StoredUnhurried | undefined> => {
  const key = unhurriedKey(cluster, drainId);
  const stored = await readJson(store, key, unhurriedDocument);
  if (stored === undefined) return undefined;
  const { unhurried, ...document } = stored.value;
  const state = unpackProgress(key, document);
  return { progress: { cluster, drainId, state, ...unhurried }, etag: stored.etag };
};

/** Throws `StoreConflict` when another look has written meanwhile: then what that one saw counts. */
export const writeUnhurried = async (
  store: ObjectStore,
  { cluster, drainId, state, hasDeadline, hooks, protectedUntil, outcome }: UnhurriedProgress,
  etag: string | undefined,
): Promise<void> => {
  const key = unhurriedKey(cluster, drainId);
  const document = {
    ...packProgress(cluster, state),
    unhurried: { hasDeadline, hooks, protectedUntil, outcome },
  };
  const condition = etag === undefined ? ({ ifAbsent: true } as const) : { ifMatch: etag };
  const put = await writeJson(store, key, document, condition);
  if (put.kind === 'conflict')
    throw new StoreConflictError(`${key} was changed by another look at the same drain; look again`);
};

export const drainOf = ({ state, drainId }: UnhurriedProgress): Drain => {
  const drain = state.drains[drainId];
  if (drain === undefined) throw new TypeError(`the progress of ${drainId} holds no such drain`);
  return drain;
};

/**
 * Pure: the record of a drain without hurry. Targets of tasks that ECS replaces and deregisters by itself are left out, and
 * a drain that nobody set a deadline has no margin.
 */
export const makeUnhurriedRecord = (
  progress: UnhurriedProgress,
  outcome: DrainOutcome | 'running',
  nowMillis: number,
): DrainRecord => {
  const own = { ...progress, state: withOwnTargets(progress.state) };
  const record = makeRecord(progress.cluster, own.state, drainOf(own), outcome, nowMillis, drainLimits);
  const guarded = Object.entries(progress.protectedUntil).filter(
    ([arn]) => drainOf(own).tasks[arn]?.stoppedAtMillis === undefined,
  );
  const missed =
    outcome === 'abandoned'
      ? guarded.map(([arn, until]) => `${arn} was protected until ${new Date(until).toISOString()}`)
      : [];
  return {
    ...record,
    marginSeconds: progress.hasDeadline ? record.marginSeconds : null,
    missed: [...record.missed, ...missed],
  };
};
