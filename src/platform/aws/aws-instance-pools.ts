import { type EC2Client, TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import type {
  InstancePools,
  PoolFacts,
  PoolKind,
  PoolMembersPage,
  PoolReference,
} from '../ports/instance-pools.ts';
import type { AutoScalingGroups } from './auto-scaling-groups.ts';
import type { Ec2Fleets } from './ec2-fleets.ts';
import { askPools } from './pool-calls.ts';
import type { SpotFleets } from './spot-fleets.ts';

/** The pools port on AWS: each kind by its own API. */
export class AwsInstancePools implements InstancePools {
  readonly #groups: AutoScalingGroups;
  readonly #fleets: { readonly spotFleet: SpotFleets; readonly ec2Fleet: Ec2Fleets };
  readonly #ec2: Pick<EC2Client, 'send'>;

  constructor(
    parts: {
      readonly groups: AutoScalingGroups;
      readonly spotFleets: SpotFleets;
      readonly fleets: Ec2Fleets;
    },
    ec2: Pick<EC2Client, 'send'>,
  ) {
    this.#groups = parts.groups;
    this.#fleets = { spotFleet: parts.spotFleets, ec2Fleet: parts.fleets };
    this.#ec2 = ec2;
  }

  describePools(kind: PoolKind, ids: readonly string[]): Promise<readonly PoolFacts[]> {
    return kind === 'autoScalingGroup' ? this.#groups.describe(ids) : this.#fleets[kind].describe(ids);
  }

  listMembers(kind: 'spotFleet' | 'ec2Fleet', id: string, next?: string): Promise<PoolMembersPage> {
    return this.#fleets[kind].listMembers(id, next);
  }

  setTarget({ kind, id }: PoolReference, units: number): Promise<void> {
    return kind === 'autoScalingGroup'
      ? this.#groups.setTarget(id, units)
      : this.#fleets[kind].setTarget(id, units);
  }

  terminate({ kind, id }: PoolReference, instanceId: string): Promise<void> {
    return kind === 'autoScalingGroup'
      ? this.#groups.terminate(id, instanceId)
      : this.#terminateInstance(id, instanceId);
  }

  /** A fleet has no call to end one of its instances: its target is lowered first, then EC2 ends the instance. */
  async #terminateInstance(id: string, instanceId: string): Promise<void> {
    await askPools<undefined>(
      `terminate ${instanceId} of fleet ${id}`,
      async () => {
        await this.#ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
        return undefined;
      },
      ({ name }) => (name === 'InvalidInstanceID.NotFound' ? { answer: undefined } : undefined),
    );
  }
}
