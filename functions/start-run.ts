import { startRun } from '../src/run/start-run.ts';
import { runInput } from '../src/run/state-input.ts';
import { stateHandler } from './state-handler.ts';

export const handler = stateHandler(runInput, startRun);
