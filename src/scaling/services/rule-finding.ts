import type { ServicePolicy } from '../policy/scaling-policy.ts';
import type { ScalingDecision } from '../scaling-decision.ts';
import type { Counts } from './demand-of-reading.ts';

/** What a rule is asked about. */
export interface RuleQuestion {
  readonly atMillis: number;
  readonly policy: ServicePolicy;
  /** Tasks that are ordered now. */
  readonly desired: number;
  /** The present one included. */
  readonly counts: Counts;
}

/** What a rule makes of its readings. */
export interface RuleFinding {
  /** How many tasks it wants; `desired` when it wants no change or knows nothing. */
  readonly tasks: number;
  /** How many its readings surely show; what is assumed beyond them is no reason to keep tasks for long. `tasks` when left out. */
  readonly shownTasks?: number;
  /** Why it wants no change, or what keeps it from knowing. */
  readonly hold: 'steady' | 'periods' | 'missing-data' | 'stale-data';
  /** Part of a sentence. */
  readonly words: string;
  readonly figures: ScalingDecision['figures'];
  readonly toward: 'target' | 'threshold';
}

export const isBlind = (finding: RuleFinding): boolean =>
  finding.hold === 'missing-data' || finding.hold === 'stale-data';
