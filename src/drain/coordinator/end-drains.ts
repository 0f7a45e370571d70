import { eachOf } from '../../calls/paced-call.ts';
import { writeJson } from '../../store/stored-json.ts';
import { completeLifecycle, hookOf, lifecycleActionsOf } from '../complete-lifecycle.ts';
import { isTakenBack } from '../leaving/is-taken-back.ts';
import type { LeavingInstance } from '../leaving/leaving-document.ts';
import { updateLeaving } from '../leaving/update-leaving.ts';
import { type DrainRecord, makeRecord, recordKey } from '../records/drain-record.ts';
import { type DrainSession, reasonOf } from './drain-session.ts';
import { type Drain, emptyDrainState } from './drain-state.ts';
import { mergeDrainFailure, mergeRecovered } from './merge-facts.ts';
import type { DrainOutcome, EndedDrain } from './plan-drain.ts';

const atOnce = 8;

/** Auto Scaling is told before anybody else. False when it could not be told, and is to be told again. */
const letGo = async (session: DrainSession, drain: Drain, ended: EndedDrain): Promise<boolean> => {
  if (ended.outcome === 'taken-back') return true;
  try {
    await completeLifecycle(session.ports, drain.notices);
    session.fold((state) => mergeRecovered(state, [drain.drainId], 'lifecycle'));
    return true;
  } catch (error) {
    session.fold((state) =>
      mergeDrainFailure(state, [drain.drainId], 'lifecycle', reasonOf(error), session.now()),
    );
    return ended.isOverdue;
  }
};

/** How a drain's record is made; a drain without hurry has some of its own. */
export type RecordDrain = (session: DrainSession, drain: Drain, outcome: DrainOutcome) => DrainRecord;

export const hurriedRecord: RecordDrain = (session, drain, outcome) =>
  makeRecord(session.cluster, session.state, drain, outcome, session.now(), session.limits);

/** Writes the record of a drain that is over, and tells. */
export const tellEnd = async (
  session: DrainSession,
  drain: Drain,
  { outcome }: Pick<EndedDrain, 'outcome'>,
  recordDrain: RecordDrain,
): Promise<void> => {
  const { ports, cluster } = session;
  const now = session.now();
  const record = recordDrain(session, session.state.drains[drain.drainId] ?? drain, outcome);
  await writeJson(ports.store, recordKey(record), record);
  const { drainId, instanceId, marginSeconds, missed } = record;
  const at = new Date(now).toISOString();
  await ports.events.tell({ type: 'drain.ended', drainId, cluster, instanceId, outcome, marginSeconds, at });
  session.counts.ended++;
  if (missed.length === 0) return;
  session.counts.missed++;
  await ports.events.tell({ type: 'drain.missed', drainId, cluster, instanceId, missed, at });
};

/** A hook that was heard of after the others were told waits still. */
const hasNewHook = (entry: LeavingInstance, drain: Drain): boolean => {
  const told = new Set(lifecycleActionsOf(drain.notices).map(hookOf));
  return lifecycleActionsOf(entry.notices).some((action) => !told.has(hookOf(action)));
};

/** An operator was told that it is taken back, so it is: the instance is to become ACTIVE before it has ended. */
const isTakenBackSince = (entry: LeavingInstance, drain: Drain): boolean =>
  isTakenBack(entry) && !drain.isTakenBack;

/**
 * Completes what Auto Scaling waits for, writes the record, tells, marks the entry as ended, and only then forgets the
 * drain: a crash in between does it again, under the same key. So what is told may be told twice.
 */
export const endDrains = async (
  session: DrainSession,
  ended: readonly EndedDrain[],
  recordDrain: RecordDrain = hurriedRecord,
): Promise<void> => {
  const over = new Map<string, { readonly drain: Drain; readonly isOverdue: boolean }>();
  await eachOf(ended, atOnce, async (each) => {
    const drain = session.state.drains[each.drainId];
    if (drain === undefined || !(await letGo(session, drain, each))) return;
    await tellEnd(session, drain, each, recordDrain);
    over.set(each.drainId, { drain, isOverdue: each.isOverdue });
  });
  if (over.size === 0) return;
  const nowMillis = session.now();
  const isOver = (entry: LeavingInstance): boolean => {
    const known = over.get(entry.drainId);
    if (known === undefined) return false;
    return known.isOverdue || !(hasNewHook(entry, known.drain) || isTakenBackSince(entry, known.drain));
  };
  const document = await updateLeaving(session.ports, session.cluster, (current) => {
    if (current === undefined) throw new TypeError(`the leaving document of ${session.cluster} is gone`);
    const instances = Object.entries(current.instances).map(([id, entry]) => [
      id,
      isOver(entry) && entry.endedAtMillis === undefined ? { ...entry, endedAtMillis: nowMillis } : entry,
    ]);
    return { ...current, instances: Object.fromEntries(instances) };
  });
  const waiting = new Map(
    Object.values(document.instances)
      .filter((entry) => entry.endedAtMillis === undefined)
      .map((entry) => [entry.drainId, entry]),
  );
  session.fold((state) => {
    const left = Object.entries(state.drains).flatMap(([id, drain]): [string, Drain][] => {
      if (!over.has(id)) return [[id, drain]];
      const entry = waiting.get(id);
      return entry === undefined
        ? []
        : [[id, { ...drain, notices: entry.notices, isTakenBack: isTakenBack(entry) }]];
    });
    return left.length === 0 ? emptyDrainState : { ...state, drains: Object.fromEntries(left) };
  });
};
