import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ChildProcessFleet } from '../../../src/platform/local/child-process-fleet.ts';
import { describeWorkerFleetContract } from '../../contract/worker-fleet.contract.ts';

const openFleet = async (worker = 'setInterval(() => undefined, 1000);') => {
  const folder = await mkdtemp(join(tmpdir(), 'stormdrain-fleet-'));
  const workerEntry = join(folder, 'worker.mjs');
  await writeFile(workerEntry, worker);
  const fleet = new ChildProcessFleet({ workerEntry, environment: {}, logFolder: join(folder, 'logs') });
  return {
    fleet,
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
});
