import middy from '@middy/core';
import { workflowPlatform } from '../src/platform/aws/workflow-platform.ts';
import { parseScheduledRunEvent, startScheduledRun } from '../src/run/start-scheduled-run.ts';
import { logInvocation } from './log-invocation.ts';

/** EventBridge Scheduler's event at the time of a schedule: schedule, plan, time. */
export const handler = middy<unknown, unknown>()
  .use(logInvocation)
  .handler(async (event) => {
    const { ports, workflow } = workflowPlatform();
    return startScheduledRun({ ...ports, workflow }, parseScheduledRunEvent(event));
  });
