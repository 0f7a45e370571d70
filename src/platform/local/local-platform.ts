import { join } from 'node:path';
import { addressGuard } from '../../plan/allowed-targets.ts';
import { DirectRunApi } from '../../run/direct-run-api.ts';
import { reapRun } from '../../run/reap-run.ts';
import type { RunPorts } from '../../run/run-ports.ts';
import type { RunState } from '../../run/run-states.ts';
import { ChildProcessFleet } from './child-process-fleet.ts';
import { FolderStore } from './folder-store.ts';
import { jsonLinesEvents } from './json-lines-events.ts';
import { localPace } from './local-pace.ts';
import { localSurvey } from './local-survey.ts';
import { LogShipper } from './log-shipper.ts';
import { type StateMachineDefinition, StateMachineWorkflow } from './state-machine-workflow.ts';

/** As the logs of a stack's workers, but for the stack's name. */
const workerContainer = { family: 'stormdrain-worker', container: 'worker' };
/** A folder takes milliseconds; whoever leaves a run waits for no more. */
const lastLogsMillis = 250;

export interface LocalPlatformOptions {
  /** The folder that is the object store. */
  readonly home: string;
  readonly allowedTargets: readonly string[];
  /** The module that a worker process runs. */
  readonly workerEntry: string;
  /** The deployed state machine, and what carries out its tasks by name. */
  readonly definition: StateMachineDefinition;
  readonly states: ReadonlyMap<string, RunState>;
}

export interface LocalPlatform {
  readonly ports: RunPorts & { readonly fleet: ChildProcessFleet };
  readonly workflow: StateMachineWorkflow;
  readonly api: DirectRunApi;
  /** Ends executions and workers of this process, at once. */
  close(): Promise<void>;
}

/** This machine's composition root: a folder, child processes, and the state machine in this process. */
export const localPlatform = (options: LocalPlatformOptions): LocalPlatform => {
  const store = new FolderStore(options.home);
  const clock = { nowMillis: () => Date.now() };
  const logs = new LogShipper({ store, name: workerContainer, nowMillis: clock.nowMillis });
  const fleet = new ChildProcessFleet({
    logs,
    workerEntry: options.workerEntry,
    logFolder: join(options.home, 'worker-logs'),
    environment: {
      STORMDRAIN_HOME: options.home,
      STORMDRAIN_ALLOWED_TARGETS: JSON.stringify(options.allowedTargets),
    },
  });
  const ports = {
    store,
    fleet,
    events: jsonLinesEvents(join(options.home, 'events.jsonl')),
    clock,
    guard: addressGuard(options.allowedTargets),
    pace: localPace,
    survey: localSurvey,
  };
  const functions = new Map(
    [...options.states].map(([name, state]) => [name, (input: unknown) => state(ports, input)]),
  );
  const workflow = new StateMachineWorkflow({ definition: options.definition, functions });
  return {
    ports,
    workflow,
    api: new DirectRunApi(ports, workflow, { reap: (runId) => reapRun(ports, runId) }),
    async close() {
      await workflow.abortAll();
      fleet.killAll();
      await logs.close(lastLogsMillis);
    },
  };
};
