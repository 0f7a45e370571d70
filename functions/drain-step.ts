import middy from '@middy/core';
import { drainStep } from '../src/drain/coordinator/drain-step.ts';
import { parseStepInput } from '../src/drain/coordinator/parse-step-input.ts';
import { drainPlatform } from '../src/platform/aws/drain-platform.ts';
import { logInvocation } from './log-invocation.ts';

/** A state of drain-cluster.asl.yml: one short step of a cluster's coordinator. */
export const handler = middy<unknown, unknown>()
  .use(logInvocation)
  .handler(async (event) => drainStep(drainPlatform().ports, parseStepInput(event)));
