import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot, packageVersion } from '../../src/cli/package-root.ts';

const launcher = join(packageRoot(), 'bin', 'stormdrain.mjs');
const start = (node: string, ...args: readonly string[]) =>
  spawnSync(node, [launcher, ...args], { encoding: 'utf8' });
/** Where the machine's own Node usually is; it may be older than the one the tests run on. */
const machineNode = ['/usr/local/bin/node', '/usr/bin/node'].find((path) => existsSync(path));

describe('bin/stormdrain.mjs', () => {
  it('runs the command line and exits with its code', () => {
    expect(start(process.execPath, '--version')).toMatchObject({
      status: 0,
      stdout: `${packageVersion()}\n`,
      stderr: '',
    });
    expect(start(process.execPath, '--frobnicate')).toMatchObject({ status: 2, stdout: '' });
  });

  it.runIf(machineNode !== undefined)('runs with the Node of the machine too', () => {
    expect(start(machineNode as string, '--version')).toMatchObject({
      status: 0,
      stdout: `${packageVersion()}\n`,
    });
    expect(start(machineNode as string, 'run').status).toBe(2);
  });
});
