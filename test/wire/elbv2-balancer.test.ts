import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';
import { Elbv2Balancer } from '../../src/platform/aws/elbv2-balancer.ts';
import { describeBalancerContract } from '../contract/balancer.contract.ts';
import { DrainedWorld, delaySeconds, missingGroup } from './support/drained-world.ts';
import { freePace } from './support/free-pace.ts';
import { startWholeAws, type WholeAws } from './support/whole-aws.ts';

let aws: WholeAws;
beforeAll(async () => {
  aws = await startWholeAws();
});
afterAll(() => aws.close());

describeBalancerContract('ELBv2', async () => {
  const world = new DrainedWorld(aws.url);
  const [first = '', second = ''] = await world.runInstances(2);
  return {
    balancer: new Elbv2Balancer(world.elb, freePace),
    missingGroup,
    openGroup: async () => ({
      group: await world.openGroup(),
      targetType: 'instance',
      deregistrationDelaySeconds: delaySeconds,
      targets: [
        { id: first, port: 32_768 },
        { id: first, port: 32_769 },
        { id: second, port: 32_768 },
      ],
    }),
    pause: (millis) => sleep(millis),
    close: async () => world.close(),
  };
});
