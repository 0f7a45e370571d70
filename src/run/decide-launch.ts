import type { LaunchResult, SpotChoice } from '../platform/ports/worker-fleet.ts';
import { workerName } from './run-keys.ts';

/** What became of places that were to be filled; `shards` are those that were not. */
export type LaunchOutcome =
  | { readonly kind: 'launched' }
  /** Tried again, it may succeed. */
  | { readonly kind: 'unavailable'; readonly reason: string; readonly shards: readonly number[] }
  /** It can't succeed as asked, or the plan says not to wait. */
  | { readonly kind: 'refused'; readonly reason: string; readonly shards: readonly number[] };

/** A place that is refused decides for all: waiting for the others would not fill it. */
export const decideLaunch = (
  results: readonly LaunchResult[],
  fallback: SpotChoice['fallback'],
): LaunchOutcome => {
  const failed = results.filter((result) => result.kind === 'failed');
  const refused = failed.filter(
    ({ cause }) => cause === 'request' || (cause === 'capacity' && fallback === 'fail'),
  );
  const [first] = refused.length > 0 ? refused : failed;
  if (first === undefined) return { kind: 'launched' };
  const others = failed.length === 1 ? '' : ` (and ${failed.length - 1} more)`;
  return {
    kind: refused.length > 0 ? 'refused' : 'unavailable',
    reason: `Worker ${workerName(first)}${others} was not launched: ${first.reason}`,
    shards: failed.map(({ shard }) => shard),
  };
};
