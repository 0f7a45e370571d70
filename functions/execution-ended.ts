import middy from '@middy/core';
import { runPlatform } from '../src/platform/aws/run-platform.ts';
import { executionEnded, parseExecutionEvent } from '../src/run/execution-ended.ts';
import { logInvocation } from './log-invocation.ts';

/** EventBridge, when an execution of the state machine has ended. */
export const handler = middy<unknown, unknown>()
  .use(logInvocation)
  .handler(async (event) => executionEnded(runPlatform().ports, parseExecutionEvent(event)));
