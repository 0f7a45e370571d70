import type { InstanceSnapshot } from '../cluster-snapshot.ts';
import type { CapacityPolicy } from '../policy/scaling-policy.ts';

/** CPU and memory, of what can be reserved or of what is. */
export interface Amounts {
  readonly cpu: number;
  readonly memoryMib: number;
}

export const nothing: Amounts = { cpu: 0, memoryMib: 0 };

export const add = (a: Amounts, b: Amounts, times = 1): Amounts => ({
  cpu: a.cpu + b.cpu * times,
  memoryMib: a.memoryMib + b.memoryMib * times,
});

export const sizeOf = (instances: readonly InstanceSnapshot[]): Amounts =>
  instances.reduce((sum, { size }) => add(sum, size), nothing);

export const reservedOn = (instances: readonly InstanceSnapshot[]): Amounts =>
  instances.reduce((sum, { size, free }) => add(add(sum, size), free, -1), nothing);

/** Percent of capacity; null without capacity. May be above 100: tasks that wait for room count too. */
export interface ReservationPercent {
  readonly cpuPercent: number | null;
  readonly memoryPercent: number | null;
}

export const reservationPercent = (reserved: Amounts, size: Amounts): ReservationPercent => ({
  cpuPercent: size.cpu > 0 ? (100 * reserved.cpu) / size.cpu : null,
  memoryPercent: size.memoryMib > 0 ? (100 * reserved.memoryMib) / size.memoryMib : null,
});

/**
 * How much capacity is missing until reservation is at its threshold, by dimension; 0 where it isn't above.
 * With n instances of one size at u percent that is n * (u - threshold) / threshold of them, as atlassian/escalator has it
 * ("Scale delta").
 */
export const missingCapacity = (
  reserved: Amounts,
  size: Amounts,
  { cpuPercent, memoryPercent }: CapacityPolicy['reservation'],
): Amounts => {
  const missing = (part: number, whole: number, percent: number | null): number =>
    // 100 * part stays exact for what ECS counts in; part / 0.7 does not.
    percent === null || part * 100 <= whole * percent ? 0 : (part * 100) / percent - whole;
  return {
    cpu: missing(reserved.cpu, size.cpu, cpuPercent),
    memoryMib: missing(reserved.memoryMib, size.memoryMib, memoryPercent),
  };
};

export const isMissing = ({ cpu, memoryMib }: Amounts): boolean => cpu > 0 || memoryMib > 0;
