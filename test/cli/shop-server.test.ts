import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/cli/package-root.ts';
import { type Shop, startShop } from '../../src/cli/shop.ts';
import { FolderStore } from '../../src/platform/local/folder-store.ts';
import { recordsOf } from '../platform/local/shipped-records.ts';

let shop: Shop | undefined;
let child: ChildProcess | undefined;
afterEach(async () => {
  await shop?.stop();
  child?.kill('SIGKILL');
  shop = undefined;
  child = undefined;
});

/** Repeats past the rare 503. */
const visit = async (
  path: string,
  init?: RequestInit,
): Promise<{ readonly status: number; readonly body: unknown }> => {
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${shop?.port}${path}`, init);
    const body = (await response.json()) as unknown;
    if (response.status !== 503) return { status: response.status, body };
  }
};

describe('the sample shop', () => {
  it('lists products, shows one, takes orders, and knows what it does not have', async () => {
    shop = await startShop();
    const list = await visit('/products');
    expect(list.status).toBe(200);
    const first = (list.body as readonly { readonly id: number }[])[0];
    expect(await visit(`/products/${first?.id}`)).toMatchObject({ status: 200, body: first });
    const order = { method: 'POST', body: JSON.stringify({ user: 'user-001', sku: 7 }) };
    expect(await visit('/orders', order)).toMatchObject({ status: 201, body: { state: 'accepted' } });
    expect(await visit('/orders', { method: 'POST', body: '{' })).toMatchObject({ status: 400 });
    expect(await visit('/products/9999')).toMatchObject({ status: 404 });
    expect(await visit('/nowhere')).toMatchObject({ status: 404 });
  });

  it('fails now and then, but seldom', async () => {
    shop = await startShop();
    const statuses: number[] = [];
    for (let round = 0; round < 25; round++) {
      const answers = Array.from({ length: 40 }, () => fetch(`http://127.0.0.1:${shop?.port}/products/1`));
      for (const response of await Promise.all(answers)) {
        await response.arrayBuffer();
        statuses.push(response.status);
      }
    }
    const failed = statuses.filter((status) => status === 503).length;
    expect(failed).toBeGreaterThan(0);
    expect(failed).toBeLessThan(20);
  });

  it('is gone after it was stopped, and stopping it again is fine', async () => {
    shop = await startShop();
    await visit('/products');
    await shop.stop();
    await shop.stop();
    await expect(fetch(`http://127.0.0.1:${shop.port}/products`)).rejects.toThrow();
  });

  it('has a line for each request in the logs of whoever starts it with a home', async () => {
    const home = await mkdtemp(join(tmpdir(), 'stormdrain-shop-'));
    shop = await startShop(home);
    const statuses: number[] = [];
    for (let round = 0; round < 25 && !statuses.includes(503); round++) {
      const answers = Array.from({ length: 40 }, () =>
        fetch(`http://127.0.0.1:${shop?.port}/products/7?a=1`),
      );
      for (const { status } of await Promise.all(answers)) statuses.push(status);
    }
    await shop.stop();
    const records = await recordsOf(new FolderStore(home), 'logs/shop/app/');
    expect(records[0]).toMatchObject({
      log: `listening on http://127.0.0.1:${shop.port}`,
      source: 'stdout',
      container_name: 'app',
      ecs_task_definition: 'shop:1',
    });
    const lines = records.slice(1).map(({ log }) => log);
    expect(lines).toHaveLength(statuses.length);
    const failed = lines.filter((line) => line.startsWith('ERROR '));
    expect(failed).toHaveLength(statuses.filter((status) => status === 503).length);
    expect(failed[0]).toMatch(/^ERROR GET \/products\/7 503 \d+\.\d ms: the shop is busy$/);
    expect(lines.find((line) => !line.startsWith('ERROR'))).toMatch(/^GET \/products\/7 200 \d+\.\d ms$/);
    await rm(home, { recursive: true });
  });

  it('ends by itself when whoever started it is gone', async () => {
    child = spawn(process.execPath, [join(packageRoot(), 'examples/shop/server.mjs'), '--port', '0'], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    await once(child, 'message');
    child.disconnect();
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('ends cleanly on %s', async (signal) => {
    child = spawn(process.execPath, [join(packageRoot(), 'examples/shop/server.mjs'), '--port', '0'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    expect(line.toString()).toMatch(/^listening on http:\/\/127\.0\.0\.1:\d+\n$/);
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
