import type { CapacityPolicy } from '../policy/scaling-policy.ts';
import type { CapacitySignal } from './plan-capacity.ts';
import type { CapacityView } from './view-capacity.ts';

export const units = (count: number): string => (count === 1 ? '1 unit' : `${count} units`);
export const instances = (count: number): string => (count === 1 ? '1 instance' : `${count} instances`);
export const tasks = (count: number): string => (count === 1 ? '1 task' : `${count} tasks`);
export const percent = (value: number | null): string =>
  value === null ? 'unknown' : `${Math.round(value * 10) / 10}%`;

const listed = (names: readonly string[]): string =>
  names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');

const reservationWords = ({ cluster, plan }: CapacityView, { reservation }: CapacityPolicy): string => {
  const serving = cluster.serving.length;
  const above = (name: string, value: number | null, threshold: number | null): readonly string[] =>
    threshold !== null && (value === null || value > threshold)
      ? [`${name} reservation is ${percent(value)} of ${instances(serving)}, above ${threshold}%`]
      : [];
  const { cpuPercent, memoryPercent } = plan.percent;
  const both = [
    ...above('CPU', cpuPercent, reservation.cpuPercent),
    ...above('memory', memoryPercent, reservation.memoryPercent),
  ];
  return serving === 0
    ? 'what waits for room would fill the new instances beyond the threshold'
    : both.join(', and ');
};

/** Why more instances are wanted, with the numbers. */
export const signalWords = (signal: CapacitySignal, view: CapacityView, policy: CapacityPolicy): string => {
  const { cluster, plan, floor } = view;
  if (signal === 'reservation') return reservationWords(view, policy);
  if (signal === 'headroom')
    return `there is no room for ${policy.headroom.map(({ count, cpu, memoryMib }) => `${tasks(count)} of ${cpu} CPU and ${memoryMib} MiB`).join(', ')} to be kept free`;
  if (signal === 'floor')
    return `${instances(cluster.serving.length)} serve, and the floor is ${floor} for now`;
  if (signal === 'below-minimum') return `${instances(cluster.serving.length)} serve, fewer than the minimum`;
  const beyond = plan.placements.filter(({ demand, onServing }) => onServing < demand.count);
  const count = beyond.reduce((sum, { demand, onServing }) => sum + demand.count - onServing, 0);
  return `${tasks(count)} of ${listed(beyond.map(({ demand }) => demand.group))} find no room on ${instances(cluster.serving.length)}`;
};
