import { StoreConflictError } from '../../errors.ts';
import { readJson, writeJson } from '../../store/stored-json.ts';
import type { DrainPorts } from '../drain-ports.ts';
import { type LeavingDocument, leavingDocument, leavingKey } from './leaving-document.ts';

/** Hundreds of instances may leave at once, and as many invocations hear of them: a writer loses many races. */
const mostTries = 24;
const longestPauseMillis = 500;

/**
 * Compare-and-set on what is known of a cluster's leaving instances. `change` gives the new document, the one that it got
 * when nothing is to be written. Throws `StoreConflict` after 24 lost races.
 */
export const updateLeaving = async (
  { store, time, random }: Pick<DrainPorts, 'store' | 'time' | 'random'>,
  cluster: string,
  change: (document: LeavingDocument | undefined) => LeavingDocument,
): Promise<LeavingDocument> => {
  const key = leavingKey(cluster);
  for (let attempt = 0; attempt < mostTries; attempt++) {
    const stored = await readJson(store, key, leavingDocument);
    const changed = change(stored?.value);
    if (changed === stored?.value) return changed;
    const put = await writeJson(
      store,
      key,
      changed,
      stored === undefined ? { ifAbsent: true } : { ifMatch: stored.etag },
    );
    if (put.kind === 'written') return changed;
    await time.sleep(random() * Math.min(longestPauseMillis, 10 * 2 ** attempt));
  }
  throw new StoreConflictError(`${key} was changed by others ${mostTries} times in a row; try again`);
};
