import { remotePlatform } from '../platform/remote/remote-platform.ts';
import type { CliApp, CliContext } from './cli-context.ts';
import type { StackReference } from './stack-reference.ts';

/** Runs, drains, scaling policies and logs of a stack. Nothing of this machine is opened. */
export const remoteApp = async (stack: StackReference, env: CliContext['env']): Promise<CliApp> => {
  // The SDK for JavaScript does not read AWS_DEFAULT_REGION, which the AWS command line does.
  const region = stack.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  const { api, ...rest } = await remotePlatform({ name: stack.name, region });
  return { api, stack: { ...stack, ...rest }, close: () => Promise.resolve() };
};
