import middy from '@middy/core';
import { demandPlatform } from '../src/platform/aws/scaling-platform.ts';
import { capacityWanted } from '../src/scaling/demands/capacity-wanted.ts';
import { logCounts } from './log-counts.ts';
import { logInvocation } from './log-invocation.ts';
import { logTicks } from './log-ticks.ts';

/** SQS, tasks that could not be placed; answers which messages to deliver again. */
export const handler = middy<unknown, unknown>()
  .use(logInvocation)
  .use(logCounts('capacity-wanted'))
  .handler(async (event) => {
    const { ticks, ...answer } = await capacityWanted(demandPlatform().ports, event);
    logTicks(ticks);
    return answer;
  });
