import { randomBytes } from 'node:crypto';
import { DescribeTasksCommand, StopTaskCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pacedTime } from '../../src/platform/aws/compose-pace.ts';
import { EcsFleet } from '../../src/platform/aws/ecs-fleet.ts';
import { ecsPace } from '../../src/platform/aws/ecs-pace.ts';
import { S3Store } from '../../src/platform/aws/s3-store.ts';
import { describeWorkerFleetContract } from '../contract/worker-fleet.contract.ts';
import { openBucket } from './aws-clients.ts';
import { openEcs } from './ecs-account.ts';
import { type MotoServer, startMoto } from './moto-server.ts';
import { freePace } from './support/free-pace.ts';

let moto: MotoServer;
beforeAll(async () => {
  moto = await startMoto();
});
afterAll(() => moto.close());

const openFleet = async () => {
  const { ecs, task } = await openEcs(moto.url);
  const bucket = `fleet-${randomBytes(4).toString('hex')}`;
  const s3 = await openBucket(moto.url, bucket);
  const fleet = new EcsFleet({
    client: ecs,
    store: new S3Store(s3, bucket),
    task,
    pace: ecsPace(freePace, pacedTime),
    spot: { share: 0, fallback: 'wait' },
  });
  return {
    fleet,
    ecs,
    task,
    async kill({ workerId }: { readonly workerId: string }) {
      await ecs.send(
        new StopTaskCommand({
          cluster: task.clusterArn,
          task: workerId,
          reason: 'Your Spot Task was interrupted.',
        }),
      );
    },
    async close() {
      ecs.destroy();
      s3.destroy();
    },
  };
};

describeWorkerFleetContract('ECS tasks', openFleet);

describe('an ECS fleet, over the wire', () => {
  it('tells each task its run, and where its place is', async () => {
    const { fleet, ecs, task, close } = await openFleet();
    const launched = await fleet.launch(
      'r1',
      Array.from({ length: 23 }, (_, shard) => ({ shard, attempt: 0 })),
      { share: 0.5, fallback: 'on-demand' },
    );
    expect(launched.find(({ kind }) => kind === 'failed')).toBeUndefined();
    const tasks = launched.flatMap((result) => (result.kind === 'launched' ? result.workerId : []));
    const described = await ecs.send(new DescribeTasksCommand({ cluster: task.clusterArn, tasks }));
    expect(described.tasks).toHaveLength(23);
    for (const { startedBy, overrides } of described.tasks ?? []) {
      expect(startedBy).toBe('r1');
      expect(overrides?.containerOverrides?.[0]).toMatchObject({
        name: 'worker',
        environment: [
          { name: 'STORMDRAIN_RUN_ID', value: 'r1' },
          { name: 'STORMDRAIN_PLACES', value: expect.stringMatching(/^runs\/r1\/places\/.+\.json$/) },
        ],
      });
    }
    const capacities = described.tasks?.map(({ capacityProviderName }) => capacityProviderName) ?? [];
    expect(capacities.filter((name) => name === 'FARGATE_SPOT')).toHaveLength(11);
    await close();
  });

  it('ends what a second launcher has started for nothing', async () => {
    const { fleet, close } = await openFleet();
    const some = Array.from({ length: 5 }, (_, shard) => ({ shard, attempt: 0 }));
    await Promise.all([fleet.launch('r1', some), fleet.launch('r1', some.slice(0, 3))]);
    const workers = await fleet.list('r1');
    expect(workers.map(({ shard }) => shard).sort()).toEqual([0, 1, 2, 3, 4]);
    expect(await fleet.runsWithWorkers()).toEqual(['r1']);
    await fleet.stop(
      'r1',
      workers.map(({ workerId }) => workerId),
      5,
    );
    // With those stopped, nothing of the run is left.
    expect(await fleet.runsWithWorkers()).toEqual([]);
    await close();
  });
});
