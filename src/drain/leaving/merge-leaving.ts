import { decidePace, isDueSoon } from './decide-pace.ts';
import type { InstanceLeaving } from './instance-leaving.ts';
import { isNewsAfter } from './is-news-after.ts';
import { isTakenBack, takingBackOf } from './is-taken-back.ts';
import type { LeavingDocument, LeavingInstance } from './leaving-document.ts';
import { mergeNotice } from './merge-notice.ts';
import { wakeCoordinator } from './wake-coordinator.ts';

/**
 * `new`: a drain begins; `hastened`: the deadline is earlier than was known, or there is hurry now; `known`: neither,
 * though a notice may have been added.
 */
export type LeavingChange = 'new' | 'hastened' | 'known';

export interface MergedLeaving {
  /** The very document that was given when nothing is to be written. */
  readonly document: LeavingDocument;
  /** Of each piece of news, in its order. */
  readonly changes: readonly LeavingChange[];
}

/** As long as ended drains are known, so that late duplicates begin no new ones. */
const keptSeconds = 3600;

/**
 * News of a cluster's instances into what is known of them. Pure; for one `nowMillis`, the order of news and how often
 * each comes make no difference. Instants in milliseconds since the epoch. Begins a new generation as
 * wake-coordinator.ts says; whoever writes the document then wakes the conductors, for `known` news too, because whoever
 * wrote them may have died before it did. A drain without hurry whose deadline is near becomes a hurried one.
 */
export const mergeLeaving = (
  document: LeavingDocument | undefined,
  cluster: string,
  news: readonly InstanceLeaving[],
  nowMillis: number,
): MergedLeaving => {
  const before: LeavingDocument = document ?? {
    version: 1,
    cluster,
    generation: 0,
    leasedUntilMillis: 0,
    instances: {},
  };
  const entries = new Map(
    Object.entries(before.instances).filter(([, entry]) => !isForgotten(entry, nowMillis)),
  );
  let isChanged = entries.size < Object.keys(before.instances).length;
  const changes = news.map((leaving): LeavingChange => {
    const known = entries.get(leaving.instanceId);
    const [entry, change] = mergeOne(known, leaving, nowMillis);
    isChanged ||= entry !== known;
    entries.set(leaving.instanceId, entry);
    return change;
  });
  // However its conductor fares, which may look again in an hour only.
  for (const [instanceId, entry] of entries)
    if (isToBeHurried(entry, nowMillis)) {
      entries.set(instanceId, { ...entry, pace: 'hurried' });
      isChanged = true;
    }
  const merged = isChanged ? { ...before, instances: Object.fromEntries(entries) } : before;
  return { document: wakeCoordinator(merged, nowMillis), changes };
};

const isToBeHurried = (entry: LeavingInstance, nowMillis: number): boolean =>
  entry.pace === 'unhurried' &&
  entry.endedAtMillis === undefined &&
  !isTakenBack(entry) &&
  isDueSoon(entry.deadlineMillis, nowMillis);

const isForgotten = ({ endedAtMillis }: LeavingInstance, nowMillis: number): boolean =>
  endedAtMillis !== undefined && nowMillis - endedAtMillis > keptSeconds * 1000;

const mergeOne = (
  known: LeavingInstance | undefined,
  leaving: InstanceLeaving,
  nowMillis: number,
): readonly [LeavingInstance, LeavingChange] => {
  if (known === undefined) return [begin(leaving, nowMillis), 'new'];
  const ended = endOf(known);
  const previous = ended ?? known.previous;
  if (previous !== undefined && !isNewsAfter(previous, known.notices, leaving))
    return [note(known, leaving), 'known'];
  if (ended !== undefined) return [beginAgain(known, ended, leaving, nowMillis), 'new'];
  return hasten(known, leaving, nowMillis);
};

/** What of a drain late news have to be told apart from; undefined while it goes on. */
const endOf = (entry: LeavingInstance): LeavingInstance['previous'] => {
  const { endedAtMillis } = entry;
  const { takenBack } = takingBackOf(entry);
  if (takenBack !== undefined) return { how: 'cancelled', ...takenBack };
  return endedAtMillis === undefined ? undefined : { how: 'ended', atMillis: endedAtMillis };
};

/** The newest notice of a lifecycle action is kept even then: it is the one that a new drain would take over. */
const note = (known: LeavingInstance, leaving: InstanceLeaving): LeavingInstance => {
  if (leaving.lifecycle === undefined) return known;
  const notices = mergeNotice(known.notices, leaving);
  return notices === known.notices ? known : { ...known, notices };
};

const begin = (leaving: InstanceLeaving, nowMillis: number): LeavingInstance => ({
  instanceId: leaving.instanceId,
  drainId: `${leaving.instanceId}-${Math.floor(nowMillis / 1000).toString(36)}`,
  pace: decidePace(leaving.cause, leaving.deadlineMillis, nowMillis),
  deadlineMillis: leaving.deadlineMillis,
  heardAtMillis: nowMillis,
  ...(leaving.containerInstanceArn === undefined
    ? {}
    : { containerInstanceArn: leaving.containerInstanceArn }),
  notices: mergeNotice([], leaving),
});

/** A second later than the one before at least: a drain's id is its own. Hooks that waited may wait still. */
const beginAgain = (
  known: LeavingInstance,
  previous: NonNullable<LeavingInstance['previous']>,
  leaving: InstanceLeaving,
  nowMillis: number,
): LeavingInstance => ({
  ...begin(leaving, Math.max(nowMillis, known.heardAtMillis + 1000)),
  pace: decidePace(leaving.cause, leaving.deadlineMillis, nowMillis),
  notices: mergeNotice(
    known.notices.filter(({ lifecycle }) => lifecycle !== undefined),
    leaving,
  ),
  previous,
});

const hasten = (
  known: LeavingInstance,
  leaving: InstanceLeaving,
  nowMillis: number,
): readonly [LeavingInstance, LeavingChange] => {
  const notices = mergeNotice(known.notices, leaving);
  const deadlineMillis = earlier(known.deadlineMillis, leaving.deadlineMillis);
  const pace =
    known.pace === 'hurried' ? 'hurried' : decidePace(leaving.cause, leaving.deadlineMillis, nowMillis);
  const isHastened = deadlineMillis !== known.deadlineMillis || pace !== known.pace;
  const { containerInstanceArn = leaving.containerInstanceArn } = known;
  const isPlaced = known.containerInstanceArn === containerInstanceArn;
  if (!isHastened && isPlaced && notices === known.notices) return [known, 'known'];
  const place = containerInstanceArn === undefined ? {} : { containerInstanceArn };
  return [{ ...known, ...place, notices, deadlineMillis, pace }, isHastened ? 'hastened' : 'known'];
};

const earlier = (a: number | null, b: number | null): number | null => {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
};
