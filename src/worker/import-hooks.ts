import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Hook } from '../engine/hooks.ts';
import { PlanInvalidError } from '../errors.ts';

/** What was thrown, and where in the hook file if the source map tells. */
const describeThrown = (error: unknown, folder: string): string => {
  if (!(error instanceof Error)) return String(error);
  const frame = error.stack?.split('\n').find((line) => line.includes(folder));
  const place = frame === undefined ? undefined : /([^/\\()\s]+:\d+:\d+)\)?$/.exec(frame)?.[1];
  return place === undefined ? error.message : `${error.message} (${place})`;
};

/**
 * The functions that a compiled hook module exports, by name.
 * @param name The hook file as the plan names it, for messages.
 * @throws PlanInvalidError when the module throws while it is loaded.
 */
export const importHooks = async (body: Uint8Array, name: string): Promise<ReadonlyMap<string, Hook>> => {
  // Places in the errors of hooks are then those of the file that was written, not of the compiled one.
  process.setSourceMapsEnabled(true);
  const folder = await mkdtemp(join(tmpdir(), 'stormdrain-hooks-'));
  try {
    const file = join(folder, 'hooks.mjs');
    await writeFile(file, body, { mode: 0o600 });
    const module: Readonly<Record<string, unknown>> = await import(pathToFileURL(file).href);
    return new Map(
      Object.entries(module).filter((entry): entry is [string, Hook] => typeof entry[1] === 'function'),
    );
  } catch (error) {
    const reason = describeThrown(error, folder);
    throw new PlanInvalidError(`the hooks in ${name} can't be loaded: ${reason}`, { cause: error });
  } finally {
    // A module that is loaded needs its file no more.
    await rm(folder, { recursive: true, force: true });
  }
};
