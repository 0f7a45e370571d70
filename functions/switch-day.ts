import { SwitchDay } from '../src/logs/compaction/compaction-states.ts';
import { logsPlatform } from '../src/platform/aws/logs-platform.ts';
import { stateHandler } from './state-handler.ts';

export const handler = stateHandler(SwitchDay, logsPlatform);
