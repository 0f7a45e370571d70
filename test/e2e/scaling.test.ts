import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTerminal, type Terminal } from './terminal.ts';

const policy = `version: 1
cluster: shop
services:
  web: { minimum: 1, maximum: 20, cpu: { above: 30, below: 15 } }
`;

let terminal: Terminal;

beforeEach(async () => {
  terminal = await openTerminal();
  await terminal.write('shop.yaml', policy);
  await terminal.write('swings.yaml', policy.replace('below: 15', 'below: 20'));
});

afterEach(() => terminal.close());

describe('scaling policies at a terminal', () => {
  it('are checked, tried, kept, shown, paused and removed', async () => {
    const type = (...words: readonly string[]) => terminal.type('scaling', ...words);
    const checked = await type('check', 'shop.yaml');
    expect(checked).toMatchObject({ code: 0, stderr: '' });
    expect(checked.stdout).toContain('CPU above 30% adds 1; below 15% removes 1');
    const refused = await type('apply', 'swings.yaml');
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain('1 task at 35% (above 30%: add 1), 2 tasks at 17.5%');
    expect(await type('show')).toMatchObject({ code: 0, stdout: expect.stringContaining('scaling apply') });

    const tried = await type('simulate', 'shop.yaml', '--shape', 'spike:for=5m', '--html', 'page.html');
    expect(tried.code, tried.stderr).toBe(0);
    expect(tried.stdout).toMatch(/\nrequests +[\d,]+\n/);
    expect(await readFile(join(terminal.folder, 'page.html'), 'utf8')).toContain('<svg');

    expect(await type('apply', 'shop.yaml')).toMatchObject({
      code: 0,
      stdout: 'The policy of cluster shop is stored.\n',
      stderr: expect.stringContaining('nothing is scaled'),
    });
    expect(await type('pause', 'shop', '--for', '2h')).toMatchObject({ code: 0 });
    const shown = JSON.parse((await type('show', 'shop', '--json')).stdout) as { pausedUntilMillis: number };
    expect(shown).toMatchObject({ cluster: 'shop', text: policy });
    expect(shown.pausedUntilMillis).toBeGreaterThan(Date.now());
    expect(await type('resume', 'shop')).toMatchObject({ code: 0 });
    const { stdout } = await type('explain', '--cluster', 'shop');
    expect(stdout).toMatch(/hold {2}shop: paused until .*\n[\s\S]*hold {2}shop: resumed, by /);
    expect(await type('remove', 'shop')).toMatchObject({ code: 0 });
    expect(await type('show', 'shop')).toMatchObject({ code: 2, stdout: '' });
  });

  it.each(['three-lines', 'fargate-service', 'queue-workers', 'spot-cluster'])(
    'of the example %s are right',
    async (name) => {
      const file = resolve('examples', 'scaling', `${name}.yaml`);
      expect(await terminal.type('scaling', 'check', file)).toMatchObject({ code: 0, stderr: '' });
    },
  );
});
