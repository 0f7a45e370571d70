import type { DirectionPolicy, ServicePolicy } from '../policy/scaling-policy.ts';

export interface Bounds {
  readonly minimum: number;
  readonly maximum: number;
}

export const withinBounds = (bounds: Bounds, tasks: number): number =>
  Math.min(bounds.maximum, Math.max(bounds.minimum, tasks));

/** Rounds up what isn't whole but for rounding of floating point numbers: 0.1 * 3 / 0.1 tasks are 3. */
export const ceilTasks = (tasks: number): number => Math.max(0, Math.ceil(tasks - 1e-9 * Math.max(1, tasks)));

/**
 * Tasks that one step may add or remove; a percentage is rounded up to whole tasks, as in `calculateScaleUpLimit…` and
 * `calculateScaleDownLimit…` of the Kubernetes HPA (pkg/controller/podautoscaler/horizontal.go). At least one: a percentage of no
 * tasks would never start any.
 */
export const mostInStep = (direction: DirectionPolicy, tasks: number): number => {
  const { mostTasks, mostPercent } = direction;
  if (mostTasks === null && mostPercent === null) return Number.POSITIVE_INFINITY;
  const percent = mostPercent === null ? 0 : ceilTasks((tasks * mostPercent) / 100);
  return Math.max(1, mostTasks ?? 0, percent);
};

/** As far as one step may go from `from` to `to`. */
export const limitStep = (service: Pick<ServicePolicy, 'out' | 'in'>, from: number, to: number): number =>
  to > from
    ? Math.min(to, from + mostInStep(service.out, from))
    : Math.max(to, from - mostInStep(service.in, from), 0);
