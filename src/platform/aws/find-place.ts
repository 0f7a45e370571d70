import { StoreUnavailableError } from '../../errors.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { WorkerPlace } from '../ports/worker-fleet.ts';
import { parsePlaces } from './places-document.ts';

export type FoundPlace =
  | { readonly kind: 'found'; readonly place: WorkerPlace }
  /** The places were given to other tasks: this one is surplus. */
  | { readonly kind: 'not wanted' }
  /** Whoever started this task has not said for whom, and never will. */
  | { readonly kind: 'not told' }
  | { readonly kind: 'interrupted' };

export interface PlaceSearch {
  readonly store: ObjectStore;
  /** Key of the document that names the places of this task and its siblings. */
  readonly key: string;
  readonly taskArn: string;
  readonly interrupted: AbortSignal;
  readonly time: { nowMillis(): number; sleep(millis: number, signal: AbortSignal): Promise<unknown> };
  readonly random?: () => number;
}

/**
 * The places are written right after RunTask has answered, long before a container has started. When the launcher failed
 * in between, whoever tries again writes them; that takes as long as the state machine's retries, at most.
 */
const patienceMillis = 180_000;
const firstPauseMillis = 500;
const longestPauseMillis = 5_000;

/** Waits until this task's place is known, three minutes at most. Throws `DocumentInvalid`. */
export const findPlace = async (search: PlaceSearch): Promise<FoundPlace> => {
  const { time, interrupted, random = Math.random } = search;
  const giveUpAtMillis = time.nowMillis() + patienceMillis;
  for (let pauseMillis = firstPauseMillis; ; pauseMillis = Math.min(longestPauseMillis, pauseMillis * 2)) {
    if (interrupted.aborted) return { kind: 'interrupted' };
    const found = await look(search);
    if (found !== undefined) return found;
    if (time.nowMillis() >= giveUpAtMillis) return { kind: 'not told' };
    await time.sleep(pauseMillis * (0.5 + random() / 2), interrupted).catch(() => undefined);
  }
};

const look = async ({ store, key, taskArn }: PlaceSearch): Promise<FoundPlace | undefined> => {
  const got = await store.get(key).catch((error: unknown) => {
    if (error instanceof StoreUnavailableError) return { kind: 'missing' } as const;
    throw error;
  });
  if (got.kind !== 'found') return undefined;
  const place = parsePlaces(key, got.body).places[taskArn];
  return place === undefined ? { kind: 'not wanted' } : { kind: 'found', place };
};
