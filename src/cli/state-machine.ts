import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { StateMachineDefinition } from '../platform/local/state-machine-workflow.ts';
import type { RunState } from '../run/run-states.ts';
import * as runStates from '../run/run-states.ts';

/** What carries out the tasks of statemachines/load-test-run.asl.yml, by the name in their resource. */
export const runStatesByName: ReadonlyMap<string, RunState> = new Map(Object.entries(runStates));

/** The state machine as it is deployed. */
export const readStateMachine = async (packageRoot: string): Promise<StateMachineDefinition> =>
  parse(await readFile(join(packageRoot, 'statemachines', 'load-test-run.asl.yml'), 'utf8'));
