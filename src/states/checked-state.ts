import * as z from 'zod/mini';
import { DocumentInvalidError } from '../errors.ts';

/** A task of a state machine, on the ports it needs. Throws `DocumentInvalid` for an input that isn't what the machine hands it. */
export type CheckedState<Ports> = (ports: Ports, input: unknown) => Promise<unknown>;

/** Checks the input that the machine hands a state, and carries out one use case. */
export const checkedState =
  <Ports, Input>(
    schema: z.ZodMiniType<Input>,
    useCase: (ports: Ports, input: Input) => Promise<unknown>,
  ): CheckedState<Ports> =>
  (ports, input) => {
    const parsed = schema.safeParse(input);
    return parsed.success
      ? useCase(ports, parsed.data)
      : Promise.reject(
          new DocumentInvalidError(`The state's input is wrong: ${z.prettifyError(parsed.error)}`),
        );
  };
