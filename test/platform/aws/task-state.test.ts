import { describe, expect, it } from 'vitest';
import { describeStop, taskState } from '../../../src/platform/aws/task-state.ts';

describe('the state of a task', () => {
  it.each(['PROVISIONING', 'PENDING', 'ACTIVATING', 'RUNNING', 'DEACTIVATING', 'STOPPING'])(
    'is running while it is %s: its container may still be at work',
    (lastStatus) => {
      expect(taskState({ lastStatus })).toBe('running');
    },
  );

  it.each(['DEPROVISIONING', 'STOPPED', 'DELETED'])('is stopped when it is %s', (lastStatus) => {
    expect(taskState({ lastStatus })).toBe('stopped');
  });

  it('is stopped from the instant that its containers have ended', () => {
    expect(taskState({ lastStatus: 'STOPPING', executionStoppedAt: new Date(0) })).toBe('stopped');
  });
});

describe('why a task stopped', () => {
  const worker = { name: 'worker' };
  it.each([
    [
      { stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.' },
      /^spot interruption/,
    ],
    [
      {
        stopCode: 'EssentialContainerExited',
        stoppedReason: 'Essential container in task exited',
        containers: [
          { name: 'logs', exitCode: 0 },
          { ...worker, exitCode: 1 },
        ],
      },
      /^exit code 1$/,
    ],
    [
      {
        stopCode: 'EssentialContainerExited',
        containers: [
          { ...worker, exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' },
        ],
      },
      /^exit code 137: OutOfMemoryError/,
    ],
    [
      {
        stopCode: 'TaskFailedToStart',
        stoppedReason: 'Task failed to start',
        containers: [{ ...worker, reason: 'CannotPullContainerError: not found' }],
      },
      /^it failed to start: CannotPullContainerError/,
    ],
    [
      { stopCode: 'UserInitiated', stoppedReason: 'Task stopped by user' },
      /^stopped by request: Task stopped/,
    ],
    [{ stopCode: 'InfrastructureHealth', stoppedReason: 'impaired' }, /^its host failed: impaired/],
    [{ containers: [{ ...worker, exitCode: 3 }] }, /^exit code 3$/],
    [{}, /^it stopped$/],
  ] as const)('%j', (task, expected) => {
    expect(describeStop(task as Parameters<typeof describeStop>[0], 'worker')).toMatch(expected);
  });
});
