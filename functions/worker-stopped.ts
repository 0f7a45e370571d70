import middy from '@middy/core';
import { runPlatform } from '../src/platform/aws/run-platform.ts';
import { workerStopped } from '../src/run/worker-stopped.ts';
import { logInvocation } from './log-invocation.ts';

/** SQS, events of ECS tasks that have stopped; answers which messages to deliver again. */
export const handler = middy<unknown, unknown>()
  .use(logInvocation)
  .handler(async (event) => workerStopped(runPlatform().ports, event));
