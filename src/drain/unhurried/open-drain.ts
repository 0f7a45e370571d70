import { logFailure } from '../../calls/log-failure.ts';
import { DocumentInvalidError } from '../../errors.ts';
import type { ObjectStore } from '../../platform/ports/object-store.ts';
import { readJson } from '../../store/stored-json.ts';
import type { Drain, DrainState } from '../coordinator/drain-state.ts';
import { emptyDrainState } from '../coordinator/drain-state.ts';
import { asReplaced } from '../coordinator/record-replaced.ts';
import { isTakenBack, takingBackOf } from '../leaving/is-taken-back.ts';
import {
  type LeavingDocument,
  type LeavingInstance,
  leavingDocument,
  leavingKey,
} from '../leaving/leaving-document.ts';
import { decideDeadline } from './decide-deadline.ts';
import type { UnhurriedInput, UnhurriedPorts } from './unhurried-ports.ts';
import {
  drainOf,
  readUnhurried,
  type UnhurriedOutcome,
  type UnhurriedProgress,
  unhurriedKey,
} from './unhurried-progress.ts';

/** A drain without hurry as it stands, before anything is asked of the cluster. */
export interface OpenDrain {
  readonly progress: UnhurriedProgress;
  readonly etag: string | undefined;
  /** Undefined when the leaving document knows nothing of it any more. */
  readonly entry: LeavingInstance | undefined;
  /** It was taken back, and another drain of the instance has begun since. */
  readonly isReplaced: boolean;
  /** Drains without hurry that go on in the cluster. */
  readonly drains: number;
}

const begin = (entry: LeavingInstance, nowMillis: number): Drain => ({
  drainId: entry.drainId,
  instanceId: entry.instanceId,
  notices: entry.notices,
  heardAtMillis: entry.heardAtMillis,
  joinedAtMillis: nowMillis,
  deadlineMillis: entry.heardAtMillis,
  isTakenBack: false,
  containerInstanceArn: null,
  at: {},
  failures: {},
  tasks: {},
});

const stateOf = (drain: Drain, state: DrainState = emptyDrainState): DrainState => ({
  ...state,
  drains: { [drain.drainId]: drain },
});

/** The progress with what is known of the instance now: news add notices, bring the deadline forward, or take it back. */
export const joinEntry = (progress: UnhurriedProgress, entry: LeavingInstance): UnhurriedProgress => {
  const known = progress.state.drains[entry.drainId];
  if (known === undefined) return progress;
  const { deadlineMillis, isGiven } = decideDeadline(entry, Object.values(progress.hooks));
  const { takenBack: _, ...before } = known;
  const drain = {
    ...before,
    notices: entry.notices,
    deadlineMillis,
    isTakenBack: isTakenBack(entry),
    ...takingBackOf(entry),
  };
  return { ...progress, state: stateOf(drain, progress.state), hasDeadline: isGiven };
};

/** What became of it without this state machine; null while it is this one's. */
const elsewhere = (entry: LeavingInstance | undefined): UnhurriedOutcome | null => {
  if (entry === undefined || entry.endedAtMillis !== undefined) return 'superseded';
  return entry.pace === 'hurried' ? 'handed-over' : null;
};

const isGoingOn = ({ pace, endedAtMillis }: LeavingInstance): boolean =>
  pace === 'unhurried' && endedAtMillis === undefined;

export const entryOf = (
  document: LeavingDocument | undefined,
  drainId: string,
): LeavingInstance | undefined =>
  Object.values(document?.instances ?? {}).find((entry) => entry.drainId === drainId);

/** One that can't be read is begun anew, as in drain-progress.ts. */
const readOrDiscard = async (store: ObjectStore, cluster: string, drainId: string) => {
  try {
    return await readUnhurried(store, cluster, drainId);
  } catch (error) {
    if (!(error instanceof DocumentInvalidError)) throw error;
    logFailure({ cluster, drainId, error });
    await store.delete(unhurriedKey(cluster, drainId));
    return undefined;
  }
};

/** Undefined when nothing is known of such a drain, neither in the leaving document nor in its own. */
export const openDrain = async (
  { store, time }: Pick<UnhurriedPorts, 'store' | 'time'>,
  { cluster, drainId }: UnhurriedInput,
): Promise<OpenDrain | undefined> => {
  const leaving = await readJson(store, leavingKey(cluster), leavingDocument);
  const stored = await readOrDiscard(store, cluster, drainId);
  const entry = entryOf(leaving?.value, drainId);
  const drains = Object.values(leaving?.value.instances ?? {}).filter(isGoingOn).length;
  if (stored !== undefined) {
    const drain = drainOf(stored.progress);
    // What was decided before it was taken back, and not carried out yet, counts no more.
    const isOverruled = entry !== undefined && isTakenBack(entry) && !drain.isTakenBack;
    const outcome = elsewhere(entry) ?? (isOverruled ? null : stored.progress.outcome);
    const progress = { ...stored.progress, outcome };
    const now = leaving?.value.instances[drain.instanceId];
    const replaced = entry === undefined ? asReplaced(drain, now) : undefined;
    const known =
      replaced === undefined ? progress : { ...progress, state: stateOf(replaced, progress.state) };
    return {
      ...stored,
      isReplaced: replaced !== undefined,
      entry,
      drains,
      progress: entry === undefined ? known : joinEntry(progress, entry),
    };
  }
  if (entry === undefined) return undefined;
  const fresh: UnhurriedProgress = {
    cluster,
    drainId,
    state: stateOf(begin(entry, time.nowMillis())),
    hasDeadline: false,
    hooks: {},
    protectedUntil: {},
    outcome: elsewhere(entry),
  };
  return { progress: joinEntry(fresh, entry), etag: undefined, entry, drains, isReplaced: false };
};
