import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { drainHistory } from '../drain/operator/direct-drain-api.ts';
import { type LocalPlatform, localPlatform } from '../platform/local/local-platform.ts';
import { serverUploadTickets } from '../platform/local/server-upload-tickets.ts';
import { DirectScalingApi } from '../scaling/operator/direct-scaling-api.ts';
import type { CliApp } from './cli-context.ts';
import { packageRoot } from './package-root.ts';
import { readProjectConfig } from './project-config.ts';
import { readStateMachine, runStatesByName } from './state-machine.ts';

/** The worker's module: TypeScript in a checkout, the bundle in the published package. */
const workerEntry = (root: string): string => {
  const source = join(root, 'src', 'platform', 'local', 'worker-main.ts');
  return existsSync(source) ? source : join(root, 'dist', 'worker.mjs');
};

/** Runs on this machine: the local platform with the deployed state machine and its functions. */
export const localApp = async (options: {
  readonly home: string;
  readonly cwd: string;
}): Promise<CliApp & Pick<LocalPlatform, 'workflow'>> => {
  const root = packageRoot();
  const platform = localPlatform({
    home: options.home,
    allowedTargets: (await readProjectConfig(options.cwd)).allowedTargets,
    workerEntry: workerEntry(root),
    definition: await readStateMachine(root),
    states: runStatesByName,
  });
  const { store, guard, clock } = platform.ports;
  // A simulation is over before it is looked at: no cluster of this machine has a drain under way.
  const drains = drainHistory({ store, time: clock, clusters: [] });
  // Policies can be kept and tried here; nothing is ticked.
  const scaling = new DirectScalingApi({
    store,
    time: clock,
    deployment: { clusters: [], hasFastTick: false, pools: null, drainClusters: null, hasPrometheus: false },
  });
  return {
    api: platform.api,
    workflow: platform.workflow,
    local: {
      store,
      drains,
      scaling,
      guard,
      ticketsAt: (url) => serverUploadTickets(url, () => clock.nowMillis()),
    },
    close: () => platform.close(),
  };
};
