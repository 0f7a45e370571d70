import type { LifecycleAction } from '../../../src/platform/ports/capacity-pool.ts';
import type { Behaviour } from '../../rehearsal/fault-proxy.ts';
import type { ServiceAnswer, ServiceCall } from '../../rehearsal/service-call.ts';
import { queryAnswer, queryRefusal } from './ask-service.ts';

const namespace = 'http://autoscaling.amazonaws.com/doc/2011-01-01/';

export interface LifecycleActions {
  /** An instance that is terminated waits from now on. */
  begin(action: LifecycleAction): void;
  isWaiting(action: LifecycleAction): boolean;
  /** How often it was told to go on waiting. */
  heartbeats(action: LifecycleAction): number;
  readonly behaviours: Readonly<Record<string, Behaviour>>;
}

/** Instances that wait for a lifecycle hook, until they are told that they may go. */
export const lifecycleGaps = (): LifecycleActions => {
  const waiting = new Map<string, number>();
  const nameOf = (action: LifecycleAction): string =>
    [action.autoScalingGroupName, action.lifecycleHookName, action.lifecycleActionToken].join(' ');

  const onWaiting =
    (action: string, work: (name: string) => void): Behaviour =>
    async (call): Promise<ServiceAnswer> => {
      const asked = parameters(call);
      const name = nameOf(asked);
      if (!waiting.has(name))
        return queryRefusal(
          namespace,
          'ValidationError',
          `No active Lifecycle Action found with instance ID ${asked.instanceId}`,
        );
      work(name);
      return queryAnswer(namespace, action, '');
    };

  return {
    begin: (action) => void waiting.set(nameOf(action), 0),
    isWaiting: (action) => waiting.has(nameOf(action)),
    heartbeats: (action) => waiting.get(nameOf(action)) ?? 0,
    behaviours: {
      'autoscaling CompleteLifecycleAction': onWaiting('CompleteLifecycleAction', (name) => {
        waiting.delete(name);
      }),
      'autoscaling RecordLifecycleActionHeartbeat': onWaiting('RecordLifecycleActionHeartbeat', (name) => {
        waiting.set(name, (waiting.get(name) ?? 0) + 1);
      }),
    },
  };
};

const parameters = (call: ServiceCall): LifecycleAction => {
  const form = new URLSearchParams(call.body.toString());
  return {
    autoScalingGroupName: form.get('AutoScalingGroupName') ?? '',
    lifecycleHookName: form.get('LifecycleHookName') ?? '',
    lifecycleActionToken: form.get('LifecycleActionToken') ?? '',
    instanceId: form.get('InstanceId') ?? '',
  };
};
