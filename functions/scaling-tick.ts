import middy from '@middy/core';
import { ServiceUnavailableError } from '../src/errors.ts';
import { scalingPlatform } from '../src/platform/aws/scaling-platform.ts';
import { scalingTicks } from '../src/scaling/tick/scaling-ticks.ts';
import { logInvocation } from './log-invocation.ts';
import { logTicks } from './log-ticks.ts';

/** EventBridge, every minute: clusters that are due. One that could not be ticked holds up no other, and raises an alarm. */
export const handler = middy<unknown, unknown>()
  .use(logInvocation)
  .handler(async () => {
    const ticks = await scalingTicks(scalingPlatform().ports, { fast: false });
    const counts = logTicks(ticks);
    if (ticks.failed.length === 0) return counts;
    const reasons = ticks.failed.map(({ cluster, reason }) => `${cluster}: ${reason}`).join('; ');
    throw new ServiceUnavailableError(
      `${ticks.failed.length} of the clusters could not be ticked: ${reasons}. The next tick tries again.`,
    );
  });
