import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FolderStore } from '../../../src/platform/local/folder-store.ts';
import { describeObjectListingContract } from '../../contract/object-listing.contract.ts';
import { describeObjectStoreContract } from '../../contract/object-store.contract.ts';

const openFolder = async () => {
  const root = await mkdtemp(join(tmpdir(), 'stormdrain-store-'));
  return { store: new FolderStore(root), root, close: () => rm(root, { recursive: true, force: true }) };
};

describeObjectStoreContract('folder', openFolder);
describeObjectListingContract('folder', openFolder);

describe('folder store', () => {
  it('refuses a key among its own files', async () => {
    const { store, close } = await openFolder();
    await expect(store.get('.tmp/x')).rejects.toMatchObject({ name: 'BadInput' });
    await close();
  });

  it('is named by its absolute path, and never lists its own files', async () => {
    const { store, root, close } = await openFolder();
    await store.put('a/b', new Uint8Array());
    expect(store.root).toBe(`${root}/`);
    expect(new FolderStore('here').root).toBe(`${process.cwd()}/here/`);
    await writeFile(join(root, '.tmp', 'lock'), '');
    expect(await Array.fromAsync(store.folders(''))).toEqual(['a/']);
    expect(await Array.fromAsync(store.objects(''))).toEqual([{ key: 'a/b', bytes: 0 }]);
    await close();
  });
});
