import { EcsFleet, type EcsFleetOptions } from '../../../../src/platform/aws/ecs-fleet.ts';
import { ecsPace } from '../../../../src/platform/aws/ecs-pace.ts';
import type { LaunchResult, WorkerPlace } from '../../../../src/platform/ports/worker-fleet.ts';
import { MemoryStore } from '../../../run/builders.ts';
import { SimulatedEcs } from './simulated-ecs.ts';
import { VirtualTime } from './virtual-time.ts';

export const aWorkerTask: EcsFleetOptions['task'] = {
  clusterArn: 'arn:aws:ecs:us-east-1:123456789012:cluster/workers',
  taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/worker:7',
  containerName: 'worker',
  subnets: ['subnet-a', 'subnet-b'],
  securityGroups: ['sg-a'],
  assignPublicIp: 'DISABLED',
};

/** A fleet on a simulated ECS, in virtual time; `another` is a second one on the same account and store, as another function has it. */
export const aFleet = () => {
  const time = new VirtualTime();
  const ecs = new SimulatedEcs(time);
  const store = new MemoryStore();
  const another = (overrides: Partial<EcsFleetOptions> = {}): EcsFleet =>
    new EcsFleet({
      client: ecs.client,
      store,
      task: aWorkerTask,
      spot: { share: 0, fallback: 'wait' },
      pace: ecsPace(time),
      random: () => 0.5,
      ...overrides,
    });
  return { time, ecs, store, fleet: another(), another };
};

export const placesOf = (shards: number, attempt = 0): readonly WorkerPlace[] =>
  Array.from({ length: shards }, (_, shard) => ({ shard, attempt }));

export const idsOf = (results: readonly LaunchResult[]): readonly string[] =>
  results.flatMap((result) => (result.kind === 'launched' ? result.workerId : []));

export const kindsOf = (results: readonly LaunchResult[]): readonly string[] =>
  results.map(({ kind }) => kind);
