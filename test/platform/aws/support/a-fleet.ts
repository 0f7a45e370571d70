import { EcsFleet, type EcsFleetOptions } from '../../../../src/platform/aws/ecs-fleet.ts';
import { ecsPace } from '../../../../src/platform/aws/ecs-pace.ts';
import { VirtualTime } from '../../../../src/platform/local/virtual-time.ts';
import type { CallerRole } from '../../../../src/platform/ports/call-pace.ts';
import type { ObjectStore } from '../../../../src/platform/ports/object-store.ts';
import type { PacedTime } from '../../../../src/platform/ports/paced-time.ts';
import type { LaunchResult, WorkerPlace } from '../../../../src/platform/ports/worker-fleet.ts';
import { SharedPace } from '../../../../src/quota/shared-pace.ts';
import { MemoryStore } from '../../../run/builders.ts';
import { SimulatedEcs } from './simulated-ecs.ts';

export const aWorkerTask: EcsFleetOptions['task'] = {
  clusterArn: 'arn:aws:ecs:us-east-1:123456789012:cluster/workers',
  taskDefinitionArn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/worker:7',
  containerName: 'worker',
  subnets: ['subnet-a', 'subnet-b'],
  securityGroups: ['sg-a'],
  assignPublicIp: 'DISABLED',
};

const storeMillis = 40;

/** The store that buckets are kept in, as far away as S3 is. */
const farAway = (store: ObjectStore, time: PacedTime): ObjectStore => ({
  get: async (...asked) => {
    await time.sleep(storeMillis);
    return store.get(...asked);
  },
  put: async (...asked) => {
    await time.sleep(storeMillis);
    return store.put(...asked);
  },
  list: (...asked) => store.list(...asked),
  delete: (key) => store.delete(key),
});

/** A fleet on a simulated ECS, in virtual time; `another` is a second one on the same account and
 * stores, as another function has it; `paceOf`: that of anybody else who calls ECS. */
export const aFleet = () => {
  const time = new VirtualTime();
  const ecs = new SimulatedEcs(time);
  const store = new MemoryStore();
  const buckets = new MemoryStore();
  const paceOf = (role: CallerRole): SharedPace =>
    new SharedPace({ store: farAway(buckets, time), role, time, random: () => 0.5 });
  const another = (overrides: Partial<EcsFleetOptions> = {}): EcsFleet =>
    new EcsFleet({
      client: ecs.client,
      store,
      task: aWorkerTask,
      spot: { share: 0, fallback: 'wait' },
      pace: ecsPace(paceOf('launch'), time),
      random: () => 0.5,
      ...overrides,
    });
  return { time, ecs, store, buckets, paceOf, fleet: another(), another };
};

export const placesOf = (shards: number, attempt = 0): readonly WorkerPlace[] =>
  Array.from({ length: shards }, (_, shard) => ({ shard, attempt }));

export const idsOf = (results: readonly LaunchResult[]): readonly string[] =>
  results.flatMap((result) => (result.kind === 'launched' ? result.workerId : []));

export const kindsOf = (results: readonly LaunchResult[]): readonly string[] =>
  results.map(({ kind }) => kind);
