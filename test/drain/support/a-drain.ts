import type {
  Drain,
  DrainState,
  DrainTarget,
  DrainTask,
} from '../../../src/drain/coordinator/drain-state.ts';
import { emptyDrainState } from '../../../src/drain/coordinator/drain-state.ts';

export const noticedAt = Date.UTC(2026, 0, 1, 12);

export const aTarget = (overrides: Partial<DrainTarget> = {}): DrainTarget => ({
  group: 'web',
  id: 'i-1',
  port: 32_768,
  ...overrides,
});

export const aTask = (overrides: Partial<DrainTask> = {}): DrainTask => ({
  taskArn: 'task/1',
  definition: 'web:1',
  service: 'web',
  isDaemon: false,
  targets: [aTarget()],
  seenAtMillis: noticedAt + 1_000,
  lookedAtMillis: noticedAt + 1_000,
  isStopping: false,
  ...overrides,
});

/** An instance that was found, is DRAINING, and whose tasks were listed. */
export const aDrain = (tasks: readonly DrainTask[], overrides: Partial<Drain> = {}): Drain => {
  const instanceId = overrides.instanceId ?? 'i-1';
  return {
    drainId: `${instanceId}-a`,
    instanceId,
    notices: [
      {
        instanceId,
        cause: 'spot-terminate',
        noticedAtMillis: noticedAt,
        deadlineMillis: noticedAt + 120_000,
      },
    ],
    heardAtMillis: noticedAt,
    joinedAtMillis: noticedAt,
    deadlineMillis: noticedAt + 120_000,
    isTakenBack: false,
    containerInstanceArn: `instance/${instanceId}`,
    at: {
      lookedFor: noticedAt,
      found: noticedAt,
      draining: noticedAt + 500,
      firstListed: noticedAt + 4_000,
      listed: noticedAt + 4_000,
    },
    failures: {},
    tasks: Object.fromEntries(tasks.map((task) => [task.taskArn, task])),
    ...overrides,
  };
};

export const aState = (...drains: readonly Drain[]): DrainState => ({
  ...emptyDrainState,
  drains: Object.fromEntries(drains.map((drain) => [drain.drainId, drain])),
  definitions: { 'web:1': { stopTimeoutSeconds: 30 } },
});
