import type { LeavingCause } from '../leaving/instance-leaving.ts';
import { isCertain } from '../leaving/is-taken-back.ts';
import type { LeavingInstance } from '../leaving/leaving-document.ts';

export type CancelDecision =
  | { readonly kind: 'cancel' }
  /** It was taken back before. */
  | { readonly kind: 'ignored'; readonly reason: string }
  | { readonly kind: 'ended' }
  /** The instance goes, whatever anybody says. */
  | { readonly kind: 'certain'; readonly cause: LeavingCause };

/** Pure: may an operator take a drain back? Asking again is no fault, not even when it has ended since. */
export const decideCancel = (
  entry: Pick<LeavingInstance, 'notices' | 'cancelledAtMillis' | 'endedAtMillis'>,
): CancelDecision => {
  const certain = entry.notices.find(({ cause }) => isCertain(cause));
  if (entry.cancelledAtMillis !== undefined && certain === undefined)
    return { kind: 'ignored', reason: 'it was taken back already' };
  if (entry.endedAtMillis !== undefined) return { kind: 'ended' };
  return certain === undefined ? { kind: 'cancel' } : { kind: 'certain', cause: certain.cause };
};
