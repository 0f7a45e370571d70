import { planPlatform } from '../src/platform/aws/plan-platform.ts';
import { PlanRun } from '../src/run/run-states.ts';
import { stateHandler } from './state-handler.ts';

export const handler = stateHandler(PlanRun, planPlatform);
