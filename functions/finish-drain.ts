import { FinishDrain } from '../src/drain/unhurried/unhurried-states.ts';
import { drainPlatform } from '../src/platform/aws/drain-platform.ts';
import { stateHandler } from './state-handler.ts';

export const handler = stateHandler(FinishDrain, drainPlatform);
