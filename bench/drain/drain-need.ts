import type { SimulatedInstance } from '../../src/platform/local/simulation/simulated-instance.ts';

/** What a storm asks for, whoever sees to it. */
export interface DrainNeed {
  /** Tasks on each leaving instance. */
  readonly tasksOf: readonly number[];
  /** Groups that send requests to them. */
  readonly groups: number;
  readonly services: number;
  readonly clusterInstances: number;
  readonly clusterTasks: number;
}

/** Of a cluster in which nothing has happened yet. */
export const needOf = (
  instances: readonly SimulatedInstance[],
  leaving: readonly SimulatedInstance[],
): DrainNeed => {
  const services = new Set(
    leaving.flatMap(({ tasks }) => tasks.flatMap(({ origin }) => origin.service ?? [])),
  );
  return {
    tasksOf: leaving.map(({ tasks }) => tasks.length),
    groups: new Set([...services].flatMap(({ groups }) => groups)).size,
    services: services.size,
    clusterInstances: instances.length,
    clusterTasks: instances.reduce((sum, { tasks }) => sum + tasks.length, 0),
  };
};
