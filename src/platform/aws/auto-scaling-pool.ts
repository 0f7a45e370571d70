import {
  type AutoScalingClient,
  CompleteLifecycleActionCommand,
  DescribeLifecycleHooksCommand,
  RecordLifecycleActionHeartbeatCommand,
} from '@aws-sdk/client-auto-scaling';
import { CapacityRefusedError, CapacityUnavailableError } from '../../errors.ts';
import type { CapacityPool, LifecycleAction } from '../ports/capacity-pool.ts';
import { passFailure } from './pass-failure.ts';

/** The capacity port on Auto Scaling. The client is made with one attempt for each call. */
export class AutoScalingPool implements CapacityPool {
  readonly #client: Pick<AutoScalingClient, 'send'>;

  constructor(client: Pick<AutoScalingClient, 'send'>) {
    this.#client = client;
  }

  completeLifecycleAction(action: LifecycleAction): Promise<'completed' | 'gone'> {
    return this.#ask(`let instance ${action.instanceId} go`, 'completed', () =>
      this.#client.send(
        new CompleteLifecycleActionCommand({ ...inputOf(action), LifecycleActionResult: 'CONTINUE' }),
      ),
    );
  }

  recordHeartbeat(action: LifecycleAction): Promise<'recorded' | 'gone'> {
    return this.#ask(`keep instance ${action.instanceId} waiting`, 'recorded', () =>
      this.#client.send(new RecordLifecycleActionHeartbeatCommand(inputOf(action))),
    );
  }

  heartbeatSeconds(action: LifecycleAction): Promise<number | null> {
    const { autoScalingGroupName, lifecycleHookName } = action;
    return passFailure<number | null>(
      async () => {
        const { LifecycleHooks } = await this.#client.send(
          new DescribeLifecycleHooksCommand({
            AutoScalingGroupName: autoScalingGroupName,
            LifecycleHookNames: [lifecycleHookName],
          }),
        );
        return LifecycleHooks?.[0]?.HeartbeatTimeout ?? null;
      },
      {
        action: `read lifecycle hook ${lifecycleHookName} of ${autoScalingGroupName}`,
        advice: "Check the Auto Scaling group, its lifecycle hook and the role's rights.",
        kinds: { unavailable: CapacityUnavailableError, refused: CapacityRefusedError },
        expected: ({ name, text }) =>
          name === 'ValidationError' && /group name not found/i.test(text) ? { answer: null } : undefined,
      },
    );
  }

  #ask<Done extends string>(
    action: string,
    done: Done,
    call: () => Promise<unknown>,
  ): Promise<Done | 'gone'> {
    return passFailure<Done | 'gone'>(
      async () => {
        await call();
        return done;
      },
      {
        action,
        advice: "Check the Auto Scaling group, its lifecycle hook and the role's rights.",
        kinds: { unavailable: CapacityUnavailableError, refused: CapacityRefusedError },
        expected: ({ name, text }) =>
          name === 'ValidationError' && /no active lifecycle action|group name not found/i.test(text)
            ? { answer: 'gone' }
            : undefined,
      },
    );
  }
}

const inputOf = (action: LifecycleAction) => ({
  AutoScalingGroupName: action.autoScalingGroupName,
  LifecycleHookName: action.lifecycleHookName,
  LifecycleActionToken: action.lifecycleActionToken,
  InstanceId: action.instanceId,
});
