import { createHash, randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { BadInputError, StoreUnavailableError } from '../../errors.ts';
import { assertDeletable, assertObjectKey } from '../ports/object-key.ts';
import type { ListedObject, ObjectListing } from '../ports/object-listing.ts';
import type { GetResult, ObjectStore, PutCondition, PutResult } from '../ports/object-store.ts';
import {
  askedAtOnce,
  byBytes,
  foldersBelow,
  hasCode,
  hiddenFolder,
  keysBelow,
  sizesOf,
} from './list-folder.ts';

const etagOf = (body: Uint8Array): string => `"${createHash('md5').update(body).digest('hex')}"`;

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
};

/**
 * The object store as a folder. A write is a rename, so a reader sees the old object or the new one. Conditional
 * writes hold across processes: `ifAbsent` is link(2), which fails when the name is taken; `ifMatch` holds a lock
 * file while it compares and renames.
 */
export class FolderStore implements ObjectStore, ObjectListing {
  readonly root: string;
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
    this.root = join(resolve(root), '/');
  }

  async get(key: string, options: { readonly ifNoneMatch?: string } = {}): Promise<GetResult> {
    const body = await this.#read(key);
    if (body === undefined) return { kind: 'missing' };
    const etag = etagOf(body);
    return etag === options.ifNoneMatch ? { kind: 'unchanged' } : { kind: 'found', body, etag };
  }

  async put(key: string, body: Uint8Array, condition?: PutCondition): Promise<PutResult> {
    const path = this.#path(key);
    return this.#guard(key, async () => {
      const temporary = await this.#writeTemporary(body);
      try {
        await mkdir(dirname(path), { recursive: true });
        if (condition === undefined) await rename(temporary, path);
        else if ('ifAbsent' in condition) {
          if (!(await this.#linkNew(temporary, path))) return { kind: 'conflict' };
        } else if (!(await this.#swap(key, temporary, path, condition.ifMatch))) return { kind: 'conflict' };
        return { kind: 'written', etag: etagOf(body) };
      } finally {
        await rm(temporary, { force: true });
      }
    });
  }

  async *list(prefix: string, options: { readonly startAfter?: string } = {}): AsyncIterable<string> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    const keys = await this.#guard(prefix, () => keysBelow(this.#root, folder));
    const after = options.startAfter;
    for (const key of keys.sort(byBytes)) {
      if (key.startsWith(prefix) && (after === undefined || byBytes(key, after) > 0)) yield key;
    }
  }

  async *folders(prefix: string): AsyncIterable<string> {
    yield* await this.#guard(prefix, () => foldersBelow(this.#root, prefix));
  }

  async *objects(prefix: string): AsyncIterable<ListedObject> {
    const keys: string[] = [];
    for await (const key of this.list(prefix)) keys.push(key);
    for (let from = 0; from < keys.length; from += askedAtOnce)
      yield* await this.#guard(prefix, () => sizesOf(this.#root, keys.slice(from, from + askedAtOnce)));
  }

  async deleteAll(keys: readonly string[]): Promise<readonly string[]> {
    assertDeletable(keys);
    const paths = keys.map((key) => this.#path(key));
    const results = await Promise.allSettled(paths.map((path) => rm(path, { force: true })));
    return keys.filter((_, n) => results[n]?.status === 'rejected');
  }

  async delete(key: string): Promise<void> {
    const path = this.#path(key);
    await this.#guard(key, () => rm(path, { force: true }));
  }

  #path(key: string): string {
    assertObjectKey(key);
    const parts = key.split('/');
    if (parts.includes(hiddenFolder))
      throw new BadInputError(`"${key}" is not an object key: ${hiddenFolder} is taken`);
    return join(this.#root, ...parts);
  }

  async #read(key: string): Promise<Buffer | undefined> {
    const path = this.#path(key);
    return this.#guard(key, async () => {
      try {
        return await readFile(path);
      } catch (error) {
        if (hasCode(error, 'ENOENT', 'ENOTDIR', 'EISDIR')) return undefined;
        throw error;
      }
    });
  }

  async #writeTemporary(body: Uint8Array): Promise<string> {
    const folder = join(this.#root, hiddenFolder);
    await mkdir(folder, { recursive: true });
    const path = join(folder, `${process.pid}-${randomBytes(8).toString('hex')}`);
    const file = await open(path, 'wx');
    try {
      await file.writeFile(body);
    } finally {
      await file.close();
    }
    return path;
  }

  async #linkNew(temporary: string, path: string): Promise<boolean> {
    try {
      await link(temporary, path);
      return true;
    } catch (error) {
      if (hasCode(error, 'EEXIST')) return false;
      throw error;
    }
  }

  async #swap(key: string, temporary: string, path: string, ifMatch: string): Promise<boolean> {
    const unlock = await this.#lock(key);
    try {
      const current = await this.#read(key);
      if (current === undefined || etagOf(current) !== ifMatch) return false;
      await rename(temporary, path);
      return true;
    } finally {
      await unlock();
    }
  }

  /**
   * A lock names its holder, which holds it for one rename. It is broken only when that process is gone, and by
   * renaming it, so that of several who want to break it one does; a lock taken meanwhile is put back.
   */
  async #lock(key: string): Promise<() => Promise<void>> {
    const path = join(this.#root, hiddenFolder, `lock-${createHash('sha256').update(key).digest('hex')}`);
    const own = `${process.pid} ${randomBytes(8).toString('hex')}`;
    const mine = await this.#writeTemporary(Buffer.from(own));
    try {
      while (!(await this.#linkNew(mine, path))) {
        const holder = await readFile(path, 'utf8').catch(() => '');
        if (holder !== '' && !isRunning(Number(holder.split(' ')[0]))) await this.#breakLock(path, holder);
        await new Promise((resolve) => setTimeout(resolve, 2 + Math.random() * 8));
      }
    } finally {
      await rm(mine, { force: true });
    }
    return () => rm(path, { force: true });
  }

  async #breakLock(path: string, holder: string): Promise<void> {
    const aside = `${path}-${randomBytes(8).toString('hex')}`;
    try {
      await rename(path, aside);
      if ((await readFile(aside, 'utf8')) !== holder) await this.#linkNew(aside, path);
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
    } finally {
      await rm(aside, { force: true });
    }
  }

  async #guard<Value>(key: string, work: () => Promise<Value>): Promise<Value> {
    try {
      return await work();
    } catch (cause) {
      throw new StoreUnavailableError(`The folder store failed at ${key}: ${String(cause)}`, { cause });
    }
  }
}
