import middy from '@middy/core';
import type { UnhurriedPorts } from '../src/drain/unhurried/unhurried-ports.ts';
import type { UnhurriedState } from '../src/drain/unhurried/unhurried-states.ts';
import { logInvocation } from './log-invocation.ts';

/** A state's Lambda: carries it out on the platform. Errors keep their names, which the machine matches on. */
export const unhurriedHandler = (state: UnhurriedState, platform: () => { readonly ports: UnhurriedPorts }) =>
  middy<unknown, unknown>()
    .use(logInvocation)
    .handler(async (event) => state(platform().ports, event));
