import { ServiceUnavailableError } from '../../errors.ts';
import type { DeadLetters } from '../ports/dead-letters.ts';
import type { ObjectStore } from '../ports/object-store.ts';

/** Dead letters in the store's folder, oldest first: `letters/20261121T093000123Z-00.json`. */
export const folderLetters = (store: ObjectStore, nowMillis: () => number = Date.now): DeadLetters => ({
  async keep(letter) {
    const at = new Date(nowMillis()).toISOString();
    const body = new TextEncoder().encode(JSON.stringify({ version: 1, at, ...letter }, null, 2));
    const stem = `letters/${at.replaceAll(/[-:.]/g, '')}`;
    for (let copy = 0; copy < mostInAMillisecond; copy++) {
      try {
        const put = await store.put(`${stem}-${String(copy).padStart(2, '0')}.json`, body, {
          ifAbsent: true,
        });
        if (put.kind === 'written') return;
      } catch (cause) {
        throw new ServiceUnavailableError(`A dead letter could not be kept: ${String(cause)}`, { cause });
      }
    }
    throw new ServiceUnavailableError(
      `${mostInAMillisecond} dead letters came in one millisecond; try again`,
    );
  },
});

const mostInAMillisecond = 100;
