import { link, mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The same files once more, without their bytes: what is removed from one folder stays in the other. */
export const linkFolder = async (from: string, to: string): Promise<void> => {
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const source = join(entry.parentPath, entry.name);
    const target = join(to, source.slice(from.length));
    await mkdir(dirname(target), { recursive: true });
    await link(source, target);
  }
};
