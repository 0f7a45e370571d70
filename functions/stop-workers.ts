import { runPlatform } from '../src/platform/aws/run-platform.ts';
import { StopWorkers } from '../src/run/run-states.ts';
import { stateHandler } from './state-handler.ts';

export const handler = stateHandler(StopWorkers, runPlatform);
