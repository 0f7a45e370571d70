import type { InstanceLeaving } from './instance-leaving.ts';
import type { LeavingDocument } from './leaving-document.ts';
import type { LocatedInstances } from './locate-instances.ts';

/** What is known before and after the clusters were asked. */
export interface KnownPlaces {
  readonly documents: ReadonlyMap<string, LeavingDocument>;
  readonly located: LocatedInstances;
}

export type PlacedNews =
  | { readonly kind: 'in'; readonly cluster: string }
  /** Its drain has ended, it is in no cluster any more, and this was to be expected. */
  | { readonly kind: 'known' }
  /** In none of the clusters that are looked after. */
  | { readonly kind: 'unknown' }
  /** A cluster or its document could not be read, so nobody can tell. */
  | { readonly kind: 'unclear' };

/** The cluster in whose document an instance's drain is going on, or has ended. */
export const clusterKnowing = (
  documents: ReadonlyMap<string, LeavingDocument>,
  instanceId: string,
  which: 'going on' | 'ended',
): string | undefined => {
  for (const [cluster, { instances }] of documents) {
    const entry = instances[instanceId];
    if (entry !== undefined && (entry.endedAtMillis === undefined) === (which === 'going on')) return cluster;
  }
  return undefined;
};

/**
 * Which cluster news belong to. The documents are asked first: an instance that is gone is in no cluster, though its drain
 * may go on.
 */
export const placeNews = (
  leaving: InstanceLeaving,
  { documents, located }: KnownPlaces,
  isAnythingUnread: boolean,
): PlacedNews => {
  const { instanceId, cause } = leaving;
  const cluster =
    clusterKnowing(documents, instanceId, 'going on') ?? located.places.get(instanceId)?.cluster;
  if (cluster !== undefined) return { kind: 'in', cluster };
  const ended = clusterKnowing(documents, instanceId, 'ended');
  if (ended !== undefined)
    return cause === 'stopping' || cause === 'gone' ? { kind: 'known' } : { kind: 'in', cluster: ended };
  return { kind: isAnythingUnread ? 'unclear' : 'unknown' };
};
