import * as z from 'zod/mini';
import { DocumentInvalidError } from '../../errors.ts';
import type { WorkerPlace } from '../ports/worker-fleet.ts';

/**
 * `runs/<runId>/places/<group>-<n>.json`: what the nth RunTask call for a group of places came to. Written once, by
 * whoever made the call first, and never changed. A task can't be told its place when it is started, as one call starts
 * several that are all alike: it is told this key, and finds its own ARN there. A task that is not in it has no place.
 */
const placesDocument = z.object({
  version: z.literal(1),
  capacity: z.enum(['spot', 'on-demand']),
  places: z.record(
    z.string(),
    z.object({ shard: z.int().check(z.nonnegative()), attempt: z.int().check(z.nonnegative()) }),
  ),
  failure: z.exactOptional(
    z.object({
      kind: z.enum(['throttled', 'unavailable', 'conflict', 'capacity', 'limit', 'missing', 'request']),
      reason: z.string(),
    }),
  ),
});
export type PlacesDocument = z.infer<typeof placesDocument>;

export const placesPrefix = (runId: string): string => `runs/${runId}/places/`;

export const placesKey = (runId: string, group: string, call: number): string =>
  `${placesPrefix(runId)}${group}-${String(call).padStart(3, '0')}.json`;

/** Throws `DocumentInvalid` naming the key. */
export const parsePlaces = (key: string, body: Uint8Array): PlacesDocument => {
  try {
    return placesDocument.parse(JSON.parse(new TextDecoder().decode(body)));
  } catch (cause) {
    throw new DocumentInvalidError(`${key} can't be read by this version: ${String(cause)}`, { cause });
  }
};

export const encodePlaces = (document: PlacesDocument): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(document));

export const placeName = ({ shard, attempt }: WorkerPlace): string => `${shard}/${attempt}`;
