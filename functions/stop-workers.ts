import { runInput } from '../src/run/state-input.ts';
import { stopWorkers } from '../src/run/stop-workers.ts';
import { stateHandler } from './state-handler.ts';

export const handler = stateHandler(runInput, stopWorkers);
