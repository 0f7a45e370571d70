import { TerminateInstanceInAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeFleetsCommand, ModifyFleetCommand } from '@aws-sdk/client-ec2';
import { DescribeServicesCommand, ListServicesCommand } from '@aws-sdk/client-ecs';
import type { PoolKind, PoolMemberFacts, PoolReference } from '../../src/platform/ports/instance-pools.ts';
import { DrainedWorld } from '../wire/support/drained-world.ts';
import { PoolWorld } from '../wire/support/pool-world.ts';
import type { Gap } from './gaps.ts';

const found = (isThere: boolean): 'open' | 'closed' => (isThere ? 'closed' : 'open');

const nameOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'answered',
    ({ name }) => String(name),
  );

const inWorld =
  (probe: (world: PoolWorld) => Promise<'open' | 'closed'>): Gap['probe'] =>
  async (url) => {
    const world = new PoolWorld(url);
    try {
      return await probe(world);
    } finally {
      await world.close();
    }
  };

type FleetKind = Exclude<PoolKind, 'autoScalingGroup'>;

const membersOf = async (
  world: PoolWorld,
  kind: FleetKind,
  { id }: PoolReference,
): Promise<readonly PoolMemberFacts[]> => (await world.pools.listMembers(kind, id)).members;

/** Whether instances that are ended on purpose and not replaced are gone, and one is launched when the target rises again. */
const keepsTarget = (kind: FleetKind): Gap['probe'] =>
  inWorld(async (world) => {
    const pool = await world.openPool(kind, { instances: 2 });
    const [first] = await membersOf(world, kind, pool);
    try {
      await world.pools.setTarget(pool, 1);
      await world.pools.terminate(pool, first?.instanceId ?? '');
      const left = await membersOf(world, kind, pool);
      await world.pools.setTarget(pool, 2);
      return found(left.length === 1 && (await membersOf(world, kind, pool)).length === 2);
    } catch {
      return 'open';
    }
  });

const fleetStub = 'test/wire/support/fleet-gaps.ts';
const groupStub = 'test/wire/support/group-gaps.ts';

/** Of those, the ones that scaling meets. */
export const scalingGaps: readonly Gap[] = [
  {
    service: 'ecs',
    what: 'lists all services on one page',
    stub: 'test/wire/support/ecs-gaps.ts',
    probe: async (url) => {
      const world = new DrainedWorld(url);
      try {
        const cluster = await world.openCluster(url);
        const taskDefinition = await world.define(world.name('app'));
        for (const serviceName of ['web', 'api'])
          await world.createService(cluster, { serviceName, desiredCount: 0, taskDefinition });
        const listed = await world.ecs.send(new ListServicesCommand({ cluster, maxResults: 1 }));
        return found(listed.serviceArns?.length === 1 && listed.nextToken !== undefined);
      } finally {
        world.close();
      }
    },
  },
  {
    service: 'ecs',
    what: 'never ends the deployment that a service begins with',
    stub: 'test/wire/support/ecs-gaps.ts',
    probe: async (url) => {
      const world = new DrainedWorld(url);
      try {
        const cluster = await world.openCluster(url);
        const taskDefinition = await world.define(world.name('app'));
        await world.createService(cluster, { serviceName: 'web', desiredCount: 1, taskDefinition });
        const asked = new DescribeServicesCommand({ cluster, services: ['web'] });
        const { services } = await world.ecs.send(asked);
        return found(services?.[0]?.deployments?.[0]?.rolloutState === 'COMPLETED');
      } finally {
        world.close();
      }
    },
  },
  {
    service: 'ec2',
    what: 'can not modify an EC2 Fleet',
    stub: fleetStub,
    probe: inWorld(async (world) => {
      const { id } = await world.openPool('ec2Fleet', { instances: 1 });
      const TargetCapacitySpecification = { TotalTargetCapacity: 2 };
      const name = await nameOf(
        world.ec2.send(
          new ModifyFleetCommand({
            FleetId: id,
            TargetCapacitySpecification,
            ExcessCapacityTerminationPolicy: 'no-termination',
          }),
        ),
      );
      return found(name === 'answered');
    }),
  },
  {
    service: 'ec2',
    what: 'describes nothing where a fleet is asked for that is not there, rather than refuse',
    stub: fleetStub,
    probe: inWorld(async (world) => {
      const FleetIds = [world.missingId('ec2Fleet')];
      return found(
        (await nameOf(world.ec2.send(new DescribeFleetsCommand({ FleetIds })))) === 'InvalidFleetId.NotFound',
      );
    }),
  },
  {
    service: 'ec2',
    what: 'does not keep the target of an EC2 Fleet',
    stub: fleetStub,
    probe: keepsTarget('ec2Fleet'),
  },
  {
    service: 'ec2',
    what: 'does not keep the target of a Spot Fleet',
    stub: fleetStub,
    probe: keepsTarget('spotFleet'),
  },
  {
    service: 'autoscaling',
    what: 'fails when the size of a group is set that is not there',
    stub: groupStub,
    probe: inWorld(async (world) => {
      const pool = { kind: 'autoScalingGroup', id: world.missingId('autoScalingGroup') } as const;
      return found((await nameOf(world.pools.setTarget(pool, 1))) === 'CapacityRefused');
    }),
  },
  {
    service: 'autoscaling',
    what: 'fails when an instance is terminated that is in no group',
    stub: groupStub,
    probe: inWorld(async (world) => {
      const terminated = world.scaling.send(
        new TerminateInstanceInAutoScalingGroupCommand({
          InstanceId: 'i-00000000000000000',
          ShouldDecrementDesiredCapacity: true,
        }),
      );
      return found((await nameOf(terminated)) === 'ValidationError');
    }),
  },
  {
    service: 'autoscaling',
    what: 'sets a group to more than its maximum',
    stub: groupStub,
    probe: inWorld(async (world) => {
      const pool = await world.openPool('autoScalingGroup', { instances: 0 });
      return found((await nameOf(world.pools.setTarget(pool, 11))) === 'CapacityRefused');
    }),
  },
];
