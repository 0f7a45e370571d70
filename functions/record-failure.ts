import { runPlatform } from '../src/platform/aws/run-platform.ts';
import { RecordFailure } from '../src/run/run-states.ts';
import { stateHandler } from './state-handler.ts';

export const handler = stateHandler(RecordFailure, runPlatform);
