import middy from '@middy/core';
import { scalingPlatform } from '../src/platform/aws/scaling-platform.ts';
import { fastTick } from '../src/scaling/tick/fast-tick.ts';
import { parseFastTickInput } from '../src/scaling/tick/parse-fast-tick-input.ts';
import { logInvocation } from './log-invocation.ts';
import { logTicks } from './log-ticks.ts';

/** A state of fast-tick.asl.yml. Decisions are in the log; what the machine is handed stays small. */
export const handler = middy<unknown, unknown>()
  .use(logInvocation)
  .handler(async (event) => {
    const { ticks, ...answer } = await fastTick(scalingPlatform().ports, parseFastTickInput(event));
    logTicks(ticks);
    return answer;
  });
