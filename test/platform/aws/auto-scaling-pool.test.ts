import {
  AutoScalingClient,
  CompleteLifecycleActionCommand,
  DescribeLifecycleHooksCommand,
  RecordLifecycleActionHeartbeatCommand,
} from '@aws-sdk/client-auto-scaling';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { AutoScalingPool } from '../../../src/platform/aws/auto-scaling-pool.ts';
import type { LifecycleAction } from '../../../src/platform/ports/capacity-pool.ts';
import { describeCapacityPoolContract } from '../../contract/capacity-pool.contract.ts';
import { awsError } from './support/simulated-ecs.ts';

const action: LifecycleAction = {
  autoScalingGroupName: 'web',
  lifecycleHookName: 'drain',
  lifecycleActionToken: '87654321-4321-4321-4321-210987654321',
  instanceId: 'i-0123456789abcdef0',
};

const open = () => {
  const client = new AutoScalingClient({ region: 'us-east-1' });
  return { scaling: mockClient(client), pool: new AutoScalingPool(client) };
};

const noAction = awsError('ValidationError', 'No active Lifecycle Action found with token …');

describeCapacityPoolContract('Auto Scaling, as its API is documented', async () => {
  const { scaling, pool } = open();
  const waiting = new Set<string>();
  const known = (token: string | undefined): string => {
    if (token === undefined || !waiting.has(token)) throw noAction;
    return token;
  };
  scaling.on(CompleteLifecycleActionCommand).callsFake(({ LifecycleActionToken }) => {
    waiting.delete(known(LifecycleActionToken));
    return {};
  });
  scaling.on(RecordLifecycleActionHeartbeatCommand).callsFake(({ LifecycleActionToken }) => {
    known(LifecycleActionToken);
    return {};
  });
  return {
    pool,
    openAction: async () => {
      const lifecycleActionToken = crypto.randomUUID();
      waiting.add(lifecycleActionToken);
      return { ...action, lifecycleActionToken };
    },
    close: async () => scaling.restore(),
  };
});

describe('a capacity pool on Auto Scaling', () => {
  it('lets the instance go on, by everything that names the action', async () => {
    const { scaling, pool } = open();
    scaling.onAnyCommand().resolves({});
    await pool.completeLifecycleAction(action);
    expect(scaling.commandCalls(CompleteLifecycleActionCommand)[0]?.args[0].input).toEqual({
      AutoScalingGroupName: 'web',
      LifecycleHookName: 'drain',
      LifecycleActionToken: action.lifecycleActionToken,
      InstanceId: action.instanceId,
      LifecycleActionResult: 'CONTINUE',
    });
  });

  it('tells how long the hook waits for a heartbeat, and nothing of one that is not there', async () => {
    const { scaling, pool } = open();
    scaling
      .on(DescribeLifecycleHooksCommand)
      .resolvesOnce({ LifecycleHooks: [{ LifecycleHookName: 'drain', HeartbeatTimeout: 300 }] })
      .resolvesOnce({ LifecycleHooks: [] })
      .rejectsOnce(awsError('ValidationError', 'AutoScalingGroup name not found - …'));
    expect(await pool.heartbeatSeconds(action)).toBe(300);
    expect(await pool.heartbeatSeconds(action)).toBeNull();
    expect(await pool.heartbeatSeconds(action)).toBeNull();
    expect(scaling.commandCalls(DescribeLifecycleHooksCommand)[0]?.args[0].input).toEqual({
      AutoScalingGroupName: 'web',
      LifecycleHookNames: ['drain'],
    });
  });

  it.each([
    ['CallThrottled', awsError('Throttling', 'Rate exceeded')],
    ['CapacityUnavailable', awsError('ResourceContention', 'busy')],
    ['CapacityRefused', awsError('AccessDenied', 'not authorized')],
    ['CapacityRefused', awsError('ValidationError', 'a token must be a UUID')],
  ])('throws %s for what AWS answers', async (name, error) => {
    const { scaling, pool } = open();
    scaling.onAnyCommand().rejects(error);
    await expect(pool.completeLifecycleAction(action)).rejects.toMatchObject({ name });
    await expect(pool.recordHeartbeat(action)).rejects.toMatchObject({ name });
    await expect(pool.heartbeatSeconds(action)).rejects.toMatchObject({ name });
  });
});
