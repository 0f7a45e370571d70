import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { afterAll, beforeAll } from 'vitest';
import { AutoScalingPool } from '../../src/platform/aws/auto-scaling-pool.ts';
import { awsClientOptions } from '../../src/platform/aws/aws-client-options.ts';
import { describeCapacityPoolContract } from '../contract/capacity-pool.contract.ts';
import { testClientOptions } from './aws-clients.ts';
import { startWholeAws, type WholeAws } from './support/whole-aws.ts';

let aws: WholeAws;
beforeAll(async () => {
  aws = await startWholeAws();
});
afterAll(() => aws.close());

describeCapacityPoolContract('Auto Scaling', async () => {
  const client = new AutoScalingClient({
    ...testClientOptions(aws.url),
    ...awsClientOptions({ attempts: 1 }),
  });
  return {
    pool: new AutoScalingPool(client),
    openAction: async () => {
      const action = {
        autoScalingGroupName: 'web',
        lifecycleHookName: 'drain',
        lifecycleActionToken: crypto.randomUUID(),
        instanceId: 'i-0123456789abcdef0',
      };
      aws.lifecycle.begin(action);
      return action;
    },
    close: async () => client.destroy(),
  };
});
