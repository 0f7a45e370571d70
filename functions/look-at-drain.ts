import { LookAtDrain } from '../src/drain/unhurried/unhurried-states.ts';
import { drainPlatform } from '../src/platform/aws/drain-platform.ts';
import { unhurriedHandler } from './unhurried-handler.ts';

export const handler = unhurriedHandler(LookAtDrain, drainPlatform);
