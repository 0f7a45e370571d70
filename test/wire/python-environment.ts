import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { access, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * A Python virtual environment with what a requirements file pins; made once, then found again. Gives the path of its
 * `bin` folder. Several processes may ask at once: each builds aside, one symbolic link wins, the others go.
 */
export const pythonEnvironment = async (name: string, requirementsFile: string): Promise<string> => {
  const digest = createHash('sha256')
    .update(await readFile(requirementsFile))
    .digest('hex')
    .slice(0, 12);
  const link = resolve('node_modules/.cache', `stormdrain-${name}`, digest);
  const bin = join(link, 'bin');
  if (await exists(bin)) return bin;

  const folder = `${link}-${randomBytes(4).toString('hex')}`;
  await mkdir(dirname(link), { recursive: true });
  try {
    await install(folder, requirementsFile);
    await symlink(folder, `${folder}.link`);
    // Where another process was quicker, its link is replaced by an equal one: both folders stay usable.
    await rename(`${folder}.link`, link);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  return bin;
};

const install = async (folder: string, requirementsFile: string): Promise<void> => {
  try {
    await run('python3', ['-m', 'venv', folder], { timeout: 120_000 });
  } catch (cause) {
    throw new Error(
      'These tests need Python 3 with its venv module (Debian: apt install python3-venv), to install the AWS server they talk to.',
      { cause },
    );
  }
  const pip = join(folder, 'bin/pip');
  try {
    await run(pip, ['install', '--quiet', '--disable-pip-version-check', '-r', requirementsFile], {
      timeout: 600_000,
    });
  } catch (cause) {
    throw new Error(`pip could not install ${requirementsFile}: is PyPI reachable?`, { cause });
  }
};
