import * as z from 'zod/mini';
import { DocumentInvalidError } from '../errors.ts';
import { checkWorkers } from './check-workers.ts';
import { finishRun } from './finish-run.ts';
import { launchWorkers } from './launch-workers.ts';
import { observeRun } from './observe-run.ts';
import { planRun } from './plan-run.ts';
import { recordFailure } from './record-failure.ts';
import type { RunPorts } from './run-ports.ts';
import { startRun } from './start-run.ts';
import { failureInput, observeInput, runInput } from './state-input.ts';
import { stopWorkers } from './stop-workers.ts';

/** A task of load-test-run.asl.yml: checks the input that the machine hands it, and carries out one use case. */
export type RunState = (ports: RunPorts, input: unknown) => Promise<unknown>;

const state =
  <Input>(
    schema: z.ZodMiniType<Input>,
    useCase: (ports: RunPorts, input: Input) => Promise<unknown>,
  ): RunState =>
  (ports, input) => {
    const parsed = schema.safeParse(input);
    return parsed.success
      ? useCase(ports, parsed.data)
      : Promise.reject(
          new DocumentInvalidError(`The state's input is wrong: ${z.prettifyError(parsed.error)}`),
        );
  };

// Named as the states are. Pure, so that a function's bundle carries its own state only.
export const PlanRun = /* @__PURE__ */ state(runInput, planRun);
export const LaunchWorkers = /* @__PURE__ */ state(runInput, launchWorkers);
export const CheckWorkers = /* @__PURE__ */ state(runInput, checkWorkers);
export const StartRun = /* @__PURE__ */ state(runInput, startRun);
export const ObserveRun = /* @__PURE__ */ state(observeInput, (ports, { runId, observation }) =>
  observeRun(ports, { runId, rollup: observation.rollup }),
);
export const FinishRun = /* @__PURE__ */ state(runInput, finishRun);
export const StopWorkers = /* @__PURE__ */ state(runInput, stopWorkers);
export const RecordFailure = /* @__PURE__ */ state(failureInput, (ports, { runId, failure }) =>
  recordFailure(ports, { runId, failure: { Error: failure.Error, Cause: failure.Cause ?? '' } }),
);
