import middy from '@middy/core';
import { reconcileBalancers } from '../src/drain/targets/reconcile-balancers.ts';
import { targetsPlatform } from '../src/platform/aws/drain-platform.ts';
import { logInvocation } from './log-invocation.ts';

/** EventBridge, every minute. What could not be repaired now is logged, and tried again by the next one. */
export const handler = middy<unknown, unknown>()
  .use(logInvocation)
  .handler(async () => {
    const done = await reconcileBalancers(targetsPlatform().ports);
    if (done.failures.length > 0)
      console.error(JSON.stringify({ level: 'error', message: 'not everything was repaired', ...done }));
    return done;
  });
