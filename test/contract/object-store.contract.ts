import { afterEach, describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../src/platform/ports/object-store.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const keysOf = async (store: ObjectStore, prefix: string, startAfter?: string): Promise<string[]> =>
  Array.fromAsync(store.list(prefix, startAfter === undefined ? {} : { startAfter }));

/** What every object store must do; run on each implementation. */
export const describeObjectStoreContract = (
  name: string,
  open: () => Promise<{ readonly store: ObjectStore; close(): Promise<void> }>,
): void => {
  describe(`object store contract: ${name}`, () => {
    const opened: { close(): Promise<void> }[] = [];
    const fresh = async (): Promise<ObjectStore> => {
      const made = await open();
      opened.push(made);
      return made.store;
    };
    afterEach(async () => {
      for (const made of opened.splice(0)) await made.close();
    });

    it('says that an object is missing', async () => {
      expect(await (await fresh()).get('runs/a/plan.json')).toEqual({ kind: 'missing' });
    });

    it('gives back the bytes that were put, and an etag that stays while they do', async () => {
      const store = await fresh();
      const put = await store.put('a/b.json', bytes('one'));
      const got = await store.get('a/b.json');
      expect(got.kind === 'found' && new TextDecoder().decode(got.body)).toBe('one');
      expect(put).toEqual({ kind: 'written', etag: got.kind === 'found' ? got.etag : '' });
    });

    it('answers unchanged to a conditional read, and found after a change', async () => {
      const store = await fresh();
      const put = await store.put('a', bytes('one'));
      const etag = put.kind === 'written' ? put.etag : '';
      expect(await store.get('a', { ifNoneMatch: etag })).toEqual({ kind: 'unchanged' });
      await store.put('a', bytes('two'));
      expect((await store.get('a', { ifNoneMatch: etag })).kind).toBe('found');
    });

    it('creates an object once when asked to create it if absent', async () => {
      const store = await fresh();
      const results = await Promise.all(
        Array.from({ length: 10 }, (_, i) => store.put('once', bytes(`${i}`), { ifAbsent: true })),
      );
      expect(results.filter((result) => result.kind === 'written')).toHaveLength(1);
      expect(await store.put('once', bytes('late'), { ifAbsent: true })).toEqual({ kind: 'conflict' });
    });

    it('replaces an object only when it still has the etag', async () => {
      const store = await fresh();
      const first = await store.put('a', bytes('one'));
      const etag = first.kind === 'written' ? first.etag : '';
      expect((await store.put('a', bytes('two'), { ifMatch: etag })).kind).toBe('written');
      expect(await store.put('a', bytes('three'), { ifMatch: etag })).toEqual({ kind: 'conflict' });
      expect(await store.put('gone', bytes('x'), { ifMatch: etag })).toEqual({ kind: 'conflict' });
    });

    it('loses no increment when many compare and set at once', async () => {
      const store = await fresh();
      await store.put('counter', bytes('0'));
      const increment = async (): Promise<void> => {
        for (;;) {
          const got = await store.get('counter');
          if (got.kind !== 'found') throw new Error('the counter is gone');
          const next = bytes(String(Number(new TextDecoder().decode(got.body)) + 1));
          if ((await store.put('counter', next, { ifMatch: got.etag })).kind === 'written') return;
        }
      };
      await Promise.all(Array.from({ length: 12 }, increment));
      const got = await store.get('counter');
      expect(got.kind === 'found' && new TextDecoder().decode(got.body)).toBe('12');
    });

    it('lists by prefix in byte order, from a key on', async () => {
      const store = await fresh();
      for (const key of ['r/b/2', 'r/b/10', 'r/a', 'r/b-', 'q', 'r/bb']) await store.put(key, bytes(key));
      expect(await keysOf(store, 'r/')).toEqual(['r/a', 'r/b-', 'r/b/10', 'r/b/2', 'r/bb']);
      expect(await keysOf(store, 'r/b')).toEqual(['r/b-', 'r/b/10', 'r/b/2', 'r/bb']);
      expect(await keysOf(store, 'r/b/', 'r/b/10')).toEqual(['r/b/2']);
      expect(await keysOf(store, 'nothing/')).toEqual([]);
    });

    it('forgets a deleted object, and does not mind deleting it again', async () => {
      const store = await fresh();
      await store.put('a', bytes('one'));
      await store.delete('a');
      await store.delete('a');
      expect((await store.get('a')).kind).toBe('missing');
    });

    it('keeps an empty object and binary bytes', async () => {
      const store = await fresh();
      await store.put('empty', new Uint8Array());
      await store.put('binary', Uint8Array.of(0, 255, 10, 13));
      const [empty, binary] = [await store.get('empty'), await store.get('binary')];
      expect(empty.kind === 'found' && [...empty.body]).toEqual([]);
      expect(binary.kind === 'found' && [...binary.body]).toEqual([0, 255, 10, 13]);
    });

    it('keeps a large object whole', async () => {
      const store = await fresh();
      const large = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * 7919) % 251);
      expect((await store.put('large', large, { ifAbsent: true })).kind).toBe('written');
      const got = await store.get('large');
      expect(got.kind === 'found' && Buffer.compare(got.body, large)).toBe(0);
    });

    it.each(['', '/a', 'a//b', 'a/', '../a', 'a/../../b', 'a/.'])('refuses "%s" as a key', async (key) => {
      const store = await fresh();
      const refused = { name: 'BadInput' };
      await expect(store.get(key)).rejects.toMatchObject(refused);
      await expect(store.put(key, bytes('x'))).rejects.toMatchObject(refused);
      await expect(store.delete(key)).rejects.toMatchObject(refused);
    });
  });
};
