import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { handler as checkWorkers } from '../../functions/check-workers.ts';
import { handler as finishRun } from '../../functions/finish-run.ts';
import { handler as launchWorkers } from '../../functions/launch-workers.ts';
import { handler as observeRun } from '../../functions/observe-run.ts';
import { handler as planRun } from '../../functions/plan-run.ts';
import { handler as recordFailure } from '../../functions/record-failure.ts';
import { handler as startRun } from '../../functions/start-run.ts';
import { handler as stopWorkers } from '../../functions/stop-workers.ts';
import type { StateFunction } from '../platform/local/local-platform.ts';
import type { StateMachineDefinition } from '../platform/local/state-machine-workflow.ts';

/** The Lambda handlers of statemachines/load-test-run.asl.yml by the name in their resource. */
export const stateFunctions: ReadonlyMap<string, StateFunction> = new Map<string, unknown>([
  ['PlanRun', planRun],
  ['LaunchWorkers', launchWorkers],
  ['CheckWorkers', checkWorkers],
  ['StartRun', startRun],
  ['ObserveRun', observeRun],
  ['FinishRun', finishRun],
  ['StopWorkers', stopWorkers],
  ['RecordFailure', recordFailure],
]) as ReadonlyMap<string, StateFunction>;

/** The state machine as it is deployed. */
export const readStateMachine = async (packageRoot: string): Promise<StateMachineDefinition> =>
  parse(await readFile(join(packageRoot, 'statemachines', 'load-test-run.asl.yml'), 'utf8'));
