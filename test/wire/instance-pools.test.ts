import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';
import { describeInstancePoolsContract } from '../contract/instance-pools.contract.ts';
import { PoolWorld } from './support/pool-world.ts';
import { startWholeAws, type WholeAws } from './support/whole-aws.ts';

let aws: WholeAws;
beforeAll(async () => {
  aws = await startWholeAws();
});
afterAll(() => aws.close());

describeInstancePoolsContract('AWS', async () => {
  const world = new PoolWorld(aws.url);
  return {
    pools: world.pools,
    openPool: (kind, pool) => world.openPool(kind, pool),
    missingId: (kind) => world.missingId(kind),
    pause: (millis) => sleep(millis / 4),
    close: () => world.close(),
  };
});
