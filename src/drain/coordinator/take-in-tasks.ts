import { describeServices, servicesOf } from '../../calls/cluster-reads.ts';
import type { ClusterTask } from '../../platform/ports/container-cluster.ts';
import { type RegisteredTargets, readRegistered } from '../targets/read-registered.ts';
import { type DrainSession, reasonOf } from './drain-session.ts';
import { mergeDrainFailure, mergeRecovered, mergeServices, mergeTasks } from './merge-facts.ts';

/** A service's balancers are read again when tasks are seen after this. */
const serviceKeptMillis = 300_000;

const drainsOf = (session: DrainSession, tasks: readonly ClusterTask[]): readonly string[] => {
  const arns = new Set(tasks.map((task) => task.containerInstanceArn));
  return Object.values(session.state.drains)
    .filter((drain) => arns.has(drain.containerInstanceArn))
    .map((drain) => drain.drainId);
};

/** Which services the tasks belong to, before their targets are decided. What can't be read stays unknown. */
const readServices = async (session: DrainSession, tasks: readonly ClusterTask[]): Promise<void> => {
  const { ports, cluster } = session;
  const known = session.state.services;
  const names = servicesOf(tasks).filter(
    (name) => session.now() - (known[name]?.readAtMillis ?? Number.NEGATIVE_INFINITY) > serviceKeptMillis,
  );
  if (names.length === 0) return;
  try {
    const services = await describeServices(ports, cluster, names);
    session.fold((state) =>
      mergeRecovered(
        mergeServices(state, names, services, session.now()),
        drainsOf(session, tasks),
        'services',
      ),
    );
  } catch (error) {
    const ids = drainsOf(session, tasks);
    session.fold((state) => mergeDrainFailure(state, ids, 'services', reasonOf(error), session.now()));
  }
};

/** Undefined when it can't be read now: targets that nothing else tells of stay unknown. */
const registeredOf = async (
  session: DrainSession,
  tasks: readonly ClusterTask[],
): Promise<RegisteredTargets | undefined> => {
  try {
    const registered = await readRegistered(session.ports.store, session.cluster, tasks);
    session.fold((state) => mergeRecovered(state, drainsOf(session, tasks), 'targets'));
    return registered;
  } catch (error) {
    const ids = drainsOf(session, tasks);
    session.fold((state) => mergeDrainFailure(state, ids, 'targets', reasonOf(error), session.now()));
    return undefined;
  }
};

/** Folds descriptions of those tasks in that are on leaving instances, once it is known who sends requests to them. */
export const takeInTasks = async (session: DrainSession, tasks: readonly ClusterTask[]): Promise<void> => {
  const leaving = new Set(Object.values(session.state.drains).map((drain) => drain.containerInstanceArn));
  const own = tasks.filter(({ containerInstanceArn: arn }) => arn !== null && leaving.has(arn));
  await readServices(session, own);
  const registered = await registeredOf(session, own);
  session.fold((state) => mergeTasks(state, own, session.now(), registered));
};
