import type { BalancerGroup } from '../../../platform/ports/balancer.ts';
import type {
  ClusterFacts,
  ClusterService,
  ClusterTask,
  ContainerInstance,
  TaskDefinitionFacts,
} from '../../../platform/ports/container-cluster.ts';
import type { DrainLimits } from '../../coordinator/drain-state.ts';

/**
 * `error`: a drain of that cluster loses requests, or isn't finished in time; `warning`: it may; `note`: what can't be
 * seen from here, or is no fault but good to know.
 */
export type RiskSeverity = 'error' | 'warning' | 'note';

/** For programs; names are a contract. */
export type RiskKind =
  | 'stop-timeout-over-budget'
  | 'group-missing'
  | 'delay-too-short'
  | 'no-room-to-replace'
  | 'no-replacement-before-stop'
  | 'delay-too-long'
  | 'single-task'
  | 'service-on-one-instance'
  | 'one-instance'
  | 'agent-disconnected'
  | 'managed-draining'
  | 'group-without-listener'
  | 'agent-spot-draining'
  | 'agent-stop-timeout'
  | 'not-all-seen'
  | 'no-instances';

/** What would spoil a drain. The texts are for people. */
export interface DrainRisk {
  readonly severity: RiskSeverity;
  /** One of RiskKind; what a later version of a stack sends may be another. */
  readonly kind: string;
  /** With its value: `deregistration delay 0 s`. */
  readonly what: string;
  readonly where: string;
  readonly why: string;
  readonly fix: string;
}

export type KnownRisk = DrainRisk & { readonly kind: RiskKind };

/** A cluster as it was read. */
export interface ClusterPicture {
  readonly cluster: ClusterFacts;
  readonly instances: readonly ContainerInstance[];
  /** Those that haven't stopped. */
  readonly tasks: readonly ClusterTask[];
  /** Those that own one of the tasks. */
  readonly services: readonly ClusterService[];
  readonly definitions: readonly TaskDefinitionFacts[];
  /** Of those that services and tags name, the ones that are there, and the names of those that aren't. */
  readonly groups: readonly BalancerGroup[];
  readonly missingGroups: readonly string[];
  /** Of what there was too much to look at all. */
  readonly leftOut: readonly LeftOut[];
}

export interface LeftOut {
  readonly of: 'tasks' | 'task definitions' | 'groups';
  readonly seen: number;
  readonly count: number;
}

export type RiskLimits = Pick<DrainLimits, 'settleMillis' | 'marginMillis' | 'defaultStopTimeoutSeconds'>;

/** So many by name, and how many more. */
export const nameSome = (names: readonly string[], most = 3): string =>
  names.length <= most
    ? names.join(', ')
    : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
