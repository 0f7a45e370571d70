import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPlan } from '../../src/cli/load-plan.ts';

let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'load-plan-'));
  await mkdir(join(folder, 'tests'));
  writeFileSync(join(folder, 'tests', 'body.bin'), Uint8Array.of(1, 2, 3));
  const write = (file: string, text: string): void => writeFileSync(join(folder, 'tests', file), text);
  write('hooks.ts', 'export const sign = (path: string): string => path;\n');
  write('text.ts', "export const sign: string = 'no function';\n");
  write('throwing.ts', "export const sign = () => {};\nthrow new Error('no key in KEYS');\n");
});

afterAll(() => rmSync(folder, { recursive: true }));

const load = async (settings: string) => {
  writeFileSync(
    join(folder, 'tests', 'plan.yml'),
    `version: 1\ntarget: http://127.0.0.1:9\nload: [{ for: 1s, rate: 1 }]\n${settings}\n`,
  );
  return loadPlan({ file: 'tests/plan.yml', set: {} }, folder, { resolveNames: true });
};

describe('loading a plan', () => {
  it('finds its files and hooks beside it', async () => {
    const loaded = await load(
      'hooks: hooks.ts\nscenarios: [{ name: a, steps: [{ post: /, upload: body.bin, before: sign }] }]',
    );
    if (loaded.kind === 'refused') throw new Error(loaded.report);
    const { plan, uploads } = loaded;
    const [step] = plan.scenarios[0]?.steps ?? [];
    const upload =
      step?.kind === 'request' && step.body?.format === 'file' ? step.body.file.upload : undefined;
    expect(plan.hooks?.exports).toEqual(['sign']);
    expect([...uploads.keys()].sort()).toEqual([plan.hooks?.upload, upload].sort());
    expect(Buffer.from(uploads.get(upload ?? '') ?? [])).toEqual(Buffer.of(1, 2, 3));
  });

  it.each([
    ['hooks: none.ts\nscenarios: [{ name: a, steps: [{ get: / }] }]', 'there is no such file'],
    ['scenarios: [{ name: a, steps: [{ post: /, upload: none.bin }] }]', 'there is no such file'],
    ['scenarios: [{ name: a, steps: [{ post: /, upload: . }] }]', 'it is a folder'],
    [
      'hooks: text.ts\nscenarios: [{ name: a, steps: [{ get: /, before: sign }] }]',
      'tests/plan.yml: sign, which text.ts exports, is no function',
    ],
    [
      'hooks: throwing.ts\nscenarios: [{ name: a, steps: [{ get: /, before: sign }] }]',
      "tests/plan.yml: the hooks in throwing.ts can't be loaded: no key in KEYS (throwing.ts:2:7)",
    ],
  ])('says what is wrong with %j', async (settings, reason) => {
    const loaded = await load(settings);
    expect(loaded.kind === 'refused' && loaded.report).toContain(reason);
  });
});
