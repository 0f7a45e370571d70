import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ChildProcessFleet } from '../../../src/platform/local/child-process-fleet.ts';
import { LogShipper } from '../../../src/platform/local/log-shipper.ts';
import { MemoryStore } from '../../../src/platform/local/memory-store.ts';
import { describeWorkerFleetContract } from '../../contract/worker-fleet.contract.ts';
import { recordsOf } from './shipped-records.ts';

const openFleet = async (worker = 'setInterval(() => undefined, 1000);') => {
  const folder = await mkdtemp(join(tmpdir(), 'stormdrain-fleet-'));
  const workerEntry = join(folder, 'worker.mjs');
  await writeFile(workerEntry, worker);
  const shipped = new MemoryStore({ time: { sleep: async () => undefined } });
  const logs = new LogShipper({ store: shipped, name: { family: 'w', container: 'c' }, nowMillis: Date.now });
  const logFolder = join(folder, 'logs');
  const fleet = new ChildProcessFleet({ workerEntry, environment: {}, logFolder, logs });
  return {
    fleet,
    logFolder,
    async records() {
      await logs.close(5000);
      return recordsOf(shipped);
    },
    async kill({ workerId }: { readonly workerId: string }) {
      process.kill(Number(workerId.replace('process-', '')), 'SIGKILL');
      while ((await fleet.list('r1')).find((worker) => worker.workerId === workerId)?.state === 'running')
        await sleep(10);
    },
    async close() {
      fleet.killAll();
      await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
    },
  };
};

describeWorkerFleetContract('child processes', () => openFleet());

describe('child process fleet', () => {
  it('ends a worker that ignores being asked, after the grace', async () => {
    const { fleet, close } = await openFleet(
      "process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1000);",
    );
    const [result] = await fleet.launch('r1', [{ shard: 0, attempt: 0 }]);
    await sleep(300);
    await fleet.stop('r1', [result?.kind === 'launched' ? result.workerId : ''], 0.2);
    expect(await fleet.list('r1')).toMatchObject([{ state: 'stopped', stoppedReason: 'SIGKILL' }]);
    await close();
  });

  it('names the exit code of a worker that failed', async () => {
    const { fleet, close } = await openFleet('process.exit(7);');
    await fleet.launch('r1', [{ shard: 0, attempt: 0 }]);
    while ((await fleet.list('r1'))[0]?.state === 'running') await sleep(10);
    expect(await fleet.list('r1')).toMatchObject([{ stoppedReason: 'exit code 7' }]);
    await close();
  });

  it('keeps what workers write, in a file for each and as records', async () => {
    const { fleet, logFolder, records, close } = await openFleet(
      "console.log('ready'); console.error('failed'); process.stdout.write('no ending');",
    );
    await fleet.launch('r1', [{ shard: 3, attempt: 1 }]);
    const found = await records();
    const [worker] = await fleet.list('r1');
    expect(found.map(({ log, source }) => `${source} ${log}`).sort()).toEqual([
      'stderr failed',
      'stdout no ending',
      'stdout ready',
    ]);
    for (const record of found) {
      expect(record).toMatchObject({
        container_id: worker?.workerId,
        ecs_task_arn: expect.stringMatching(/^arn:aws:ecs:local:000000000000:task\/local\/[0-9a-f]{32}$/),
      });
    }
    const kept = await readFile(join(logFolder, 'r1', '3-1.log'), 'utf8');
    expect(kept.replace('failed\n', '')).toBe('ready\nno ending');
    await close();
  });

  it('launches a worker whose file can not be written to, and has its records', async () => {
    const { fleet, logFolder, records, close } = await openFleet("console.log('ready');");
    await mkdir(join(logFolder, 'r1', '0-0.log'), { recursive: true });
    expect(await fleet.launch('r1', [{ shard: 0, attempt: 0 }])).toMatchObject([{ kind: 'launched' }]);
    expect(await fleet.list('r1')).toHaveLength(1);
    expect(await records()).toMatchObject([{ log: 'ready' }]);
    await close();
  });

  it('does not end a worker by ending itself: nobody reads what it writes any more', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'stormdrain-orphan-'));
    const done = join(folder, 'done');
    const child = spawn(process.execPath, ['--input-type=module', '-e', orphan(done)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    child.stderr.destroy();
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(await readFile(done, 'utf8')).toBe('ended in order');
    await rm(folder, { recursive: true });
  });
});

/** A worker's process that goes on writing to pipes that nobody holds. */
const orphan = (done: string): string => `
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { workerProcess } from ${JSON.stringify(new URL('../../../src/worker/worker-process.ts', import.meta.url).href)};
const { log } = workerProcess(import.meta.url);
for (let n = 0; n < 5; n++) {
  await sleep(20);
  log('ready', { n });
  process.stdout.write('a line of a hook\\n');
  process.stderr.write('another\\n');
}
writeFileSync(${JSON.stringify(done)}, 'ended in order');
`;
