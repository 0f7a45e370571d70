import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseProjectConfig, readProjectConfig } from '../../src/cli/project-config.ts';
import { BadInputError } from '../../src/errors.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stormdrain-config-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('stormdrain.config.yml', () => {
  it('lists allowed targets', () => {
    const text = 'allowedTargets:\n  - shop.test\n  - "*.internal.test"\n  - 10.0.0.0/8\n  - 192.0.2.7\n';
    expect(parseProjectConfig(text, 'f').allowedTargets).toEqual([
      'shop.test',
      '*.internal.test',
      '10.0.0.0/8',
      '192.0.2.7',
    ]);
  });

  it.each(['', '# nothing yet\n', '{}'])('allows nothing but loopback when it says %j', (text) => {
    expect(parseProjectConfig(text, 'f')).toEqual({ allowedTargets: [] });
  });

  it.each([
    ['allowedTargets: shop.test', 'f: allowedTargets: expected a list'],
    ['allowedTargets: [7]', 'f: allowedTargets[0]: expected text'],
    [
      'allowedTargets: ["http://shop.test"]',
      'f: allowedTargets[0]: expected a host, *.suffix, an address or a CIDR',
    ],
    ['allowedTargets: ["10.0.0.0/33"]', 'f: allowedTargets[0]: expected a host'],
    ['allowedTarget: [shop.test]', 'f: unknown key allowedTarget'],
    ['- shop.test', 'f: '],
    ['allowedTargets: [a\nb: ]', 'f:2:1 is not YAML'],
  ])('refuses %j and says why', (text, message) => {
    expect(() => parseProjectConfig(text, 'f')).toThrow(BadInputError);
    expect(() => parseProjectConfig(text, 'f')).toThrow(message);
  });

  it('may be missing', async () => {
    expect(await readProjectConfig(folder)).toEqual({ allowedTargets: [] });
  });

  it('is read from the folder', async () => {
    await writeFile(join(folder, 'stormdrain.config.yml'), 'allowedTargets: [shop.test]\n');
    expect(await readProjectConfig(folder)).toEqual({ allowedTargets: ['shop.test'] });
  });
});
