import { DocumentInvalidError } from '../../errors.ts';
import { readJson } from '../../store/stored-json.ts';
import { readProgress } from '../coordinator/drain-progress.ts';
import { type DrainState, drainLimits, emptyDrainState } from '../coordinator/drain-state.ts';
import { joinLeaving } from '../coordinator/join-leaving.ts';
import type { DrainClusters, DrainPorts } from '../drain-ports.ts';
import {
  type LeavingDocument,
  type LeavingInstance,
  leavingDocument,
  leavingKey,
} from '../leaving/leaving-document.ts';
import { decideDeadline } from '../unhurried/decide-deadline.ts';
import { makeUnhurriedRecord, readUnhurried } from '../unhurried/unhurried-progress.ts';
import { type DrainRecord, makeRecord } from './drain-record.ts';
import { recordName } from './record-name.ts';

/** What looking at drains stands on; without clusters, only those that have ended are seen. */
export type HistoryPorts = Pick<DrainPorts, 'store'> &
  DrainClusters & { readonly time: Pick<DrainPorts['time'], 'nowMillis'> };

/** Drains that haven't ended, by the name that their record will have. */
export interface RunningDrains {
  readonly names: readonly string[];
  /** How far one is. Undefined when it isn't among them. */
  record(name: string): Promise<DrainRecord | undefined>;
}

/** Reads what is known of each cluster's leaving instances, and of their progress only when one of them is asked for. */
export const findRunning = async (ports: HistoryPorts): Promise<RunningDrains> => {
  const found = new Map<string, { readonly leaving: LeavingDocument; readonly entry: LeavingInstance }>();
  const documents = await Promise.all(
    ports.clusters.map((cluster) => readJson(ports.store, leavingKey(cluster), leavingDocument)),
  );
  for (const stored of documents)
    for (const entry of Object.values(stored?.value.instances ?? {}))
      if (stored !== undefined && entry.endedAtMillis === undefined)
        found.set(recordName(entry), { leaving: stored.value, entry });
  const states = new Map<string, Promise<DrainState>>();
  const stateOf = (leaving: LeavingDocument): Promise<DrainState> => {
    const state = states.get(leaving.cluster) ?? hurriedState(ports, leaving);
    states.set(leaving.cluster, state);
    return state;
  };
  return {
    names: [...found.keys()],
    record: async (name) => {
      const running = found.get(name);
      if (running === undefined) return undefined;
      const { leaving, entry } = running;
      if (entry.pace === 'unhurried') return unhurriedRecord(ports, leaving, entry);
      return recordOf(leaving.cluster, await stateOf(leaving), entry, ports.time.nowMillis());
    },
  };
};

const recordOf = (
  cluster: string,
  state: DrainState,
  { drainId }: LeavingInstance,
  nowMillis: number,
): DrainRecord | undefined => {
  const drain = state.drains[drainId];
  if (drain === undefined) return undefined;
  return makeRecord(cluster, state, drain, 'running', nowMillis, drainLimits);
};

/** Of progress that can't be read, drains are shown without any: that they go on is known all the same. */
const unlessUnreadable = (error: unknown): undefined => {
  if (error instanceof DocumentInvalidError) return undefined;
  throw error;
};

const hurriedState = async (ports: HistoryPorts, leaving: LeavingDocument): Promise<DrainState> => {
  const known = await readProgress(ports.store, leaving.cluster);
  return joinLeaving(known?.value ?? emptyDrainState, leaving, ports.time.nowMillis());
};

const unhurriedRecord = async (
  { store, time }: HistoryPorts,
  { cluster, ...leaving }: LeavingDocument,
  entry: LeavingInstance,
): Promise<DrainRecord | undefined> => {
  const now = time.nowMillis();
  const known = await readUnhurried(store, cluster, entry.drainId).catch(unlessUnreadable);
  if (known?.progress.state.drains[entry.drainId] !== undefined)
    return makeUnhurriedRecord(known.progress, 'running', now);
  const { deadlineMillis } = decideDeadline(entry, []);
  const begun = { ...entry, pace: 'hurried' as const, deadlineMillis };
  const only = { ...leaving, cluster, instances: { [entry.instanceId]: begun } };
  return recordOf(cluster, joinLeaving(emptyDrainState, only, now), entry, now);
};
