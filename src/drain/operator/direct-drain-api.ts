import { describeTasks } from '../../calls/cluster-reads.ts';
import { BadInputError } from '../../errors.ts';
import type {
  DrainApi,
  DrainHistory,
  DrainListPage,
  DrainListRequest,
  DrainRequested,
  RequestedDrain,
  TaskStopRequest,
} from '../../platform/ports/drain-api.ts';
import type { DrainConductor } from '../../platform/ports/drain-conductor.ts';
import { drainLimits } from '../coordinator/drain-state.ts';
import type { DrainClusters, DrainPorts } from '../drain-ports.ts';
import type { DrainRecord } from '../records/drain-record.ts';
import { listDrains } from '../records/list-drains.ts';
import { readDrain } from '../records/read-drain.ts';
import type { HistoryPorts } from '../records/running-drains.ts';
import { type StopTaskStep, stopTaskStep } from '../targets/stop-task.ts';
import { cancelDrain } from './cancel-drain.ts';
import { checkCluster } from './check-cluster.ts';
import type { ClusterCheck } from './decide-drain-risks.ts';
import { requestDrain } from './request-drain.ts';
import { requireCluster } from './require-cluster.ts';

export type DrainApiPorts = Omit<DrainPorts, 'capacity' | 'events'> &
  DrainClusters & { readonly conductor: DrainConductor };

/** For so long a task's requests in flight are waited for when an operator stops it: nothing else is in a hurry. */
const stopBudgetSeconds = 300;

/** Drains as they stand in an object store; without clusters, those that have ended. */
export const drainHistory = (ports: HistoryPorts): DrainHistory => ({
  list: (page) => listDrains(ports, page),
  show: (id) => readDrain(ports, id),
});

/** The use cases, without a network in between. */
export class DirectDrainApi implements DrainApi {
  readonly #ports: DrainApiPorts;

  constructor(ports: DrainApiPorts) {
    this.#ports = ports;
  }

  request(request: DrainRequested): Promise<RequestedDrain> {
    return requestDrain(this.#ports, request);
  }

  cancel(drainId: string, cancelledBy: string): Promise<void> {
    return cancelDrain(this.#ports, drainId, cancelledBy);
  }

  list(page: DrainListRequest): Promise<DrainListPage> {
    return listDrains(this.#ports, page);
  }

  show(id: string): Promise<DrainRecord> {
    return readDrain(this.#ports, id);
  }

  check(cluster: string): Promise<ClusterCheck> {
    return checkCluster(this.#ports, cluster);
  }

  async stopTask({ cluster, task, reason }: TaskStopRequest): Promise<StopTaskStep> {
    requireCluster(this.#ports, cluster);
    return stopTaskStep(this.#ports, {
      cluster,
      taskArn: await this.#arnOf(cluster, task),
      reason,
      settleSeconds: drainLimits.settleMillis / 1000,
      budgetSeconds: stopBudgetSeconds,
    });
  }

  /** What is known of a task is kept by its ARN. */
  async #arnOf(cluster: string, task: string): Promise<string> {
    if (!taskPattern.test(task)) {
      throw new BadInputError(
        `"${task.slice(0, 120)}" is not a task: expected its ARN or the 32 hexadecimal digits at its end`,
      );
    }
    if (task.startsWith('arn:')) return task;
    const [found] = await describeTasks(this.#ports, cluster, [task]);
    if (found !== undefined) return found.taskArn;
    throw new BadInputError(
      `there is no task ${task} in cluster ${cluster}; aws ecs list-tasks --cluster ${cluster} shows those that are`,
    );
  }
}

/** ECS refuses calls that name others. */
const taskPattern = /^(arn:[^/]+:task\/([^/]+\/)?)?[0-9a-f-]{32,36}$/;
