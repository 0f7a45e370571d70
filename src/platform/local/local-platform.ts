import { join } from 'node:path';
import { addressGuard } from '../../plan/allowed-targets.ts';
import type { RunPorts } from '../../run/run-ports.ts';
import { ChildProcessFleet } from './child-process-fleet.ts';
import { FolderStore } from './folder-store.ts';
import { jsonLinesEvents } from './json-lines-events.ts';
import { localPace } from './local-pace.ts';
import { LocalRunApi } from './local-run-api.ts';
import { type StateMachineDefinition, StateMachineWorkflow } from './state-machine-workflow.ts';

export interface LocalPlatformOptions {
  /** The folder that is the object store. */
  readonly home: string;
  readonly allowedTargets: readonly string[];
  /** The module that a worker process runs. */
  readonly workerEntry: string;
  /** The deployed state machine, and its functions by name. */
  readonly definition: StateMachineDefinition;
  readonly functions: ReadonlyMap<string, StateFunction>;
}

/** A state's Lambda handler; the platform comes in its context. */
export type StateFunction = (input: unknown, context: { readonly platform: RunPorts }) => Promise<unknown>;

export interface LocalPlatform {
  readonly ports: RunPorts & { readonly fleet: ChildProcessFleet };
  readonly workflow: StateMachineWorkflow;
  readonly api: LocalRunApi;
  /** Ends executions and workers of this process, at once. */
  close(): Promise<void>;
}

/** This machine's composition root: a folder, child processes, and the state machine in this process. */
export const localPlatform = (options: LocalPlatformOptions): LocalPlatform => {
  const fleet = new ChildProcessFleet({
    workerEntry: options.workerEntry,
    logFolder: join(options.home, 'worker-logs'),
    environment: {
      STORMDRAIN_HOME: options.home,
      STORMDRAIN_ALLOWED_TARGETS: JSON.stringify(options.allowedTargets),
    },
  });
  const ports = {
    store: new FolderStore(options.home),
    fleet,
    events: jsonLinesEvents(join(options.home, 'events.jsonl')),
    clock: { nowMillis: () => Date.now() },
    guard: addressGuard(options.allowedTargets),
    pace: localPace,
  };
  const functions = new Map(
    [...options.functions].map(([name, invoke]) => [
      name,
      (input: unknown) => invoke(input, { platform: ports }),
    ]),
  );
  const workflow = new StateMachineWorkflow({ definition: options.definition, functions });
  return {
    ports,
    workflow,
    api: new LocalRunApi(ports, workflow),
    async close() {
      await workflow.abortAll();
      fleet.killAll();
    },
  };
};
