import {
  clusterCheckAnswer,
  drainAcceptedAnswer,
  drainDocument,
  drainListAnswer,
  mostDrainsListed,
  requestedDrainAnswer,
  taskStopAnswer,
} from '../../api/documents/drains.ts';
import type { ClusterCheck } from '../../drain/operator/decide-drain-risks.ts';
import type { DrainRecord } from '../../drain/records/drain-record.ts';
import type { StopTaskStep } from '../../drain/targets/stop-task.ts';
import type {
  DrainApi,
  DrainListEntry,
  DrainListPage,
  DrainListRequest,
  DrainRequested,
  RequestedDrain,
  TaskStopRequest,
} from '../ports/drain-api.ts';
import type { ApiClient } from './api-client.ts';

/** Drains of a stack, over its API; who asks is whoever signs. Beside what the port says, each method throws `NotAllowed`. */
export class RemoteDrainApi implements DrainApi {
  readonly #client: ApiClient;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  request({ instanceId, deadlineSeconds }: Omit<DrainRequested, 'requestedBy'>): Promise<RequestedDrain> {
    return this.#client.ask(requestedDrainAnswer, 'POST', '/drains', {
      body: { instanceId, ...(deadlineSeconds === null ? {} : { deadlineSeconds }) },
    });
  }

  async cancel(drainId: string): Promise<void> {
    await this.#client.ask(drainAcceptedAnswer, 'POST', `${drainPath(drainId)}/cancel`);
  }

  async list({ limit, after }: DrainListRequest): Promise<DrainListPage> {
    const drains: DrainListEntry[] = [];
    let cursor = after;
    do {
      const page = await this.#client.ask(drainListAnswer, 'GET', '/drains', {
        query: { limit: Math.min(limit - drains.length, mostDrainsListed), cursor },
      });
      drains.push(...page.drains);
      cursor = page.next;
    } while (cursor !== undefined && drains.length < limit);
    return { drains, ...(cursor === undefined ? {} : { next: cursor }) };
  }

  show(id: string): Promise<DrainRecord> {
    return this.#client.ask(drainDocument, 'GET', drainPath(id));
  }

  check(cluster: string): Promise<ClusterCheck> {
    return this.#client.ask(clusterCheckAnswer, 'GET', `${clusterPath(cluster)}/drain-check`);
  }

  stopTask({ cluster, task, reason }: TaskStopRequest): Promise<StopTaskStep> {
    const id = task.slice(task.lastIndexOf('/') + 1);
    const path = `${clusterPath(cluster)}/tasks/${encodeURIComponent(id)}/stop`;
    return this.#client.ask(taskStopAnswer, 'POST', path, { body: { reason } });
  }
}

const drainPath = (id: string): string => `/drains/${encodeURIComponent(id)}`;
const clusterPath = (cluster: string): string => `/clusters/${encodeURIComponent(cluster)}`;
