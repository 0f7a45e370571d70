import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Name and version of the package, and the folder its package.json is in. */
interface PackageFacts {
  readonly root: string;
  readonly version: string;
}

const packageIn = (folder: string): PackageFacts | undefined => {
  try {
    const text = readFileSync(join(folder, 'package.json'), 'utf8');
    const { name, version } = JSON.parse(text) as { name?: unknown; version?: unknown };
    return name === 'stormdrain' ? { root: folder, version: String(version) } : undefined;
  } catch {
    return undefined;
  }
};

/** Walks up from a folder: the same for src/cli in a checkout and for dist in the published package. */
const findPackage = (from: string): PackageFacts => {
  for (let folder = from; ; folder = dirname(folder)) {
    const found = packageIn(folder);
    if (found !== undefined) return found;
    if (folder === dirname(folder)) throw new Error(`no package.json of stormdrain above ${from}`);
  }
};

/** Absolute path of the package that this file belongs to. */
export const packageRoot = (): string => findPackage(import.meta.dirname).root;

export const packageVersion = (): string => findPackage(import.meta.dirname).version;
