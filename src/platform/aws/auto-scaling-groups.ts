import {
  type AutoScalingClient,
  type AutoScalingGroup,
  DescribeAutoScalingGroupsCommand,
  type Instance,
  SetDesiredCapacityCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import type { CallPace } from '../ports/call-pace.ts';
import type { PoolFacts, PoolMemberFacts } from '../ports/instance-pools.ts';
import { allPages, askPools, type PoolId, weightsOf } from './pool-calls.ts';

/** Without it, a call names 50 groups at most. */
const pageSize = 100;

/** Auto Scaling groups as pools. The client is made with one attempt for each call; what a first page lacks is paid for here. */
export class AutoScalingGroups {
  readonly #client: Pick<AutoScalingClient, 'send'>;
  readonly #pace: CallPace;

  constructor(client: Pick<AutoScalingClient, 'send'>, pace: CallPace) {
    this.#client = client;
    this.#pace = pace;
  }

  /** Groups that aren't there are left out by Auto Scaling itself. */
  async describe(names: readonly PoolId[]): Promise<readonly PoolFacts[]> {
    if (names.length === 0) return [];
    const what = `describe Auto Scaling groups ${names.join(', ')}`;
    const groups = await allPages(
      what,
      async (NextToken) => {
        const input = { AutoScalingGroupNames: [...names], MaxRecords: pageSize, NextToken };
        const answer = await askPools(what, () =>
          this.#client.send(new DescribeAutoScalingGroupsCommand(input)),
        );
        return { items: answer.AutoScalingGroups ?? [], next: answer.NextToken };
      },
      () => this.#pace.pay('capacity'),
    );
    return groups.flatMap(parseGroup);
  }

  async setTarget(name: PoolId, units: number): Promise<void> {
    await askPools(`set Auto Scaling group ${name} to ${units}`, () =>
      this.#client.send(
        new SetDesiredCapacityCommand({
          AutoScalingGroupName: name,
          DesiredCapacity: units,
          // The policy has cooldowns of its own.
          HonorCooldown: false,
        }),
      ),
    );
  }

  /** One that is no member of any group any more succeeds: it has gone, and the target with it. */
  async terminate(name: PoolId, instanceId: string): Promise<void> {
    await askPools<undefined>(
      `terminate ${instanceId} of Auto Scaling group ${name}`,
      async () => {
        await this.#client.send(
          new TerminateInstanceInAutoScalingGroupCommand({
            InstanceId: instanceId,
            ShouldDecrementDesiredCapacity: true,
          }),
        );
        return undefined;
      },
      ({ name: error, text }) =>
        error === 'ValidationError' && /instance id not found|no managed instance found/i.test(text)
          ? { answer: undefined }
          : undefined,
    );
  }
}

const parseGroup = (group: AutoScalingGroup): readonly PoolFacts[] => {
  const { AutoScalingGroupName: id, DesiredCapacity, MinSize, MaxSize, Instances = [] } = group;
  if (id === undefined || DesiredCapacity === undefined) return [];
  const overrides = group.MixedInstancesPolicy?.LaunchTemplate?.Overrides ?? [];
  const isSuspended = (group.SuspendedProcesses ?? []).some(({ ProcessName }) => ProcessName === 'Launch');
  return [
    {
      kind: 'autoScalingGroup',
      id,
      targetUnits: DesiredCapacity,
      minimumUnits: MinSize ?? null,
      maximumUnits: MaxSize ?? null,
      // A status is there only while the group is being deleted.
      isMaintained: group.Status === undefined && !isSuspended,
      weights: weightsOf([...Instances, ...overrides]),
      members: Instances.flatMap(parseMember),
    },
  ];
};

/** None for those that don't count towards the desired capacity: in standby, detached, or kept warm. */
const parseMember = ({
  InstanceId,
  InstanceType,
  LifecycleState,
  ProtectedFromScaleIn,
}: Instance): readonly PoolMemberFacts[] => {
  const state = stateOf(LifecycleState ?? '');
  if (InstanceId === undefined || state === undefined) return [];
  return [
    {
      instanceId: InstanceId,
      type: InstanceType ?? '',
      state,
      isProtected: ProtectedFromScaleIn ?? false,
    },
  ];
};

/** "Amazon EC2 Auto Scaling instance lifecycle" in the user guide. */
const stateOf = (lifecycle: string): PoolMemberFacts['state'] | undefined => {
  if (lifecycle === 'InService') return 'inService';
  if (/^(Pending|ReplacingRootVolume|RootVolumeReplaced)/.test(lifecycle)) return 'starting';
  if (/^(Terminating|Terminated|Quarantined)/.test(lifecycle)) return 'ending';
  return undefined;
};
