import { checkWorkers } from '../src/run/check-workers.ts';
import { runInput } from '../src/run/state-input.ts';
import { stateHandler } from './state-handler.ts';

export const handler = stateHandler(runInput, checkWorkers);
