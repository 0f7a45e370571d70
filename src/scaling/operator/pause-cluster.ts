import { BadInputError } from '../../errors.ts';
import type { PauseRequest, PolicyStanding } from '../../platform/ports/scaling-api.ts';
import { updateJson } from '../../store/stored-json.ts';
import { decisionsKey, pauseIdOf } from '../decisions/decision-keys.ts';
import { makeRows } from '../decisions/plan-rows.ts';
import { writeDecisions } from '../decisions/write-decisions.ts';
import { policyKey, storedPolicy } from '../policy-store/stored-policy.ts';
import { notFound, requireName, type ScalingApiPorts, standingOf } from './policy-standing.ts';

const longestPauseSeconds = 366 * 86_400;
const endless = Number.MAX_SAFE_INTEGER;

/** Nothing is decided until then, or until `resumeCluster`. Throws `BadInput` for a pause that can't be kept to. */
export const pauseCluster = async (
  ports: ScalingApiPorts,
  cluster: string,
  { forSeconds, requestedBy }: PauseRequest,
): Promise<PolicyStanding> => {
  if (forSeconds !== null && !(forSeconds > 0 && forSeconds <= longestPauseSeconds))
    throw new BadInputError(
      `a pause of ${forSeconds} s can't be kept to: expected more than 0 s and at most ${longestPauseSeconds / 86_400} d, or none until it is resumed`,
    );
  const untilMillis = forSeconds === null ? endless : ports.time.nowMillis() + Math.round(forSeconds * 1000);
  const until = forSeconds === null ? 'until it is resumed' : `until ${new Date(untilMillis).toISOString()}`;
  const standing = await setPause(ports, cluster, () => untilMillis);
  await logPause(ports, standing, `paused ${until}, by ${requestedBy}`);
  return standing;
};

/** Of a cluster that isn't paused, nothing changes. */
export const resumeCluster = async (
  ports: ScalingApiPorts,
  cluster: string,
  requestedBy: string,
): Promise<PolicyStanding> => {
  const now = ports.time.nowMillis();
  let wasPaused = false;
  const standing = await setPause(ports, cluster, (before) => {
    wasPaused = before !== null && before > now;
    return wasPaused ? now : before;
  });
  if (wasPaused) await logPause(ports, standing, `resumed, by ${requestedBy}`);
  return standing;
};

const setPause = async (
  ports: ScalingApiPorts,
  cluster: string,
  decide: (before: number | null) => number | null,
): Promise<PolicyStanding> => {
  requireName(cluster);
  const changed = await updateJson(ports.store, policyKey(cluster), storedPolicy, (before) => {
    if (before === undefined) throw notFound(cluster);
    const pausedUntilMillis = decide(before.pausedUntilMillis);
    return before.pausedUntilMillis === pausedUntilMillis ? undefined : { ...before, pausedUntilMillis };
  });
  if (changed === undefined) throw notFound(cluster);
  return standingOf(ports, changed);
};

/** Whoever asks why nothing is decided finds it among the decisions. */
const logPause = async (
  { store, time }: ScalingApiPorts,
  { cluster, digest }: PolicyStanding,
  sentence: string,
): Promise<void> => {
  const atMillis = time.nowMillis();
  const tick = pauseIdOf(atMillis, cluster);
  const head = { atMillis, cluster, tick, policy: digest };
  const decision = { subject: 'cluster', outcome: 'hold', reason: 'paused', from: null, to: null } as const;
  const rows = makeRows(head, [{ ...decision, sentence: `${cluster}: ${sentence}`, figures: {} }], []);
  await writeDecisions(store, decisionsKey(tick, atMillis), rows);
};
