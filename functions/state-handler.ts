import middy from '@middy/core';
import type { CheckedState } from '../src/states/checked-state.ts';
import { logInvocation } from './log-invocation.ts';

/** A state's Lambda: carries it out on the platform. Errors keep their names, which the machine matches on. */
export const stateHandler = <Ports>(state: CheckedState<Ports>, platform: () => { readonly ports: Ports }) =>
  middy<unknown, unknown>()
    .use(logInvocation)
    .handler(async (event) => state(platform().ports, event));
