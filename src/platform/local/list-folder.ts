import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ListedObject } from '../ports/object-listing.ts';

/** Files being written and locks, right below the root; never part of the store's keys. */
export const hiddenFolder = '.tmp';

/** Sizes and folders that are looked at side by side: file handles are few. */
export const askedAtOnce = 64;

export const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

export const hasCode = (error: unknown, ...codes: readonly string[]): boolean =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code));

/** Keys in no order; `folder` is empty or ends with `/`. */
export const keysBelow = async (root: string, folder: string): Promise<string[]> => {
  const found: string[] = [];
  for (const { name, isFolder } of await entriesOf(root, folder)) {
    if (isFolder) found.push(...(await keysBelow(root, `${folder}${name}/`)));
    else found.push(`${folder}${name}`);
  }
  return found;
};

/** Folders right below that have an object somewhere in them: an object that was deleted leaves empty ones behind. */
export const foldersBelow = async (root: string, folder: string): Promise<readonly string[]> => {
  const entries = (await entriesOf(root, folder)).filter(({ isFolder }) => isFolder);
  const found: string[] = [];
  for (let from = 0; from < entries.length; from += askedAtOnce) {
    const some = entries.slice(from, from + askedAtOnce).map(({ name }) => `${folder}${name}/`);
    const holds = await Promise.all(some.map((below) => holdsObject(root, below)));
    found.push(...some.filter((_, n) => holds[n]));
  }
  return found.sort(byBytes);
};

/** All at once. What is gone by now is left out. */
export const sizesOf = async (root: string, keys: readonly string[]): Promise<readonly ListedObject[]> => {
  const sizes = await Promise.all(keys.map((key) => sizeOf(join(root, ...key.split('/')))));
  return keys.flatMap((key, n) => {
    const bytes = sizes[n];
    return bytes === undefined ? [] : [{ key, bytes }];
  });
};

const sizeOf = async (path: string): Promise<number | undefined> => {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
};

const holdsObject = async (root: string, folder: string): Promise<boolean> => {
  const entries = await entriesOf(root, folder);
  if (entries.some(({ isFolder }) => !isFolder)) return true;
  for (const { name } of entries) if (await holdsObject(root, `${folder}${name}/`)) return true;
  return false;
};

const entriesOf = async (
  root: string,
  folder: string,
): Promise<readonly { readonly name: string; readonly isFolder: boolean }[]> => {
  try {
    const entries = await readdir(join(root, ...folder.split('/')), { withFileTypes: true });
    return entries
      .filter(({ name }) => folder !== '' || name !== hiddenFolder)
      .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
};
