import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatProblems } from '../../src/document/document-problem.ts';
import { addressGuard } from '../../src/plan/allowed-targets.ts';
import { parsePlan } from '../../src/plan/parse-plan.ts';
import { type CompiledHooks, compileHooks } from '../../src/worker/compile-hooks.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormdrain-compile-hooks-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const written = async (name: string, text: string): Promise<string> => {
  await writeFile(join(folder, name), text);
  return join(folder, name);
};
const compile = async (text: string): Promise<CompiledHooks> => compileHooks(await written('hooks.ts', text));

describe('compiling hooks', () => {
  it('makes one module of TypeScript and what it imports, and tells its exports', async () => {
    await written('shared.ts', 'export const prefix: string = "x-";');
    const compiled = await compile(`
      import { randomUUID } from 'node:crypto';
      import { prefix } from './shared.ts';
      export const sign = (request: { headers: Record<string, string> }): void => {
        request.headers[prefix + 'id'] = randomUUID();
      };
      export async function check(): Promise<void> {}
    `);
    if (compiled.kind !== 'compiled') throw new Error(compiled.reason);
    expect([...compiled.exports].sort()).toEqual(['check', 'sign']);
    const text = new TextDecoder().decode(compiled.body);
    expect(text).not.toContain('shared.ts"');
    expect(text).toContain('from "node:crypto"');
    expect(text).toContain('sourceMappingURL=data:');
  });

  it('gives the same bytes for the same file, wherever it lies', async () => {
    const text = 'export const before = (): void => {};';
    const here = compileHooks(await written('same.ts', text));
    const elsewhere = await mkdtemp(join(tmpdir(), 'stormdrain-elsewhere-'));
    await writeFile(join(elsewhere, 'same.ts'), text);
    const there = compileHooks(join(elsewhere, 'same.ts'));
    await rm(elsewhere, { recursive: true });
    expect(there).toEqual(here);
  });

  it.each([
    ['a mistake of syntax', 'export const sign = ;', /^hooks\.ts:1:21: Unexpected ";"$/],
    [
      'a package that is not there',
      '\nimport a from "no-such-package"; export { a };',
      /^hooks\.ts:2:15: Could not resolve/,
    ],
    ['a file that is not there', 'export * from "./nowhere.ts";', /^hooks\.ts:1:15: Could not resolve/],
    ['a module without exports', 'const sign = () => undefined; sign();', /^it exports no function$/],
  ])('tells %s with its place', async (_, text, reason) => {
    expect(await compile(text)).toEqual({ kind: 'problem', reason: expect.stringMatching(reason) });
  });

  it('tells all mistakes, one a line', async () => {
    const compiled = await compile('import "./a.ts";\nimport "./b.ts";\nexport const c = 1;');
    expect(compiled).toMatchObject({ kind: 'problem' });
    expect(compiled.kind === 'problem' ? compiled.reason.split('\n') : []).toHaveLength(2);
  });

  it('tells that the file is missing', () => {
    expect(compileHooks(join(folder, 'nowhere.ts'))).toEqual({
      kind: 'problem',
      reason: 'there is no such file',
    });
  });

  it('says how to install the compiler when it is missing', async () => {
    const path = await written('hooks.ts', 'export const sign = () => undefined;');
    expect(compileHooks(path, () => undefined)).toEqual({
      kind: 'problem',
      reason: 'hooks are compiled with esbuild: npm install --save-dev esbuild',
    });
  });

  it('compiles the example, whose plan is right', async () => {
    const folder = resolve('examples/shop');
    const parsed = parsePlan(await readFile(join(folder, 'signed-plan.yml'), 'utf8'), {
      file: 'signed-plan.yml',
      guard: addressGuard([]),
      readFile: () => ({ kind: 'missing', reason: 'it names none' }),
      compileHooks: (file) => compileHooks(join(folder, file)),
    });
    if (parsed.kind === 'problems') throw new Error(formatProblems(parsed.problems));
    expect([...(parsed.plan.hooks?.exports ?? [])].sort()).toEqual(['chooseProduct', 'sign']);
  });
});
