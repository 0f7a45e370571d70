import type { ScalingPorts } from '../scaling-ports.ts';
import { decideFastWait, type FastWait } from './decide-fast-wait.ts';
import type { FastTickInput } from './parse-fast-tick-input.ts';
import { readMemory } from './read-memory.ts';
import { type ScalingTicks, scalingTicks } from './scaling-ticks.ts';
import type { TickResult } from './tick-result.ts';

export interface FastTickResult extends FastWait {
  readonly ticks: ScalingTicks;
}

/** The slowest of fast policies: slower ones are the schedule's. */
const slowestSeconds = 60;

/**
 * A state of fast-tick.asl.yml: ticks the clusters that want it more often than each minute and are due, and says when the
 * next one is. A cluster whose tick failed holds up no other; it is tried again when it would have been due. Throws what
 * can't be read of all of them.
 */
export const fastTick = async (
  ports: ScalingPorts,
  { startedAtMillis }: FastTickInput,
): Promise<FastTickResult> => {
  const begunMillis = ports.time.nowMillis();
  const ticks = await scalingTicks(ports, { fast: true });
  const due = await Promise.all(ticks.ticks.map((tick) => dueOf(ports, tick, begunMillis)));
  if (ticks.failed.length > 0) due.push(begunMillis + (ticks.fastEverySeconds ?? slowestSeconds) * 1000);
  const known = due.filter((millis) => millis !== null);
  return { ...decideFastWait(startedAtMillis, ports.time.nowMillis(), known), ticks };
};

/** When a cluster is to be ticked next, in milliseconds since the epoch; null when not by this machine. */
const dueOf = async (ports: ScalingPorts, tick: TickResult, begunMillis: number): Promise<number | null> => {
  if (tick.everySeconds === null || tick.everySeconds >= slowestSeconds) return null;
  const everyMillis = tick.everySeconds * 1000;
  if (tick.kind === 'ticked') return begunMillis + everyMillis;
  if (tick.reason === 'no-policy' || tick.reason === 'paused') return null;
  const memory = await readMemory(ports.store, tick.cluster);
  return (memory?.value.scheduledAtMillis ?? begunMillis) + everyMillis;
};
