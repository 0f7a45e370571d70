import type { Workflow } from '../../src/platform/ports/workflow.ts';
import { DirectRunApi } from '../../src/run/direct-run-api.ts';
import type { RunApiUnderTest } from '../contract/run-api.contract.ts';
import { testPorts } from './builders.ts';

/** An execution that goes on for ever. */
export const endlessWorkflow = (): Workflow & { readonly started: string[] } => {
  const started: string[] = [];
  return {
    started,
    start: async (runId) => void started.push(runId),
    status: async (runId) => (started.includes(runId) ? 'running' : 'unknown'),
    abort: async () => undefined,
  };
};

/** The use cases on a store in memory, without anybody who carries a run on. */
export const aDirectRunApi = (): RunApiUnderTest & { readonly api: DirectRunApi } => {
  const { ports, store, time } = testPorts();
  return {
    api: new DirectRunApi(ports, endlessWorkflow(), { progressFrom: 'rollups' }),
    ports,
    store,
    pass(seconds) {
      time.millis += seconds * 1000;
    },
    close: () => Promise.resolve(),
  };
};
