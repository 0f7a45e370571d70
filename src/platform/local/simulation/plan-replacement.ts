/** How a service stands; tasks that are wanted to stop don't count. */
export interface ServiceStanding {
  readonly desiredCount: number;
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  /** On ACTIVE instances, running or about to. */
  readonly staying: number;
  /** On instances that drain. */
  readonly leaving: number;
  /** Running anywhere and answering. */
  readonly healthy: number;
  /** Tasks that ACTIVE instances have room for. */
  readonly room: number;
}

export interface Replacement {
  readonly start: number;
  /** Of those on instances that drain. */
  readonly stopLeaving: number;
  /** Of those that stay, when there are more than wanted. */
  readonly stopStaying: number;
}

/**
 * What ECS's scheduler does for a service within its minimumHealthyPercent (rounded up) and maximumPercent (rounded
 * down), as "Draining Amazon ECS container instances" in the developer guide says.
 */
export const planReplacement = (standing: ServiceStanding): Replacement => {
  const { desiredCount, staying, leaving, healthy, room } = standing;
  const least = Math.ceil((desiredCount * standing.minimumHealthyPercent) / 100);
  const most = Math.floor((desiredCount * standing.maximumPercent) / 100);
  const start = Math.max(0, Math.min(desiredCount - staying, most - staying - leaving, room));
  const stoppable = Math.max(0, healthy - least);
  const stopLeaving = Math.min(leaving, stoppable);
  const stopStaying = Math.max(0, Math.min(staying - desiredCount, stoppable - stopLeaving));
  return { start, stopLeaving, stopStaying };
};
