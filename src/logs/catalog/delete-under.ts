import type { CatalogWork } from './catalog-work.ts';

const deletedAtOnce = 1000;

export interface Deletion {
  /** Prefixes below which nothing is left. */
  readonly deleted: ReadonlySet<string>;
  /** The update has no more time: what is left is deleted by the next one. */
  readonly isUnfinished: boolean;
}

/**
 * Deletes every object below the prefixes, one after the other, until there is no more time. What can't be deleted is told
 * as a problem, and keeps nothing else. Of an update that may not delete, nothing is deleted.
 */
export const deleteUnder = async (work: CatalogWork, prefixes: readonly string[]): Promise<Deletion> => {
  const deleted = new Set<string>();
  if (!work.mayDelete) return { deleted, isUnfinished: false };
  for (const prefix of prefixes) {
    const outcome = isLate(work) ? 'unfinished' : await deleteOne(work, prefix);
    if (outcome === 'unfinished') return { deleted, isUnfinished: true };
    if (outcome === 'deleted') deleted.add(prefix);
  }
  return { deleted, isUnfinished: false };
};

const isLate = ({ ports, deadlineMillis }: CatalogWork): boolean => ports.time.nowMillis() >= deadlineMillis;

const deleteOne = async (
  work: CatalogWork,
  prefix: string,
): Promise<'deleted' | 'refused' | 'unfinished'> => {
  const { ports, tally } = work;
  let refused = 0;
  const deleteAll = async (keys: readonly string[]): Promise<void> => {
    const left = await ports.listing.deleteAll(keys);
    tally.add('objectsDeleted', keys.length - left.length);
    refused += left.length;
  };
  let keys: string[] = [];
  for await (const { key } of ports.listing.objects(prefix)) {
    keys.push(key);
    if (keys.length < deletedAtOnce) continue;
    await deleteAll(keys);
    keys = [];
    if (isLate(work)) return 'unfinished';
  }
  if (keys.length > 0) await deleteAll(keys);
  if (refused === 0) return 'deleted';
  tally.problem(`${prefix}: ${refused} objects past retention could not be deleted`);
  return 'refused';
};
