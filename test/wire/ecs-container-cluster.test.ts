import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';
import { EcsContainerCluster } from '../../src/platform/aws/ecs-container-cluster.ts';
import { describeContainerClusterContract } from '../contract/container-cluster.contract.ts';
import { DrainedWorld } from './support/drained-world.ts';
import { freePace } from './support/free-pace.ts';
import { startWholeAws, type WholeAws } from './support/whole-aws.ts';

let aws: WholeAws;
beforeAll(async () => {
  aws = await startWholeAws();
});
afterAll(() => aws.close());

describeContainerClusterContract('ECS', async () => {
  const world = new DrainedWorld(aws.url);
  const clusterName = await world.openCluster(aws.url);
  const definition = await world.define(world.name('app'));
  return {
    cluster: new EcsContainerCluster(world.ecs, freePace),
    clusterName,
    async addInstance() {
      const [instanceId = ''] = await world.runInstances(1);
      return world.register(clusterName, instanceId);
    },
    runTask: (instance, options) => world.startTask(clusterName, definition, instance, options),
    createService: (service) => world.createService(clusterName, { ...service, taskDefinition: definition }),
    pause: (millis) => sleep(millis),
    close: async () => world.close(),
  };
});
