export interface ListingCounts {
  /** Instances to list the tasks of. */
  readonly instances: number;
  /** Running and pending tasks of the whole cluster. */
  readonly clusterTasks: number;
  readonly clusterInstances: number;
}

const pageSize = 100;
const pages = (tasks: number): number => Math.max(1, Math.ceil(tasks / pageSize));

const tasksOn = ({ instances, clusterTasks, clusterInstances }: ListingCounts): number =>
  (clusterTasks * instances) / Math.max(clusterInstances, instances, 1);

/**
 * A page of the whole cluster can only be asked for when the one before it has been answered: meanwhile the bucket gains
 * tokens for so many calls (20 a second, and some 0.17 s for a call).
 */
const callsForPage = 3.5;

/**
 * The first listing of instances, whichever is done sooner: one call for each (its tasks that are wanted running), and
 * describing what is on them; or the whole cluster's pages, and describing everything beside it, since a listing
 * doesn't say where a task is.
 */
export const decideFirstListing = (counts: ListingCounts): 'instances' | 'cluster' => {
  const { instances, clusterTasks } = counts;
  const tasksThere = tasksOn(counts);
  const callsForInstances = instances * pages(tasksThere / Math.max(instances, 1)) + pages(tasksThere);
  return callsForPage * pages(clusterTasks) < callsForInstances ? 'cluster' : 'instances';
};

/**
 * A listing of instances that were listed before, whichever takes fewer calls: two for each (wanted running, wanted
 * stopped), hardly any of whose tasks need describing; or the whole cluster's pages, and describing those of the others.
 */
export const decideTaskListing = (counts: ListingCounts): 'instances' | 'cluster' => {
  const { instances, clusterTasks } = counts;
  const tasksThere = tasksOn(counts);
  const callsForInstances = instances * (1 + pages(tasksThere / Math.max(instances, 1))) + pages(tasksThere);
  return 2 * pages(clusterTasks) + 1 < callsForInstances ? 'cluster' : 'instances';
};
