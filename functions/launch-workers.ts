import { launchWorkers } from '../src/run/launch-workers.ts';
import { runInput } from '../src/run/state-input.ts';
import { stateHandler } from './state-handler.ts';

export const handler = stateHandler(runInput, launchWorkers);
