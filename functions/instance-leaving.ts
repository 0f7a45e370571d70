import middy from '@middy/core';
import { instancesLeaving } from '../src/drain/leaving/instances-leaving.ts';
import { drainPlatform } from '../src/platform/aws/drain-platform.ts';
import { logCounts } from './log-counts.ts';
import { logInvocation } from './log-invocation.ts';

/** SQS, news of instances that are going away; answers which messages to deliver again. */
export const handler = middy<unknown, unknown>()
  .use(logInvocation)
  .use(logCounts('instance-leaving'))
  .handler(async (event) => instancesLeaving(drainPlatform().ports, event));
