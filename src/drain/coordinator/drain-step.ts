import type { CallBucket } from '../../platform/ports/call-pace.ts';
import { readJson } from '../../store/stored-json.ts';
import type { DrainPorts } from '../drain-ports.ts';
import { leavingDocument, leavingKey } from '../leaving/leaving-document.ts';
import { carryOutBalancing } from './balancer-lane.ts';
import { readProgress } from './drain-progress.ts';
import { DrainSession } from './drain-session.ts';
import { type DrainLimits, drainLimits, emptyDrainState } from './drain-state.ts';
import { endDrains } from './end-drains.ts';
import { joinLeaving } from './join-leaving.ts';
import { carryOutChanges } from './modify-lane.ts';
import { type DrainPlan, type DueWork, planDrain } from './plan-drain.ts';
import { carryOutListings, carryOutReads } from './read-lane.ts';
import { recordReplaced } from './record-replaced.ts';
import { Beaten, StepDocuments } from './step-documents.ts';

export interface DrainStepInput {
  readonly cluster: string;
  readonly generation: number;
}

export interface DrainStepResult {
  /** The coordinator of this generation has nothing more to do. */
  readonly done: boolean;
  /** Until the next step; 0 when it is to follow at once. */
  readonly waitSeconds: number;
  readonly reason: 'ended' | 'superseded' | 'beaten' | 'working';
  /** Under way after this step. */
  readonly drains: number;
  /** Ended in this step, and those of them of which something was not done or not by the deadline. */
  readonly ended: number;
  readonly missed: number;
}

export interface DrainStepOptions {
  /** No new work begins after so long; what has begun is finished. */
  readonly timeLimitMillis?: number;
  readonly limits?: DrainLimits;
}

const idleMillis = 200;
const lookMillis = 100;
const longestWaitSeconds = 5;

/** Each waits for a call to Auto Scaling, perhaps, of which there are a few a second; and a step has a minute. */
const endedAtOnce = 20;

const paidBuckets = [
  'resourceModify',
  'resourceRead',
  'serviceRead',
  'definitionRead',
  'balancerAny',
] as const satisfies readonly CallBucket[];

const lanes = [carryOutReads, carryOutListings, carryOutBalancing, carryOutChanges] as const;

/**
 * Each lane does what is due of its kind; the first that fails ends the step, and what the others have begun is awaited.
 * A plan goes through thousands of tasks, so lanes that wait look at the same one.
 */
const carryOut = async (session: DrainSession, isOver: () => boolean): Promise<void> => {
  const waiting = new Set<() => void>();
  let newest: { readonly plan: DrainPlan; readonly atMillis: number } | undefined;
  const look = (hasWorked: boolean): DrainPlan => {
    const now = session.now();
    if (newest === undefined || hasWorked || now - newest.atMillis >= lookMillis)
      newest = { plan: planDrain(session.state, now, session.limits), atMillis: now };
    return newest.plan;
  };
  const run = async (lane: (session: DrainSession, due: DueWork) => Promise<boolean>): Promise<void> => {
    let hasWorked = true;
    while (!isOver()) {
      const { due, nextAtMillis } = look(hasWorked);
      hasWorked = await lane(session, due);
      if (hasWorked) {
        // What one lane has done may be what another one waits for.
        for (const wake of waiting) wake();
        waiting.clear();
        continue;
      }
      const next = nextAtMillis ?? Number.POSITIVE_INFINITY;
      const millis = Math.min(idleMillis, Math.max(lookMillis, next - session.now()));
      await Promise.race([session.ports.time.sleep(millis), new Promise<void>((wake) => waiting.add(wake))]);
    }
  };
  await Promise.all(lanes.map(run));
};

const work = async (session: DrainSession, documents: StepDocuments): Promise<DrainStepResult['reason']> => {
  let reason: DrainStepResult['reason'] = 'working';
  let isStopped = false;
  const carried = carryOut(session, () => isStopped || session.isOver());
  carried.catch(() => {
    isStopped = true;
  });
  try {
    while (!session.isOver() && !isStopped) {
      if (!(await documents.refresh(session))) {
        reason = 'superseded';
        break;
      }
      const { ended } = planDrain(session.state, session.now(), session.limits);
      if (ended.length > 0) await endDrains(session, ended.slice(0, endedAtOnce));
      await documents.save(session, false);
      if (Object.keys(session.state.drains).length === 0) break;
      await session.ports.time.sleep(idleMillis);
    }
  } finally {
    isStopped = true;
    await carried;
  }
  await documents.save(session, true);
  return reason;
};

const secondsUntilNext = (session: DrainSession): number => {
  const { nextAtMillis, due, ended } = planDrain(session.state, session.now(), session.limits);
  if (ended.length > 0 || Object.values(due).some((calls) => calls.length > 0)) return 0;
  const seconds = ((nextAtMillis ?? Number.POSITIVE_INFINITY) - session.now()) / 1000;
  return Math.max(0, Math.min(longestWaitSeconds, Math.floor(seconds)));
};

/**
 * One short step of a cluster's coordinator: reads what is known, and does what planDrain says is due, in four lanes
 * beside each other (reads, listings, balancers, changes), until its time is over or nothing is left. All that it does may
 * be done twice or by two at once; what a crash forgets is done again. Throws what the store throws; a call to the cluster
 * or a balancer that fails is noted with its drain or group and made again.
 */
export const drainStep = async (
  ports: DrainPorts,
  input: DrainStepInput,
  options: DrainStepOptions = {},
): Promise<DrainStepResult> => {
  const { cluster, generation } = input;
  const { timeLimitMillis = 8_000, limits = drainLimits } = options;
  const untilMillis = ports.time.nowMillis() + timeLimitMillis;
  ports.pace.prepare?.(paidBuckets);
  const [leaving, progress] = await Promise.all([
    readJson(ports.store, leavingKey(cluster), leavingDocument),
    readProgress(ports.store, cluster),
  ]);
  if (leaving === undefined || leaving.value.generation !== generation)
    return { done: true, waitSeconds: 0, reason: 'superseded', drains: 0, ended: 0, missed: 0 };
  const known = progress?.value ?? emptyDrainState;
  const state = joinLeaving(known, leaving.value, ports.time.nowMillis());
  const session = new DrainSession(ports, cluster, limits, untilMillis, state);
  const documents = new StepDocuments(ports, input, leaving, progress?.etag);
  const end = (done: boolean, reason: DrainStepResult['reason'], waitSeconds = 0): DrainStepResult => ({
    done,
    waitSeconds,
    reason,
    drains: Object.keys(session.state.drains).length,
    ...session.counts,
  });
  try {
    await documents.renewInTime();
    await recordReplaced(session, known, leaving.value);
    const reason = await work(session, documents);
    if (reason === 'superseded') return end(true, reason);
    if (Object.keys(session.state.drains).length > 0) return end(false, reason, secondsUntilNext(session));
    await documents.reread();
    if (documents.hasWork() || documents.leaving.value.generation !== generation)
      return end(false, 'working');
    return (await documents.giveUp()) ? end(true, 'ended') : end(false, 'working');
  } catch (error) {
    if (error instanceof Beaten) return end(false, 'beaten', 1);
    throw error;
  }
};
