import middy from '@middy/core';
import { z } from 'zod';
import { DocumentInvalidError, PlatformMissingError } from '../src/errors.ts';
import type { RunPorts } from '../src/run/run-ports.ts';

/** Whoever invokes a state's function hands the platform in, in the context. */
export interface PlatformContext {
  readonly platform?: RunPorts;
}

/** A state's Lambda: checks the input, runs one use case, returns its result. Errors keep their names: the machine matches on them. */
export const stateHandler = <Input, Result>(
  input: z.ZodType<Input>,
  useCase: (ports: RunPorts, input: Input) => Promise<Result>,
) =>
  middy<unknown, Result, Error, PlatformContext & Record<string, unknown>>().handler(
    async (event, context) => {
      const parsed = input.safeParse(event);
      if (!parsed.success)
        throw new DocumentInvalidError(`The state's input is wrong: ${z.prettifyError(parsed.error)}`);
      const { platform } = context as PlatformContext;
      if (platform === undefined)
        throw new PlatformMissingError(
          'No platform in the context: invoke this function through a workflow.',
        );
      return useCase(platform, parsed.data);
    },
  );
