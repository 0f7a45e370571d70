import { CapacityRefusedError } from '../../../src/errors.ts';
import type {
  InstancePools,
  PoolFacts,
  PoolKind,
  PoolMemberFacts,
  PoolMembersPage,
  PoolReference,
} from '../../../src/platform/ports/instance-pools.ts';

interface PaperPool {
  targetUnits: number;
  readonly members: PoolMemberFacts[];
  readonly weights: Readonly<Record<string, number>>;
  keeps?: Pick<PoolFacts, 'keeps' | 'minimumUnits'>;
}

/** Pools that launch and replace nothing by themselves: what is asked of them is what can be seen. */
export class PaperPools implements InstancePools {
  readonly pools = new Map<string, PaperPool>();
  /** In order: `spot to 6`, `spot without i-1`. */
  readonly changes: string[] = [];
  /** Members on a page of a fleet's. */
  pageSize = 1_000;

  add(
    { kind, id }: PoolReference,
    instanceIds: readonly string[],
    weights: Readonly<Record<string, number>> = {},
    type = 'm6i.large',
  ): void {
    const members = instanceIds.map(
      (instanceId): PoolMemberFacts => ({ instanceId, type, state: 'inService', isProtected: false }),
    );
    const targetUnits = members.length * (weights[type] ?? 1);
    this.pools.set(`${kind} ${id}`, { targetUnits, members, weights });
  }

  async describePools(kind: PoolKind, ids: readonly string[]): Promise<readonly PoolFacts[]> {
    if (ids.length === 0 || ids.length > 100) throw new CapacityRefusedError(`${ids.length} pools at once`);
    return ids.flatMap((id): PoolFacts[] => {
      const pool = this.pools.get(`${kind} ${id}`);
      if (pool === undefined) return [];
      const isGroup = kind === 'autoScalingGroup';
      return [
        {
          kind,
          id,
          targetUnits: pool.targetUnits,
          minimumUnits: isGroup ? 0 : null,
          maximumUnits: isGroup ? 1_000 : null,
          isMaintained: true,
          weights: pool.weights,
          ...pool.keeps,
          ...(isGroup ? { members: [...pool.members] } : {}),
        },
      ];
    });
  }

  async listMembers(kind: PoolKind, id: string, next?: string): Promise<PoolMembersPage> {
    const { members } = this.#pool({ kind, id });
    const from = Number(next ?? 0);
    const until = from + this.pageSize;
    const page = { members: members.slice(from, until) };
    return until < members.length ? { ...page, next: String(until) } : page;
  }

  async setTarget(pool: PoolReference, units: number): Promise<void> {
    this.#pool(pool).targetUnits = units;
    this.changes.push(`${pool.id} to ${units}`);
  }

  async terminate(pool: PoolReference, instanceId: string): Promise<void> {
    const known = this.#pool(pool);
    const place = known.members.findIndex((member) => member.instanceId === instanceId);
    if (place < 0) return;
    known.members.splice(place, 1);
    if (pool.kind === 'autoScalingGroup') known.targetUnits -= 1;
    this.changes.push(`${pool.id} without ${instanceId}`);
  }

  #pool({ kind, id }: PoolReference): PaperPool {
    const pool = this.pools.get(`${kind} ${id}`);
    if (pool === undefined) throw new CapacityRefusedError(`there is no ${kind} ${id}`);
    return pool;
  }
}
