/** What a tick does. Targets are absolute, so doing it twice is doing it once. */
export type ScalingAction =
  | { readonly kind: 'setService'; readonly service: string; readonly from: number; readonly to: number }
  | { readonly kind: 'setPool'; readonly pool: string; readonly fromUnits: number; readonly toUnits: number }
  | {
      readonly kind: 'beginDrain';
      readonly pool: string;
      readonly instanceId: string;
      readonly weight: number;
    }
  | { readonly kind: 'cancelDrain'; readonly instanceId: string; readonly drainId: string }
  /** With the pool's own safe call; its target falls by the instance's weight. */
  | {
      readonly kind: 'terminate';
      readonly pool: string;
      readonly instanceId: string;
      readonly weight: number;
      readonly toUnits: number;
    };

/** Why, as a name that doesn't change; the sentence says it with numbers. */
export type DecisionReason =
  /* out */
  | 'above-target'
  | 'above-threshold'
  | 'reservation'
  | 'unplaced-service'
  | 'failed-requests'
  | 'headroom'
  | 'below-minimum'
  | 'floor'
  | 'pool-moved'
  /* in */
  | 'below-target'
  | 'below-threshold'
  | 'above-maximum'
  | 'unneeded'
  | 'drained'
  | 'demand-returned'
  /* nothing, though something was wanted or is worth knowing */
  | 'steady'
  | 'cooldown'
  | 'stabilising'
  | 'periods'
  | 'at-maximum'
  | 'at-minimum'
  | 'missing-data'
  | 'stale-data'
  | 'deploying'
  | 'capacity-coming'
  | 'capacity-overdue'
  | 'fits-nowhere'
  | 'fits-but-unplaced'
  | 'vetoed'
  | 'drain-failed'
  | 'unneeded-too-short'
  | 'changed-by-others'
  | 'paused'
  | 'dry-run';

/** One decision about one thing, with everything that was looked at: deciding again on `inputs` decides the same. */
export interface ScalingDecision {
  /** `service/web`, `pool/spot`, `instance/i-…`, `cluster`; `placement/service:web` for tasks that find no room. */
  readonly subject: string;
  readonly outcome: 'out' | 'in' | 'hold';
  readonly reason: DecisionReason;
  /** Tasks or units, where the subject has a number. */
  readonly from: number | null;
  readonly to: number | null;
  /** For people: what is done or not, and why, with the numbers. */
  readonly sentence: string;
  /** Figures that the sentence rests on, by name. */
  readonly figures: Readonly<Record<string, number | string | null>>;
}

/** What a decision function makes of a snapshot: nothing has happened yet. */
export interface Decided<Memory> {
  readonly decisions: readonly ScalingDecision[];
  readonly actions: readonly ScalingAction[];
  /** To be kept before the actions are carried out. */
  readonly memory: Memory;
}
