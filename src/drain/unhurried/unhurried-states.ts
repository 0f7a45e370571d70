import * as z from 'zod/mini';
import { type CheckedState, checkedState } from '../../states/checked-state.ts';
import { abandonDrain } from './abandon-drain.ts';
import { beginDrain } from './begin-drain.ts';
import { finishDrain } from './finish-drain.ts';
import { lookAtDrain } from './look-at-drain.ts';
import type { UnhurriedPorts } from './unhurried-ports.ts';

/** A task of drain-instance.asl.yml: checks the input that the machine hands it, and carries out one use case. */
export type UnhurriedState = CheckedState<UnhurriedPorts>;

const name = z.string().check(z.minLength(1));
const drainInput = z.object({ cluster: name, drainId: name });
const failedInput = z.extend(drainInput, {
  failure: z.object({ Error: z.string(), Cause: z.optional(z.string()) }),
});

// Named as the states are. Pure, so that a function's bundle carries its own state only.
export const BeginDrain = /* @__PURE__ */ checkedState(drainInput, beginDrain);
export const LookAtDrain = /* @__PURE__ */ checkedState(drainInput, lookAtDrain);
export const FinishDrain = /* @__PURE__ */ checkedState(drainInput, finishDrain);
export const AbandonDrain = /* @__PURE__ */ checkedState(
  failedInput,
  (ports: UnhurriedPorts, { failure, ...input }) =>
    abandonDrain(ports, input, { Error: failure.Error, Cause: failure.Cause ?? '' }),
);
