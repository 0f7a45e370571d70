import { CapacityRefusedError, CapacityUnavailableError } from '../../../errors.ts';
import type { CallBucket } from '../../ports/call-pace.ts';
import type {
  InstancePools,
  PoolFacts,
  PoolKind,
  PoolMembersPage,
  PoolReference,
} from '../../ports/instance-pools.ts';
import type { CallKind } from './call-faults.ts';
import { type PoolKeeper, poolKey } from './pool-keeper.ts';
import type { SimulatedCalls } from './simulated-calls.ts';
import type { SimulatedPool } from './simulated-pool.ts';

const membersPerPage = 1_000;

/** Auto Scaling's and EC2's APIs in front of simulated pools. */
export class SimulatedPools implements InstancePools {
  readonly #keeper: PoolKeeper;
  readonly #calls: SimulatedCalls;

  constructor(keeper: PoolKeeper, calls: SimulatedCalls) {
    this.#keeper = keeper;
    this.#calls = calls;
  }

  describePools(kind: PoolKind, ids: readonly string[]): Promise<readonly PoolFacts[]> {
    return this.#call('describePools', readBucket(kind), () => {
      if (ids.length > 100)
        throw new CapacityRefusedError(`a call takes at most 100 pools, not ${ids.length}`);
      return ids.flatMap((id) => this.#keeper.pools.get(poolKey({ kind, id }))?.describe() ?? []);
    });
  }

  listMembers(kind: 'spotFleet' | 'ec2Fleet', id: string, next = '0'): Promise<PoolMembersPage> {
    return this.#call('listMembers', readBucket(kind), () => {
      const members = this.#pool({ kind, id }).facts();
      const to = Number(next) + membersPerPage;
      const page = members.slice(Number(next), to);
      return to < members.length ? { members: page, next: String(to) } : { members: page };
    });
  }

  setTarget(reference: PoolReference, units: number): Promise<void> {
    return this.#call('setTarget', modifyBucket(reference.kind), () => {
      const pool = this.#pool(reference);
      if (!Number.isInteger(units) || units < 0) throw new CapacityRefusedError(`${units} is no target`);
      if (pool.isGroup && (units < pool.minimum || units > pool.maximum))
        throw new CapacityRefusedError(
          `${units} is outside of the limits of group "${reference.id}": ${pool.minimum} to ${pool.maximum}`,
        );
      if (!pool.isMaintained) throw new CapacityRefusedError(`"${reference.id}" can't be modified`);
      pool.targetUnits = units;
      this.#keeper.changed(pool);
    });
  }

  terminate(reference: PoolReference, instanceId: string): Promise<void> {
    return this.#call('terminateMember', modifyBucket(reference.kind), () => {
      const pool = this.#pool(reference);
      const member = pool.members.get(instanceId);
      if (member === undefined || member.state === 'ending') return;
      if (pool.isGroup && pool.targetUnits - pool.weight < pool.minimum)
        throw new CapacityRefusedError(
          `group "${reference.id}" has its minimum of ${pool.minimum}: "${instanceId}" stays`,
        );
      if (pool.isGroup) pool.targetUnits -= pool.weight;
      this.#keeper.terminate(pool, member.instance);
      this.#keeper.changed(pool);
    });
  }

  #pool(reference: PoolReference): SimulatedPool {
    const pool = this.#keeper.pools.get(poolKey(reference));
    if (pool === undefined) throw new CapacityRefusedError(`there is no pool "${reference.id}"`);
    return pool;
  }

  #call<Value>(call: CallKind, bucket: CallBucket, effect: () => Value): Promise<Value> {
    const unavailable = (message: string): Error => new CapacityUnavailableError(message);
    return this.#calls.make({ call, buckets: [bucket], effect, unavailable });
  }
}

const readBucket = (kind: PoolKind): CallBucket => (kind === 'autoScalingGroup' ? 'capacity' : 'fleetRead');
const modifyBucket = (kind: PoolKind): CallBucket =>
  kind === 'autoScalingGroup' ? 'capacity' : 'fleetModify';
