import { type CheckedState, checkedState } from '../states/checked-state.ts';
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
export type RunState = CheckedState<RunPorts>;

// Named as the states are. Pure, so that a function's bundle carries its own state only.
export const PlanRun = /* @__PURE__ */ checkedState(runInput, planRun);
export const LaunchWorkers = /* @__PURE__ */ checkedState(runInput, launchWorkers);
export const CheckWorkers = /* @__PURE__ */ checkedState(runInput, checkWorkers);
export const StartRun = /* @__PURE__ */ checkedState(runInput, startRun);
export const ObserveRun = /* @__PURE__ */ checkedState(
  observeInput,
  (ports: RunPorts, { runId, observation }) => observeRun(ports, { runId, rollup: observation.rollup }),
);
export const FinishRun = /* @__PURE__ */ checkedState(runInput, finishRun);
export const StopWorkers = /* @__PURE__ */ checkedState(runInput, stopWorkers);
export const RecordFailure = /* @__PURE__ */ checkedState(
  failureInput,
  (ports: RunPorts, { runId, failure }) =>
    recordFailure(ports, { runId, failure: { Error: failure.Error, Cause: failure.Cause ?? '' } }),
);
