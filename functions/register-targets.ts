import middy from '@middy/core';
import { registerTargets } from '../src/drain/targets/register-targets.ts';
import { targetsPlatform } from '../src/platform/aws/drain-platform.ts';
import { logCounts } from './log-counts.ts';
import { logInvocation } from './log-invocation.ts';

/** SQS, events of ECS tasks that run or leave; answers which messages to deliver again. */
export const handler = middy<unknown, unknown>()
  .use(logInvocation)
  .use(logCounts('register-targets'))
  .handler(async (event) => registerTargets(targetsPlatform().ports, event));
