import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderLetters } from '../../../src/platform/local/folder-letters.ts';
import { FolderStore } from '../../../src/platform/local/folder-store.ts';
import { describeDeadLettersContract } from '../../contract/dead-letters.contract.ts';
import { MemoryStore } from '../../run/builders.ts';

const openIn = async (...path: readonly string[]) => {
  const folder = await mkdtemp(join(tmpdir(), 'stormdrain-letters-'));
  await writeFile(join(folder, 'file'), '');
  const root = join(folder, ...path);
  return {
    letters: folderLetters(new FolderStore(root)),
    kept: async () => {
      const names = await readdir(join(root, 'letters'));
      const kept = await Promise.all(names.map((name) => readFile(join(root, 'letters', name), 'utf8')));
      return kept.map((text) => {
        const { body, reason, from } = JSON.parse(text);
        return { body, reason, from };
      });
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
};

describeDeadLettersContract(
  'a folder',
  () => openIn('store'),
  () => openIn('file'),
);

describe('letters in a folder', () => {
  it('are listed in the order in which they came', async () => {
    const store = new MemoryStore();
    let now = Date.UTC(2026, 10, 21, 9, 30);
    const letters = folderLetters(store, () => now);
    for (const body of ['a', 'b', 'c']) {
      await letters.keep({ body, reason: 'r', from: 'f' });
      if (body === 'b') now += 1;
    }
    const keys: string[] = [];
    for await (const key of store.list('letters/')) keys.push(key);
    expect(keys).toEqual([
      'letters/20261121T093000000Z-00.json',
      'letters/20261121T093000000Z-01.json',
      'letters/20261121T093000001Z-00.json',
    ]);
  });

  it('give up when a millisecond has too many', async () => {
    const store = new MemoryStore();
    const letters = folderLetters(store, () => 0);
    for (let count = 0; count < 100; count++) await letters.keep({ body: '', reason: 'r', from: 'f' });
    await expect(letters.keep({ body: '', reason: 'r', from: 'f' })).rejects.toMatchObject({
      name: 'ServiceUnavailable',
    });
  });
});
