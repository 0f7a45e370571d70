import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { access, cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const copies = [...readFileSync('Dockerfile', 'utf8').matchAll(/^COPY (--from=build )?(.+) \S+$/gm)].map(
  ([, fromBuild, paths = '']) => ({ fromBuild: fromBuild !== undefined, paths: paths.split(' ') }),
);
const pathsOf = (fromBuild: boolean): readonly string[] =>
  copies.filter((copy) => copy.fromBuild === fromBuild).flatMap(({ paths }) => paths);

/** The build stage's folder: what is copied into it, its packages, and nothing else. */
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormdrain-image-'));
  for (const path of pathsOf(false)) await cp(path, join(folder, path), { recursive: true });
  await symlink(resolve('node_modules'), join(folder, 'node_modules'));
  await run(process.execPath, ['scripts/build.ts'], { cwd: folder });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the worker image', () => {
  it('is given everything that its build needs, and nothing that .dockerignore leaves out', () => {
    const sent = readFileSync('.dockerignore', 'utf8').match(/(?<=^!).+$/gm);
    expect(sent?.sort()).toEqual([...pathsOf(false)].sort());
  });

  it('takes from the build what is there', async () => {
    expect(pathsOf(true)).toContain('/build/dist/aws-worker.mjs');
    for (const path of pathsOf(true)) await access(path.replace('/build/', `${folder}/`));
  });

  it('has a worker that starts with nothing but that, and says what it is missing', async () => {
    const worker = join(folder, 'image');
    for (const path of pathsOf(true))
      await cp(path.replace('/build/', `${folder}/`), path.replace('/build/', `${worker}/`), {
        recursive: true,
      });
    const refused = await run(process.execPath, ['dist/aws-worker.mjs'], {
      cwd: worker,
      env: { PATH: process.env.PATH },
      timeout: 60_000,
    }).catch((error) => error);
    expect(refused.code).toBeGreaterThan(0);
    expect(`${refused.stdout}${refused.stderr}`).toContain('STORMDRAIN_BUCKET');
  });
});
