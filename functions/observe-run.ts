import { observeRun } from '../src/run/observe-run.ts';
import { observeInput } from '../src/run/state-input.ts';
import { stateHandler } from './state-handler.ts';

export const handler = stateHandler(observeInput, (ports, { runId, observation }) =>
  observeRun(ports, { runId, rollup: observation.rollup }),
);
