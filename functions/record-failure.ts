import { recordFailure } from '../src/run/record-failure.ts';
import { failureInput } from '../src/run/state-input.ts';
import { stateHandler } from './state-handler.ts';

export const handler = stateHandler(failureInput, recordFailure);
