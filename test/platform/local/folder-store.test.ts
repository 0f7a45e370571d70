import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FolderStore } from '../../../src/platform/local/folder-store.ts';
import { describeObjectStoreContract } from '../../contract/object-store.contract.ts';

const openFolder = async () => {
  const root = await mkdtemp(join(tmpdir(), 'stormdrain-store-'));
  return { store: new FolderStore(root), root, close: () => rm(root, { recursive: true, force: true }) };
};

describeObjectStoreContract('folder', openFolder);

describe('folder store', () => {
  it('refuses a key among its own files', async () => {
    const { store, close } = await openFolder();
    await expect(store.get('.tmp/x')).rejects.toMatchObject({ name: 'BadInput' });
    await close();
  });
});
