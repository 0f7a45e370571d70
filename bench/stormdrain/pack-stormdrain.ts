import { spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { parseJson } from '../parse-json.ts';
import type { Workspace } from '../workspace.ts';

/** The package as it would be published, unpacked: what users run is a bundle, not this checkout. */
export interface PackedStormdrain {
  readonly program: string;
  readonly version: string;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const manifest = z.object({ version: z.string() });

/** Throws with what npm said when it can't be built. */
export const packStormdrain = async (workspace: Workspace): Promise<PackedStormdrain> => {
  run('npm', ['pack', '--silent', '--pack-destination', workspace.folder], root);
  const archive = (await readdir(workspace.folder)).find((name) => name.endsWith('.tgz'));
  run('tar', ['-xzf', archive ?? ''], workspace.folder);
  const folder = workspace.path('package');
  const described = parseJson(await readFile(join(folder, 'package.json'), 'utf8'), manifest);
  return { program: join(folder, 'bin/stormdrain.mjs'), version: described?.version ?? 'of unknown version' };
};

const run = (program: string, args: readonly string[], cwd: string): void => {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args[0]} failed: ${stdout}\n${stderr}`);
};
