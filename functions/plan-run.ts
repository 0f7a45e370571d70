import { planRun } from '../src/run/plan-run.ts';
import { runInput } from '../src/run/state-input.ts';
import { stateHandler } from './state-handler.ts';

export const handler = stateHandler(runInput, planRun);
