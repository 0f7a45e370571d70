import type { LeavingCause } from './instance-leaving.ts';

/** What is left at most when a drain is hurried whatever its cause. */
const hurriedSeconds = 300;

const hurriedCauses: ReadonlySet<LeavingCause> = new Set([
  'spot-terminate',
  'spot-stop',
  'spot-hibernate',
  'stopping',
  'gone',
]);

/** Whether so little time is left that the cluster's coordinator has to see to it, whatever the cause. */
export const isDueSoon = (deadlineMillis: number | null, nowMillis: number): boolean =>
  deadlineMillis !== null && deadlineMillis - nowMillis <= hurriedSeconds * 1000;

/** `hurried`: the cluster's coordinator sees to it within minutes. Instants in milliseconds since the epoch. */
export const decidePace = (
  cause: LeavingCause,
  deadlineMillis: number | null,
  nowMillis: number,
): 'hurried' | 'unhurried' =>
  hurriedCauses.has(cause) || isDueSoon(deadlineMillis, nowMillis) ? 'hurried' : 'unhurried';
