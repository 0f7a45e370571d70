import { ClusterRefusedError, ClusterUnavailableError } from '../../../errors.ts';
import type { CallBucket } from '../../ports/call-pace.ts';
import type {
  ArnPage,
  CallFailure,
  ClusterFacts,
  ClusterService,
  ClusterTask,
  ContainerCluster,
  ContainerInstance,
  ProtectedTask,
  TaskDefinitionFacts,
} from '../../ports/container-cluster.ts';
import type { CallKind } from './call-faults.ts';
import type { SimulatedCalls } from './simulated-calls.ts';
import type { SimulatedDefinition, SimulatedTask } from './simulated-task.ts';
import type { SimulatedWorld } from './simulated-world.ts';

const pageSize = 100;

/** ECS's API in front of a simulated cluster. */
export class SimulatedCluster implements ContainerCluster {
  readonly #world: SimulatedWorld;
  readonly #calls: SimulatedCalls;

  constructor(world: SimulatedWorld, calls: SimulatedCalls) {
    this.#world = world;
    this.#calls = calls;
  }

  describeCluster(cluster: string): Promise<ClusterFacts | undefined> {
    const { state } = this.#world;
    return this.#call('describeCluster', 'clusterRead', () => {
      if (!this.#isOurs(cluster)) return undefined;
      const seen = this.#seenInstances().filter(({ status }) => status !== 'INACTIVE');
      return {
        clusterArn: state.clusterArn,
        clusterName: state.clusterName,
        runningTasks: seen.reduce((sum, { runningTasks }) => sum + runningTasks, 0),
        pendingTasks: seen.reduce((sum, { pendingTasks }) => sum + pendingTasks, 0),
        instances: seen.length,
        capacityProviders: [],
      };
    });
  }

  listInstances(
    cluster: string,
    { instanceIds, next }: { readonly instanceIds?: readonly string[]; readonly next?: string } = {},
  ): Promise<ArnPage> {
    return this.#call('listInstances', 'resourceRead', () => {
      if (!this.#isOurs(cluster)) return { arns: [] };
      this.#check(cluster, instanceIds?.length ?? 1, 50);
      const wanted = instanceIds === undefined ? undefined : new Set(instanceIds);
      const seen = this.#seenInstances().filter(
        ({ status, instanceId }) => status !== 'INACTIVE' && (wanted?.has(instanceId) ?? true),
      );
      return page(
        seen.map(({ containerInstanceArn }) => containerInstanceArn),
        next,
      );
    });
  }

  describeInstances(cluster: string, arns: readonly string[]): Promise<readonly ContainerInstance[]> {
    return this.#call('describeInstances', 'resourceRead', () => {
      this.#check(cluster, arns.length, 100);
      const asOf = this.#world.readsAsOf();
      return arns.flatMap((arn) => this.#world.state.instances.get(arn)?.seen.asOf(asOf) ?? []);
    });
  }

  setInstanceState(
    cluster: string,
    arns: readonly string[],
    state: 'ACTIVE' | 'DRAINING',
  ): Promise<readonly CallFailure[]> {
    return this.#call('setInstanceState', 'resourceModify', () => {
      this.#check(cluster, arns.length, 10);
      return arns.flatMap((arn) => {
        const instance = this.#world.state.instances.get(arn);
        if (instance === undefined) return { arn, reason: 'MISSING' };
        if (instance.status === 'INACTIVE') return { arn, reason: 'INACTIVE' };
        this.#world.setInstanceState(instance, state);
        return [];
      });
    });
  }

  listTasks(
    cluster: string,
    options: {
      readonly desiredStatus: 'RUNNING' | 'STOPPED';
      readonly containerInstanceArn?: string;
      readonly next?: string;
    },
  ): Promise<ArnPage> {
    return this.#call('listTasks', 'resourceRead', () => {
      this.#check(cluster);
      const { state } = this.#world;
      const { containerInstanceArn, desiredStatus } = options;
      const tasks =
        containerInstanceArn === undefined
          ? state.tasks
          : (state.instances.get(containerInstanceArn)?.tasks ?? []);
      return this.#pageOfTasks(tasks, desiredStatus, options.next);
    });
  }

  describeTasks(cluster: string, arns: readonly string[]): Promise<readonly ClusterTask[]> {
    return this.#call('describeTasks', 'resourceRead', () => {
      this.#check(cluster, arns.length, 100);
      const asOf = this.#world.readsAsOf();
      return arns.flatMap((name) => this.#world.state.taskNamed(name)?.seen.asOf(asOf) ?? []);
    });
  }

  describeServices(cluster: string, services: readonly string[]): Promise<readonly ClusterService[]> {
    return this.#call('describeServices', 'serviceRead', () => {
      this.#check(cluster, services.length, 10);
      return services.flatMap((name) => this.#world.state.services.get(plainName(name))?.facts() ?? []);
    });
  }

  listServices(cluster: string, next?: string): Promise<ArnPage> {
    return this.#call('listServices', 'serviceRead', () => {
      this.#check(cluster);
      return page(
        [...this.#world.state.services.values()].map(({ serviceArn }) => serviceArn),
        next,
      );
    });
  }

  setDesiredCount(cluster: string, name: string, desiredCount: number): Promise<void> {
    return this.#call('setDesiredCount', 'serviceModify', () => {
      this.#check(cluster);
      const service = this.#world.state.services.get(plainName(name));
      if (service === undefined) throw new ClusterRefusedError(`there is no service "${name}"`);
      if (!Number.isInteger(desiredCount) || desiredCount < 0)
        throw new ClusterRefusedError(`${desiredCount} is no desired count`);
      if (service.setup.schedulingStrategy === 'DAEMON')
        throw new ClusterRefusedError(`"${name}" is a daemon service: it has no desired count`);
      this.#world.setDesiredCount(service, desiredCount);
    });
  }

  describeTaskDefinition(arn: string): Promise<TaskDefinitionFacts | undefined> {
    return this.#call('describeTaskDefinition', 'definitionRead', () => {
      const definition = this.#world.state.definitions.get(arn);
      return definition === undefined ? undefined : factsOf(definition);
    });
  }

  protectedTasks(cluster: string, arns: readonly string[]): Promise<readonly ProtectedTask[]> {
    return this.#call('protectedTasks', 'protection', () => {
      this.#check(cluster, arns.length, 100);
      return arns.flatMap((taskArn) => {
        const untilMillis = this.#world.state.protectedUntil.get(taskArn);
        return untilMillis !== undefined && untilMillis > this.#world.nowMillis()
          ? { taskArn, untilMillis }
          : [];
      });
    });
  }

  stopTask(cluster: string, arn: string, _reason: string): Promise<void> {
    return this.#call('stopTask', 'resourceModify', () => {
      this.#check(cluster);
      const task = this.#world.state.tasksByArn.get(arn);
      if (task !== undefined) this.#world.stopTask(task);
    });
  }

  #pageOfTasks(tasks: readonly SimulatedTask[], desired: string, next: string | undefined): ArnPage {
    const asOf = this.#world.readsAsOf();
    const arns: string[] = [];
    // A token is a place among all tasks that ever were, so that changes between two pages move nothing.
    let place = Number(next ?? 0);
    for (; place < tasks.length && arns.length < pageSize; place++) {
      const seen = tasks[place]?.seen.asOf(asOf);
      if (seen?.desiredStatus === desired) arns.push(seen.taskArn);
    }
    return place < tasks.length ? { arns, next: String(place) } : { arns };
  }

  #seenInstances(): readonly ContainerInstance[] {
    const asOf = this.#world.readsAsOf();
    return [...this.#world.state.instances.values()].flatMap(({ seen }) => seen.asOf(asOf) ?? []);
  }

  #isOurs(cluster: string): boolean {
    const { clusterName, clusterArn } = this.#world.state;
    return cluster === clusterName || cluster === clusterArn;
  }

  #check(cluster: string, size = 1, most = 1): void {
    if (!this.#isOurs(cluster)) throw new ClusterRefusedError(`there is no cluster "${cluster}"`);
    if (size < 1 || size > most) throw new ClusterRefusedError(`a call takes 1 to ${most}, not ${size}`);
  }

  #call<Value>(call: CallKind, bucket: CallBucket, effect: () => Value): Promise<Value> {
    const unavailable = (message: string): Error => new ClusterUnavailableError(message);
    return this.#calls.make({ call, buckets: [bucket], effect, unavailable });
  }
}

const plainName = (service: string): string => service.slice(service.lastIndexOf('/') + 1);

/** Without what the simulation alone knows. */
const factsOf = ({
  onSigterm,
  servesOnMillis,
  exitMillis,
  ...facts
}: SimulatedDefinition): TaskDefinitionFacts => facts;

const page = (arns: readonly string[], next = '0'): ArnPage => {
  const from = Number(next);
  const to = from + pageSize;
  return to < arns.length ? { arns: arns.slice(from, to), next: String(to) } : { arns: arns.slice(from) };
};
