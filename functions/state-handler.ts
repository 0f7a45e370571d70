import middy from '@middy/core';
import type { RunPorts } from '../src/run/run-ports.ts';
import type { RunState } from '../src/run/run-states.ts';
import { logInvocation } from './log-invocation.ts';

/** A state's Lambda: carries it out on the platform. Errors keep their names, which the machine matches on. */
export const stateHandler = (state: RunState, platform: () => { readonly ports: RunPorts }) =>
  middy<unknown, unknown>()
    .use(logInvocation)
    .handler(async (event) => state(platform().ports, event));
