import middy from '@middy/core';
import { sweepDrains } from '../src/drain/leaving/sweep-drains.ts';
import { ServiceUnavailableError } from '../src/errors.ts';
import { drainPlatform } from '../src/platform/aws/drain-platform.ts';
import { logInvocation } from './log-invocation.ts';

/** EventBridge, every minute. The last net under drains: a cluster that could not be swept raises an alarm. */
export const handler = middy<unknown, unknown>()
  .use(logInvocation)
  .handler(async () => {
    const swept = await sweepDrains(drainPlatform().ports);
    if (swept.failed.length === 0) return swept;
    const reasons = swept.failed.map(({ cluster, reason }) => `${cluster}: ${reason}`).join('; ');
    throw new ServiceUnavailableError(
      `Drains could not be looked after in ${swept.failed.length} of the clusters: ${reasons}. The next sweep tries again.`,
    );
  });
