import type { ClusterCheck } from '../../drain/operator/decide-drain-risks.ts';
import type { DrainRecord } from '../../drain/records/drain-record.ts';
import type { StopTaskStep } from '../../drain/targets/stop-task.ts';

/**
 * What operators talk to: drains of a stack (signed HTTP), or of the simulation. Throws `DrainNotFound` for an id that no
 * drain has, `ServiceUnavailable` when a stack does not answer.
 */
export interface DrainApi {
  /** Has an instance drained; asking twice is the same drain. Throws `BadInput` for an instance in none of the clusters. */
  request(request: DrainRequested): Promise<RequestedDrain>;
  /**
   * Takes back what an operator asked for or a recommendation began: the instance becomes ACTIVE again. Throws
   * `DrainAlreadyEnded`, and `BadInput` when the instance goes whatever anybody says.
   */
  cancel(drainId: string, cancelledBy: string): Promise<void>;
  /** Newest first, those under way among them. */
  list(page: DrainListRequest): Promise<DrainListPage>;
  /** By its id or the beginning of one, or by the instance's id (its newest drain). Throws `BadInput` when it is that of several. */
  show(id: string): Promise<DrainRecord>;
  /** What would spoil a drain in that cluster. Throws `BadInput` for a cluster that isn't looked after or isn't there. */
  check(cluster: string): Promise<ClusterCheck>;
  /** One step of stopping a task behind its balancers' backs; to be repeated until it is `stopped`. Throws `BadInput`. */
  stopTask(request: TaskStopRequest): Promise<StopTaskStep>;
}

/** Looking at drains, which takes nothing but the store. */
export type DrainHistory = Pick<DrainApi, 'list' | 'show'>;

export interface DrainRequested {
  readonly instanceId: string;
  /** Counted from now; null when there is no hurry. */
  readonly deadlineSeconds: number | null;
  readonly requestedBy: string;
}

export interface RequestedDrain {
  readonly drainId: string;
  readonly cluster: string;
  readonly pace: 'hurried' | 'unhurried';
  /** False when a drain of the instance was under way already. */
  readonly created: boolean;
}

export interface DrainListRequest {
  readonly limit: number;
  /** From the page before. */
  readonly after?: string;
}

export interface DrainListPage {
  readonly drains: readonly DrainListEntry[];
  /** Absent on the last page. */
  readonly next?: string;
}

export interface DrainListEntry {
  readonly drainId: string;
  readonly instanceId: string;
  /** Empty when its record can't be read. */
  readonly cluster: string;
  /** Milliseconds since the epoch. */
  readonly heardAtMillis: number;
  /** `unknown` when its record can't be read. */
  readonly outcome: DrainRecord['outcome'] | 'unknown';
  readonly marginSeconds: number | null;
  readonly missed: number;
}

export interface TaskStopRequest {
  readonly cluster: string;
  /** Its ARN, or the id at the end of it. */
  readonly task: string;
  readonly reason: string;
}
