import { runPlatform } from '../src/platform/aws/run-platform.ts';
import { ObserveRun } from '../src/run/run-states.ts';
import { stateHandler } from './state-handler.ts';

export const handler = stateHandler(ObserveRun, runPlatform);
