import type { TargetHealth } from '../../platform/ports/balancer.ts';

/** `stopped`: nothing speaks against StopTask any more. */
export type StopStage = 'deregistering' | 'settling' | 'in-flight' | 'stopped';

export interface StopSituation {
  readonly nowMillis: number;
  readonly beganMillis: number;
  readonly silentSinceMillis: number | undefined;
  readonly hasTargets: boolean;
  /** Each group took the deregistration. */
  readonly isDeregistered: boolean;
  /** Of its targets that are still listed. */
  readonly health: readonly TargetHealth[];
  readonly settleMillis: number;
  readonly budgetMillis: number;
}

export interface StopDecision {
  readonly stage: StopStage;
  readonly silentSinceMillis: number | undefined;
  readonly inFlight: number | null;
  readonly waitMillis: number;
}

const silent = ['draining', 'unhealthy.draining', 'unused'];
const pollMillis = 500;
/** Where the balancer doesn't tell what is in flight, it says so only when its delay is over; and its calls are few. */
const slowPollMillis = 3_000;

/**
 * Is it time for StopTask? Never before each target was seen to be silent and settled, but for a balancer that hasn't
 * confirmed within the budget: then right at its end.
 */
export const decideStop = (situation: StopSituation): StopDecision => {
  const { nowMillis, beganMillis, hasTargets, isDeregistered, health, settleMillis, budgetMillis } =
    situation;
  const told = health.flatMap(({ inFlight }) => inFlight ?? []);
  const inFlight = told.length === 0 ? null : told.reduce((sum, count) => sum + count, 0);
  if (!hasTargets) return { stage: 'stopped', silentSinceMillis: undefined, inFlight: null, waitMillis: 0 };
  const isSilent = isDeregistered && health.every(({ state }) => silent.includes(state));
  const leftMillis = beganMillis + budgetMillis - nowMillis;
  if (!isSilent) {
    return leftMillis <= 0
      ? { stage: 'stopped', silentSinceMillis: undefined, inFlight, waitMillis: 0 }
      : { stage: 'deregistering', silentSinceMillis: undefined, inFlight, waitMillis: pollMillis };
  }
  const silentSinceMillis = situation.silentSinceMillis ?? nowMillis;
  const settlingMillis = silentSinceMillis + settleMillis - nowMillis;
  if (settlingMillis > 0) {
    return { stage: 'settling', silentSinceMillis, inFlight, waitMillis: settlingMillis };
  }
  const isEmpty = health.every((target) => target.state === 'unused' || target.inFlight === 0);
  if (isEmpty || leftMillis <= 0) return { stage: 'stopped', silentSinceMillis, inFlight, waitMillis: 0 };
  return {
    stage: 'in-flight',
    silentSinceMillis,
    inFlight,
    waitMillis: Math.min(inFlight === null ? slowPollMillis : pollMillis, leftMillis),
  };
};
