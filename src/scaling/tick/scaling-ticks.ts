import { logFailure, reasonOf } from '../../calls/log-failure.ts';
import { eachOf } from '../../calls/paced-call.ts';
import { readPolicy } from '../policy-store/stored-policy.ts';
import type { ScalingPorts } from '../scaling-ports.ts';
import { scalingTick } from './scaling-tick.ts';
import type { TickResult } from './tick-result.ts';

export interface TicksOptions {
  /** True: clusters whose policy wants ticks more often than each minute; the schedule ticks them only when nobody else does. */
  readonly fast: boolean;
}

export interface ScalingTicks {
  readonly ticks: readonly TickResult[];
  /** Clusters whose tick failed. */
  readonly failed: readonly { readonly cluster: string; readonly reason: string }[];
  /** Of the clusters that want ticks more often than each minute, the shortest interval; null when there are none. */
  readonly fastEverySeconds: number | null;
}

const minuteSeconds = 60;
const clustersAtOnce = 4;

/**
 * Ticks each cluster that is due. What goes wrong in one holds no other up: it is in `failed`, for whoever called to throw
 * at its end. Repeatable; to be called once a minute, and with `fast` every `fastEverySeconds`.
 */
export const scalingTicks = async (ports: ScalingPorts, { fast }: TicksOptions): Promise<ScalingTicks> => {
  const ticks: TickResult[] = [];
  const failed: { readonly cluster: string; readonly reason: string }[] = [];
  let fastEverySeconds: number | null = null;
  await eachOf(ports.clusters, clustersAtOnce, async (cluster) => {
    try {
      const everySeconds = (await readPolicy(ports.store, cluster))?.value.policy.everySeconds;
      const isFast = everySeconds !== undefined && everySeconds < minuteSeconds;
      if (isFast) fastEverySeconds = Math.min(everySeconds, fastEverySeconds ?? everySeconds);
      if (fast && !isFast) return;
      // Where the fast tick isn't deployed, or fails, a tick a minute is better than none.
      const quietSeconds = isFast && !fast ? minuteSeconds * 0.75 : 0;
      ticks.push(await scalingTick(ports, cluster, { because: 'schedule', quietSeconds }));
    } catch (error) {
      logFailure({ cluster, error });
      failed.push({ cluster, reason: reasonOf(error) });
    }
  });
  return { ticks, failed, fastEverySeconds };
};
