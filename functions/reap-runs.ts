import middy from '@middy/core';
import { workflowPlatform } from '../src/platform/aws/workflow-platform.ts';
import { reapRuns } from '../src/run/reap-runs.ts';
import { logInvocation } from './log-invocation.ts';

/** EventBridge, every five minutes. */
export const handler = middy<unknown, unknown>()
  .use(logInvocation)
  .handler(async () => {
    const { ports, workflow } = workflowPlatform();
    return reapRuns({ ...ports, workflow });
  });
