import { afterEach, describe, expect, it } from 'vitest';
import type { ObjectListing } from '../../src/platform/ports/object-listing.ts';
import type { ObjectStore } from '../../src/platform/ports/object-store.ts';

type Listed = ObjectStore & ObjectListing;

const put = (store: ObjectStore, keys: readonly string[]): Promise<unknown> =>
  Promise.all(keys.map((key) => store.put(key, new TextEncoder().encode('x'.repeat(key.length)))));

/** What every object store must tell about itself; run on each implementation. */
export const describeObjectListingContract = (
  name: string,
  open: () => Promise<{ readonly store: Listed; close(): Promise<void> }>,
): void => {
  describe(`object listing contract: ${name}`, () => {
    const opened: { close(): Promise<void> }[] = [];
    const fresh = async (): Promise<Listed> => {
      const made = await open();
      opened.push(made);
      return made.store;
    };
    afterEach(async () => {
      for (const made of opened.splice(0)) await made.close();
    });

    it('names the folders right below a prefix, in the order of their bytes', async () => {
      const store = await fresh();
      await put(store, [
        'logs/a/x/1',
        'logs/a-b/y/1',
        'logs/B/z/1',
        'logs/ä/1',
        'logs/a/x/2',
        'logs/file',
        'top/1',
      ]);
      expect(await Array.fromAsync(store.folders('logs/'))).toEqual([
        'logs/B/',
        'logs/a-b/',
        'logs/a/',
        'logs/ä/',
      ]);
      expect(await Array.fromAsync(store.folders(''))).toEqual(['logs/', 'top/']);
    });

    it('has folders of any name, as others may have written them', async () => {
      const store = await fresh();
      const folders = [
        'logs/a b/',
        'logs/a";drop table x/',
        'logs/%41/',
        'logs/a+b&c/',
        'logs/year=2026/',
        "logs/it's/",
      ];
      await put(
        store,
        folders.map((folder) => `${folder}app/1.gz`),
      );
      expect(new Set(await Array.fromAsync(store.folders('logs/')))).toEqual(new Set(folders));
      for (const folder of folders) {
        expect(await Array.fromAsync(store.folders(folder))).toEqual([`${folder}app/`]);
        const key = `${folder}app/1.gz`;
        expect(await Array.fromAsync(store.objects(folder))).toEqual([
          { key, bytes: Buffer.from(key).length },
        ]);
      }
    });

    it('has no folders where nothing is, nor where everything was deleted', async () => {
      const store = await fresh();
      await put(store, ['logs/a/x/1', 'logs/b/x/y/1', 'logs/b/2']);
      await store.deleteAll(['logs/a/x/1', 'logs/b/2']);
      expect(await Array.fromAsync(store.folders('logs/'))).toEqual(['logs/b/']);
      expect(await Array.fromAsync(store.folders('logs/a/'))).toEqual([]);
      expect(await Array.fromAsync(store.folders('nowhere/'))).toEqual([]);
    });

    it('lists objects with their sizes, ascending, also by a part of a name', async () => {
      const store = await fresh();
      await put(store, ['a/2', 'a/10', 'a/b/1', 'ab/1', 'b']);
      await store.put('a/empty', new Uint8Array());
      expect(await Array.fromAsync(store.objects('a'))).toEqual([
        { key: 'a/10', bytes: 4 },
        { key: 'a/2', bytes: 3 },
        { key: 'a/b/1', bytes: 5 },
        { key: 'a/empty', bytes: 0 },
        { key: 'ab/1', bytes: 4 },
      ]);
      expect(await Array.fromAsync(store.objects('c/'))).toEqual([]);
    });

    it('tells the size of what was put last', async () => {
      const store = await fresh();
      await store.put('a', new Uint8Array(10));
      await store.put('a', new Uint8Array(3));
      expect(await Array.fromAsync(store.objects('a'))).toEqual([{ key: 'a', bytes: 3 }]);
    });

    it('deletes what is there, says nothing about what is not, and leaves the rest', async () => {
      const store = await fresh();
      await put(store, ['a/1', 'a/2', 'a/3 with "quotes" & <more>']);
      expect(await store.deleteAll(['a/1', 'a/3 with "quotes" & <more>', 'never/there'])).toEqual([]);
      expect(await store.deleteAll([])).toEqual([]);
      expect(await Array.fromAsync(store.list(''))).toEqual(['a/2']);
    });

    it('deletes 1,000 objects at once, and no more', async () => {
      const store = await fresh();
      const keys = Array.from({ length: 1001 }, (_, n) => `many/${n}`);
      await put(store, keys.slice(0, 3));
      await expect(store.deleteAll(keys)).rejects.toMatchObject({ name: 'BadInput' });
      expect(await store.deleteAll(keys.slice(0, 1000))).toEqual([]);
      expect(await Array.fromAsync(store.list('many/'))).toEqual([]);
    });

    it('has a root with an ending slash', async () => {
      expect((await fresh()).root).toMatch(/^(\/|\w+:\/\/).*\/$/);
    });
  });
};
