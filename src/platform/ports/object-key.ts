import { BadInputError } from '../../errors.ts';

/** What every object store takes for a key: names joined by single slashes. Throws `BadInput`. */
export const assertObjectKey = (key: string): void => {
  const isKey = key.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
  if (!isKey || key.includes('\0') || Buffer.byteLength(key) > 1024)
    throw new BadInputError(
      `"${key}" is not an object key: use names joined by single slashes, 1024 bytes at most`,
    );
};

/** As many as S3 deletes with one call. */
const mostDeletable = 1000;

/** Throws `BadInput` for more keys than a store deletes at once. */
export const assertDeletable = (keys: readonly string[]): void => {
  if (keys.length > mostDeletable)
    throw new BadInputError(
      `${keys.length} objects are too many to delete at once: ${mostDeletable} at most`,
    );
};
