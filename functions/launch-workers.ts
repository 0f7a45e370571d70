import { runPlatform } from '../src/platform/aws/run-platform.ts';
import { LaunchWorkers } from '../src/run/run-states.ts';
import { stateHandler } from './state-handler.ts';

export const handler = stateHandler(LaunchWorkers, runPlatform);
