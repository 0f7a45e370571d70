import type { CallBucket } from '../../platform/ports/call-pace.ts';
import type { ScalingAction, ScalingDecision } from '../scaling-decision.ts';

export type CallCounts = Readonly<Partial<Record<CallBucket, number>>>;

/** What became of one action. */
export interface CarriedOut {
  readonly action: ScalingAction;
  /** `done`, `dry-run`, `changed-by-others`, or why it could not be carried out. */
  readonly result: string;
}

/** Nothing was decided, and nothing is wrong. */
export interface IgnoredTick {
  readonly kind: 'ignored';
  readonly cluster: string;
  /** `lost`: another tick of the cluster decided at the same time. */
  readonly reason: 'no-policy' | 'paused' | 'not-due' | 'lost';
  /** Between two ticks of the cluster; null without a policy. */
  readonly everySeconds: number | null;
}

export interface FinishedTick {
  readonly kind: 'ticked';
  readonly cluster: string;
  /** Its id, which its rows of the decision log share. */
  readonly tick: string;
  readonly everySeconds: number;
  readonly dryRun: boolean;
  readonly decisions: readonly ScalingDecision[];
  readonly actions: readonly CarriedOut[];
  /** What could not be read, carried out or written, in words; what depends on it stays as it is. */
  readonly failures: readonly string[];
  /** Calls that were paid for, tries that failed among them, and the fewest that AWS's batches allow for the same. */
  readonly calls: CallCounts;
  readonly leastCalls: CallCounts;
  readonly millis: number;
  /** How much later than its interval it began; 0 for one that an event asked for. */
  readonly lateSeconds: number;
}

export type TickResult = FinishedTick | IgnoredTick;

export const sumCalls = (counts: CallCounts): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);
