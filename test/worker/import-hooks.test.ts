import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Hook, HookContext, HookRequest, HookResponse } from '../../src/engine/hooks.ts';
import { compileHooks } from '../../src/worker/compile-hooks.ts';
import { importHooks } from '../../src/worker/import-hooks.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormdrain-import-hooks-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const bodyOf = (path: string): Uint8Array => {
  const compiled = compileHooks(path);
  if (compiled.kind === 'problem') throw new Error(compiled.reason);
  return compiled.body;
};

const load = async (text: string): Promise<ReadonlyMap<string, Hook>> => {
  const path = join(folder, 'hooks.ts');
  await writeFile(path, text);
  return importHooks(bodyOf(path), 'hooks.ts');
};

const aContext = (): HookContext => {
  const variables = new Map<string, string>([['signingKey', 'k']]);
  return {
    scenario: 'order',
    step: 'POST /orders',
    get: (name) => variables.get(name),
    set: (name, value) => void variables.set(name, value),
    random: () => 0.5,
  };
};

describe('importing hooks', () => {
  it('gives the exported functions, and only those', async () => {
    const hooks = await load(
      'export const limit = 3; export const before = () => undefined; export function after() {}',
    );
    expect([...hooks.keys()].sort()).toEqual(['after', 'before']);
  });

  it('gives each import a module of its own', async () => {
    const text = 'let calls = 0; export const count = () => { calls += 1; throw new Error(String(calls)); };';
    const [first, second] = [await load(text), await load(text)];
    const call = (hooks: ReadonlyMap<string, Hook>) => () => (hooks.get('count') as () => void)();
    expect(call(first)).toThrow('1');
    expect(call(first)).toThrow('2');
    expect(call(second)).toThrow('1');
  });

  it('runs what packages made for require() need', async () => {
    await writeFile(
      join(folder, 'old.cjs'),
      'const os = require("os"); exports.lines = os.EOL === "\\n" ? 1 : 2;',
    );
    const hooks = await load(
      'import old from "./old.cjs"; export const before = (r: any) => { r.path = String(old.lines); };',
    );
    const request = { path: '' };
    await (hooks.get('before') as (request: unknown, context: unknown) => void)(request, aContext());
    expect(request.path).toMatch(/^[12]$/);
  });

  it('names the file, the line and the reason when a module throws while it loads', async () => {
    const loading = load('const nothing: any = undefined;\n\nexport const before = nothing.sign;\n');
    await expect(loading).rejects.toMatchObject({
      name: 'PlanInvalid',
      message: expect.stringMatching(
        /^the hooks in hooks\.ts can't be loaded: Cannot read properties of undefined/,
      ),
    });
    await expect(loading).rejects.toThrow(/\(hooks\.ts:3:\d+\)$/);
  });

  it('leaves no file behind, whether it worked or not', async () => {
    const hooks = await load('export const where = () => { throw new Error(import.meta.url); };');
    const told = await load('export const x = 1; throw new Error(import.meta.url);').catch(String);
    const places: string[] = [String(told)];
    try {
      await (hooks.get('where') as () => void)();
    } catch (error) {
      places.push(String(error));
    }
    for (const text of places) {
      const place = /file:\S+hooks\.mjs/.exec(text)?.[0] ?? '';
      expect(place).toContain('stormdrain-hooks-');
      expect(existsSync(new URL('.', place))).toBe(false);
    }
  });

  it('loads the example, which signs requests and chooses a product', async () => {
    const hooks = await importHooks(bodyOf(resolve('examples/shop/hooks.ts')), 'hooks.ts');
    const context = aContext();
    const request: HookRequest = { method: 'POST', path: '/orders', headers: {}, body: '{}' };
    await (hooks.get('sign') as (request: HookRequest, context: HookContext) => void)(request, context);
    expect(request.headers['x-signature']).toMatch(/^[0-9a-f]{64}$/);

    const answering = (list: unknown): HookResponse => ({
      status: 200,
      header: () => undefined,
      text: () => JSON.stringify(list),
      json: () => list,
    });
    const choose = hooks.get('chooseProduct') as (response: HookResponse, context: HookContext) => void;
    choose(answering([{ id: 1 }, { id: 2 }]), context);
    expect(context.get('sku')).toBe('2');
    expect(() => choose(answering([{ id: 2 }, { id: 1 }]), context)).toThrow(/product 1 of the list/);
  });
});
