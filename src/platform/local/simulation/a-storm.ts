import type { ServiceSetup, SimulationSetup } from './simulation-setup.ts';

export interface StormShape {
  readonly seed: number;
  readonly instances: number;
  readonly tasksPerInstance: number;
  /** A service behind a group of its own each; all of the same size. */
  readonly groups: number;
  /** Of all groups together. */
  readonly requestsPerSecond?: number;
  readonly deregistrationDelaySeconds?: number;
  readonly stopTimeoutSeconds?: number;
  /** Of each service, on top of what its other settings are. */
  readonly service?: Omit<Partial<ServiceSetup>, 'name' | 'desiredCount' | 'groups'>;
}

/**
 * The setup of a big cluster: services of equal size behind a target group each, their tasks dealt over all instances.
 * Instances have room for half as many again.
 */
export const aStorm = (shape: StormShape): SimulationSetup => {
  const tasks = shape.instances * shape.tasksPerInstance;
  const names = Array.from({ length: shape.groups }, (_, index) => `web-${index}`);
  return {
    seed: shape.seed,
    instances: shape.instances,
    slotsPerInstance: Math.ceil(shape.tasksPerInstance * 1.5),
    groups: names.map((name) => ({
      name,
      requestsPerSecond: (shape.requestsPerSecond ?? 2 * tasks) / shape.groups,
      deregistrationDelaySeconds: shape.deregistrationDelaySeconds ?? 30,
    })),
    services: names.map((name, index) => ({
      stopTimeoutSeconds: shape.stopTimeoutSeconds ?? 30,
      ...shape.service,
      name,
      desiredCount: Math.floor(tasks / shape.groups) + (index < tasks % shape.groups ? 1 : 0),
      groups: [name],
    })),
  };
};
