import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunSummary } from '../../src/run/summary.ts';
import { bareEnvironment, start } from './terminal.ts';

let folder: string;
const env = bareEnvironment();

const type = (program: string, ...words: readonly string[]) =>
  start(program, words, { cwd: folder, env }).finished;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormdrain-package-'));
  execFileSync('npm', ['pack', '--pack-destination', folder], { stdio: 'pipe' });
  const [tarball] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  await type('npm', 'init', '-y');
  // Everything is in the bundle, so installing it asks no registry.
  const installed = await type(
    'npm',
    'install',
    '--offline',
    '--no-audit',
    '--no-fund',
    join(folder, tarball ?? ''),
  );
  expect(installed.code, installed.stderr).toBe(0);
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await rm('dist', { recursive: true, force: true });
});

describe('the published package, installed elsewhere', () => {
  it('brings no dependency along', async () => {
    const names = (await readdir(join(folder, 'node_modules'))).filter((name) => !name.startsWith('.'));
    expect(names).toEqual(['stormdrain']);
  });

  it('runs the same demo on the Node of the machine, and leaves nothing running', async () => {
    const { code, stdout, stderr } = await type('npx', 'stormdrain', 'demo');
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^PASSED {2}shop against/m);
    expect(stdout).toMatch(/800 scheduled = 800 begun \+ 0 dropped \+ 0 missed/);
    const shown = await type('npx', 'stormdrain', 'show', 'last', '--json');
    const summary = JSON.parse(shown.stdout) as RunSummary;
    for (const { pid } of summary.workers) expect(() => process.kill(pid ?? 0, 0)).toThrow();
  });

  it('says what logs take to be asked here, and answers once it is there', async () => {
    const ask = () => type('npx', 'stormdrain', 'logs', 'shop/app', '--limit', '5');
    const without = await ask();
    expect([without.code, without.stdout]).toEqual([75, '']);
    expect(without.stderr).toMatch(
      /^stormdrain: .* isn't installed: run "npm install @duckdb\/node-api@.*"$/m,
    );
    // In place of a download of 60 MB.
    await symlink(resolve('node_modules/@duckdb'), join(folder, 'node_modules', '@duckdb'));
    const { code, stdout, stderr } = await ask();
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^(\S+ \w{8} .*(GET|POST) \/\S+ \d{3} .*\n){5}$/);
  });

  it('has the schema that its examples name', async () => {
    const root = join(folder, 'node_modules', 'stormdrain');
    const schema = JSON.parse(await readFile(join(root, 'schema', 'plan.schema.json'), 'utf8'));
    expect(schema.properties).toHaveProperty('scenarios');
    expect(await readFile(join(root, 'examples', 'shop', 'plan.yml'), 'utf8')).toContain(
      '$schema=../../schema/plan.schema.json',
    );
  });
});
