import { readJson } from '../../store/stored-json.ts';
import type { Drain, DrainState } from '../coordinator/drain-state.ts';
import { emptyDrainState } from '../coordinator/drain-state.ts';
import { isTakenBack } from '../leaving/is-taken-back.ts';
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
  const drain = { ...known, notices: entry.notices, deadlineMillis, isTakenBack: isTakenBack(entry) };
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

/** Undefined when nothing is known of such a drain, neither in the leaving document nor in its own. */
export const openDrain = async (
  { store, time }: Pick<UnhurriedPorts, 'store' | 'time'>,
  { cluster, drainId }: UnhurriedInput,
): Promise<OpenDrain | undefined> => {
  const leaving = await readJson(store, leavingKey(cluster), leavingDocument);
  const stored = await readUnhurried(store, cluster, drainId);
  const entry = entryOf(leaving?.value, drainId);
  const drains = Object.values(leaving?.value.instances ?? {}).filter(isGoingOn).length;
  if (stored !== undefined) {
    const outcome = elsewhere(entry) ?? stored.progress.outcome;
    const progress = { ...stored.progress, outcome };
    const { instanceId } = drainOf(stored.progress);
    const isReplaced =
      entry === undefined && leaving?.value.instances[instanceId]?.previous?.how === 'cancelled';
    return {
      ...stored,
      isReplaced,
      entry,
      drains,
      progress: entry === undefined ? progress : joinEntry(progress, entry),
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
