import { type Chance, within } from './chance.ts';

/** The port's methods, and `any` of them. */
export type CallKind =
  | 'describeCluster'
  | 'listInstances'
  | 'describeInstances'
  | 'setInstanceState'
  | 'listTasks'
  | 'describeTasks'
  | 'describeServices'
  | 'listServices'
  | 'setDesiredCount'
  | 'describeTaskDefinition'
  | 'protectedTasks'
  | 'stopTask'
  | 'describeGroups'
  | 'register'
  | 'deregister'
  | 'health'
  | 'completeLifecycleAction'
  | 'recordHeartbeat'
  | 'heartbeatSeconds'
  | 'describePools'
  | 'listMembers'
  | 'setTarget'
  | 'terminateMember'
  | 'readMetrics';

/**
 * A call that goes wrong. `fails`: answered at once; `hangs`: answered when the caller's patience is over (`hangMillis`).
 * `before` its effect: nothing was done; `after`: it was done and nobody knows.
 */
export interface CallFault {
  readonly call: CallKind | 'any';
  /** The n-th of these calls, from 1; without it, each of them with the probability `share`. */
  readonly nth?: number;
  /** 0 to 1; 1 unless given. */
  readonly share?: number;
  readonly does: 'fails' | 'hangs' | 'is-throttled';
  /** Of its effect; `before` unless given. A throttled call has none. */
  readonly when?: 'before' | 'after';
}

export interface FaultySetup {
  readonly faults: readonly CallFault[];
  readonly chance: Chance;
}

/** Which fault meets a call, if any: the first that fits. `number` counts calls of its kind, `total` all of them, from 1. */
export const decideFault = (
  { faults, chance }: FaultySetup,
  call: CallKind,
  number: number,
  total: number,
): CallFault | undefined =>
  faults.find((fault, index) => {
    if (fault.call !== 'any' && fault.call !== call) return false;
    if (fault.nth !== undefined) return fault.nth === (fault.call === 'any' ? total : number);
    return within([0, 1], chance('throttle', index, total)) < (fault.share ?? 1);
  });
