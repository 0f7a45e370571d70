import type { DecisionRow } from '../../scaling/decisions/decision-row.ts';
import type { ScalingPolicy } from '../../scaling/policy/scaling-policy.ts';

/** What operators see and command of scaling. Throws `ServiceUnavailable` when a stack does not answer. */
export interface ScalingApi {
  /** Checks a policy and stores it in place of the cluster's last one. Throws `PolicyRefused`; then nothing was stored. */
  apply(request: PolicyRequest): Promise<AppliedPolicy>;
  /** Policies that are stored, by cluster. */
  list(): Promise<readonly PolicyStanding[]>;
  /** Throws `PolicyNotFound`. */
  show(cluster: string): Promise<PolicyStanding>;
  /** No ticks for the cluster until that instant, or until resumed; drains that were asked for go on. Throws `PolicyNotFound`. */
  pause(cluster: string, request: PauseRequest): Promise<PolicyStanding>;
  resume(cluster: string, requestedBy: string): Promise<PolicyStanding>;
  /** Removes the policy: the cluster stays as it is. False when there was none. */
  remove(cluster: string): Promise<boolean>;
  /** Decisions, newest first. */
  explain(request: ExplainRequest): Promise<DecisionPage>;
}

export interface PolicyRequest {
  /** YAML or JSON. */
  readonly text: string;
  /** How messages name the document. */
  readonly name: string;
  readonly requestedBy: string;
}

export interface AppliedPolicy {
  readonly standing: PolicyStanding;
  /** False when the same text was stored before. */
  readonly changed: boolean;
  /** What the deployment lacks for it, in words: a fast tick, a cluster that isn't named, a pool it has no right over. */
  readonly warnings: readonly string[];
}

export interface PolicyStanding {
  readonly cluster: string;
  /** As it was written. */
  readonly text: string;
  /** Hash of the text. */
  readonly digest: string;
  readonly appliedAtMillis: number;
  readonly appliedBy: string;
  /** Null when it isn't paused; `Number.MAX_SAFE_INTEGER` until it is resumed. */
  readonly pausedUntilMillis: number | null;
  readonly policy: ScalingPolicy;
  /** When the last tick decided; null before the first. */
  readonly tickedAtMillis: number | null;
}

export interface PauseRequest {
  /** Null: until it is resumed. */
  readonly forSeconds: number | null;
  readonly requestedBy: string;
}

export interface ExplainRequest {
  /** All clusters when left out. */
  readonly cluster?: string;
  /** `service/web`, `pool/spot`; all when left out. */
  readonly subject?: string;
  readonly sinceMillis: number;
  readonly untilMillis?: number;
  readonly limit: number;
  readonly after?: string;
}

export interface DecisionPage {
  readonly decisions: readonly DecisionRow[];
  /** Absent on the last page. */
  readonly next?: string;
}
