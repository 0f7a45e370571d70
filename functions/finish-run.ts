import { finishRun } from '../src/run/finish-run.ts';
import { runInput } from '../src/run/state-input.ts';
import { stateHandler } from './state-handler.ts';

export const handler = stateHandler(runInput, finishRun);
