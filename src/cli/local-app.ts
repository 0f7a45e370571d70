import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { addressGuard } from '../plan/allowed-targets.ts';
import { FolderStore } from '../platform/local/folder-store.ts';
import { serverUploadTickets } from '../platform/local/server-upload-tickets.ts';
import type { DrainHistory } from '../platform/ports/drain-api.ts';
import type { LogsApi } from '../platform/ports/logs-api.ts';
import type { RunApi } from '../platform/ports/run-api.ts';
import type { ScalingApi } from '../platform/ports/scaling-api.ts';
import type { CliApp } from './cli-context.ts';
import { openLazily } from './open-lazily.ts';
import { packageRoot } from './package-root.ts';
import { readProjectConfig } from './project-config.ts';

/** The worker's module: TypeScript in a checkout, the bundle in the published package. */
const workerEntry = (root: string): string => {
  const source = join(root, 'src', 'platform', 'local', 'worker-main.ts');
  return existsSync(source) ? source : join(root, 'dist', 'worker.mjs');
};

/** Runs on this machine: the local platform with the deployed state machine and its functions. */
const openRuns = async (home: string, allowedTargets: readonly string[]) => {
  const [{ localPlatform }, { readStateMachine, runStatesByName }] = await Promise.all([
    import('../platform/local/local-platform.ts'),
    import('./state-machine.ts'),
  ]);
  const root = packageRoot();
  return localPlatform({
    home,
    allowedTargets,
    workerEntry: workerEntry(root),
    definition: await readStateMachine(root),
    states: runStatesByName,
  });
};

/** All that a command may want of this machine; each part is loaded by the first command that uses it. */
export const localApp = async ({
  home,
  cwd,
}: {
  readonly home: string;
  readonly cwd: string;
}): Promise<CliApp> => {
  const { allowedTargets } = await readProjectConfig(cwd);
  const store = new FolderStore(home);
  const time = { nowMillis: () => Date.now() };
  const runs = openLazily<RunApi>(() => openRuns(home, allowedTargets));
  // A simulation is over before it is looked at: no cluster of this machine has a drain under way.
  const drains = openLazily<DrainHistory>(async () => {
    const { drainHistory } = await import('../drain/operator/direct-drain-api.ts');
    return { api: drainHistory({ store, time, clusters: [] }) };
  });
  // Policies can be kept and tried here; nothing is ticked.
  const scaling = openLazily<ScalingApi>(async () => {
    const { DirectScalingApi } = await import('../scaling/operator/direct-scaling-api.ts');
    const deployment = {
      clusters: [],
      hasFastTick: false,
      pools: null,
      drainClusters: null,
      hasPrometheus: false,
    };
    return { api: new DirectScalingApi({ store, time, deployment }) };
  });
  const logs = openLazily<LogsApi>(async () => {
    const [{ localLogs }, { readRunTimes }] = await Promise.all([
      import('../platform/local/local-logs.ts'),
      import('../run/read-run-times.ts'),
    ]);
    return localLogs({ store, runTimes: (runId) => readRunTimes(store, runId, time.nowMillis()) });
  });
  return {
    api: runs.api,
    local: {
      store,
      drains: drains.api,
      scaling: scaling.api,
      logs: logs.api,
      guard: addressGuard(allowedTargets),
      ticketsAt: (url) => serverUploadTickets(url, time.nowMillis),
    },
    async close() {
      await Promise.all([runs.close(), logs.close()]);
    },
  };
};
