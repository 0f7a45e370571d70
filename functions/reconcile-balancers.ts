import middy from '@middy/core';
import { reconcileBalancers } from '../src/drain/targets/reconcile-balancers.ts';
import { targetsPlatform } from '../src/platform/aws/drain-platform.ts';
import { logCounts } from './log-counts.ts';
import { logInvocation } from './log-invocation.ts';

/** EventBridge, every minute. What was repaired is logged, and what could not be now: the next one tries that again. */
export const handler = middy<unknown, unknown>()
  .use(logInvocation)
  .use(logCounts('reconcile-balancers'))
  .handler(async () => {
    const { failures, ...counts } = await reconcileBalancers(targetsPlatform().ports);
    if (failures.length > 0)
      console.error(JSON.stringify({ level: 'error', message: 'not everything was repaired', failures }));
    return { counts, failures };
  });
