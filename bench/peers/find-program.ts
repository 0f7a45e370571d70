import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ownPeers = fileURLToPath(new URL('../.peers/node_modules/.bin', import.meta.url));

/** The full path of a program, looked for on PATH, then in the bench's own folder of peers, then in `more`. */
export const findProgram = (name: string, more: readonly string[] = []): string | undefined =>
  [...(process.env.PATH ?? '').split(':'), ownPeers, ...more]
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable);

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};
