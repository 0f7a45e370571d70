import * as z from 'zod/mini';
import { DocumentInvalidError } from '../../errors.ts';
import { abandonDrain } from './abandon-drain.ts';
import { beginDrain } from './begin-drain.ts';
import { finishDrain } from './finish-drain.ts';
import { lookAtDrain } from './look-at-drain.ts';
import type { UnhurriedPorts } from './unhurried-ports.ts';

/** A task of drain-instance.asl.yml: checks the input that the machine hands it, and carries out one use case. */
export type UnhurriedState = (ports: UnhurriedPorts, input: unknown) => Promise<unknown>;

const name = z.string().check(z.minLength(1));
const drainInput = z.object({ cluster: name, drainId: name });
const failedInput = z.extend(drainInput, {
  failure: z.object({ Error: z.string(), Cause: z.optional(z.string()) }),
});

const state =
  <Input>(
    schema: z.ZodMiniType<Input>,
    useCase: (ports: UnhurriedPorts, input: Input) => Promise<unknown>,
  ): UnhurriedState =>
  (ports, input) => {
    const parsed = schema.safeParse(input);
    return parsed.success
      ? useCase(ports, parsed.data)
      : Promise.reject(
          new DocumentInvalidError(`The state's input is wrong: ${z.prettifyError(parsed.error)}`),
        );
  };

// Named as the states are. Pure, so that a function's bundle carries its own state only.
export const BeginDrain = /* @__PURE__ */ state(drainInput, beginDrain);
export const LookAtDrain = /* @__PURE__ */ state(drainInput, lookAtDrain);
export const FinishDrain = /* @__PURE__ */ state(drainInput, finishDrain);
export const AbandonDrain = /* @__PURE__ */ state(failedInput, (ports, { failure, ...input }) =>
  abandonDrain(ports, input, { Error: failure.Error, Cause: failure.Cause ?? '' }),
);
