import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCounted } from '../../bench/counted-process.ts';
import { type NodeTarget, startNodeTarget } from '../../bench/targets/node-target.ts';
import { Workspace } from '../../bench/workspace.ts';

let workspace: Workspace;
beforeEach(async () => {
  workspace = await Workspace.open({ keep: false });
});
afterEach(async () => {
  await workspace.close();
});

const burn = (millis: number): string =>
  `while (process.cpuUsage().user + process.cpuUsage().system < ${millis * 1000}) {}`;

describe('runCounted', () => {
  it('counts the CPU of what the command starts, and keeps its output apart', async () => {
    const parent = `require('node:child_process').execFileSync(process.execPath, ['-e', ${JSON.stringify(burn(150))}]); console.log('out'); console.error('err'); process.exit(3)`;
    const ended = await runCounted(workspace, {
      command: [process.execPath, '-e', parent],
      limitSeconds: 60,
    });
    expect(ended).toMatchObject({ exitCode: 3, stdout: 'out\n', stderr: 'err\n', tookTooLong: false });
    expect(ended.cpuSeconds).toBeGreaterThan(0.14);
  });

  it('ends what takes too long', async () => {
    const ended = await runCounted(workspace, {
      command: [process.execPath, '-e', 'setInterval(() => {}, 1000)'],
      limitSeconds: 0.2,
    });
    expect(ended.tookTooLong).toBe(true);
  });
});

describe('Workspace', () => {
  it('leaves neither its folder nor its processes', async () => {
    const child = workspace.spawn([process.execPath, '-e', 'setInterval(() => {}, 1000)'], {
      stdio: 'ignore',
    });
    await mkdir(workspace.path('inside'));
    await workspace.close();
    expect(existsSync(workspace.folder)).toBe(false);
    expect(child.signalCode).toBe('SIGTERM');
    expect(() => workspace.spawn([process.execPath, '-v'], {})).toThrow('the bench is over');
  });

  it('stays if it is to be kept', async () => {
    const kept = await Workspace.open({ keep: true });
    await kept.close();
    expect(existsSync(kept.folder)).toBe(true);
    await rm(kept.folder, { recursive: true });
  });
});

describe('servers of the bench', () => {
  const start = <Report>(file: string, args: readonly string[]): Promise<NodeTarget<Report>> =>
    startNodeTarget<Report>(workspace, new URL(`../../bench/${file}`, import.meta.url), args, []);

  it('record each request from read to written', async () => {
    const times = JSON.stringify({ kind: 'constant', millis: 5 });
    const server = await start<{ readonly requests: number; readonly millis: { readonly p50: number } }>(
      'truth/recording-server.ts',
      [times],
    );
    for (let request = 0; request < 3; request++) expect((await fetch(server.url)).status).toBe(200);
    const record = await server.report();
    expect(record.requests).toBe(3);
    // A timer of 5 ms may fire a little before.
    expect(record.millis.p50).toBeGreaterThan(4);
    await server.close();
  });

  it('answer the four steps as the scenario expects', async () => {
    const shop = await start<{ readonly requests: number }>('targets/shop-server.ts', []);
    const session = await fetch(`${shop.url}/sessions`, {
      method: 'POST',
      body: JSON.stringify({ user: 'user-1', plan: 'basic' }),
    });
    const { token } = (await session.json()) as { readonly token: string };
    const listed = await fetch(`${shop.url}/products?page=3`);
    const { items } = (await listed.json()) as { readonly items: readonly { readonly id: number }[] };
    const headers = { authorization: `Bearer ${token}` };
    const seen = await fetch(`${shop.url}/products/${items[2]?.id}`, { headers });
    const put = await fetch(`${shop.url}/cart/${items[2]?.id}`, { method: 'PUT', headers });
    expect(session.status).toBe(201);
    expect(await seen.json()).toMatchObject({ available: true });
    expect(await put.text()).toContain('accepted');
    expect(await shop.report()).toEqual({ requests: 4 });
    await shop.close();
  });
});
