import { afterEach, describe, expect, it } from 'vitest';
import type {
  InstancePools,
  PoolFacts,
  PoolKind,
  PoolMemberFacts,
  PoolReference,
} from '../../src/platform/ports/instance-pools.ts';
import { eventually } from './eventually.ts';

/** Pools, and means to make one. Its functions are taken out of it one by one: no `this`. */
export interface PoolsUnderTest {
  readonly pools: InstancePools;
  /** With so many instances, all in service, each of `weight` units (1 unless given), room for ten more, and no minimum. */
  openPool(
    kind: PoolKind,
    pool: { readonly instances: number; readonly weight?: number },
  ): Promise<PoolReference>;
  /** Well-formed, and of no pool. */
  missingId(kind: PoolKind): string;
  /** Lets the implementation's time pass. */
  pause(millis: number): Promise<void>;
  close(): Promise<void>;
}

const kinds: readonly PoolKind[] = ['autoScalingGroup', 'spotFleet', 'ec2Fleet'];

/** What instance pools of every kind must do; run on each implementation. */
export const describeInstancePoolsContract = (name: string, open: () => Promise<PoolsUnderTest>): void => {
  describe.each(kinds)(`instance pools contract: ${name}, %s`, (kind) => {
    const opened: PoolsUnderTest[] = [];
    const fresh = async (): Promise<PoolsUnderTest> => {
      const made = await open();
      opened.push(made);
      return made;
    };
    afterEach(async () => {
      for (const made of opened.splice(0)) await made.close();
    });

    const factsOf = async ({ pools }: PoolsUnderTest, { id }: PoolReference): Promise<PoolFacts> => {
      const [facts, ...others] = await pools.describePools(kind, [id]);
      if (facts === undefined) throw new Error(`${id} is not described`);
      expect(others).toEqual([]);
      return facts;
    };
    const membersOf = async (
      tested: PoolsUnderTest,
      pool: PoolReference,
    ): Promise<readonly PoolMemberFacts[]> => {
      const { members } = await factsOf(tested, pool);
      if (members !== undefined) return members;
      if (kind === 'autoScalingGroup') throw new Error('a group comes with its members');
      return (await tested.pools.listMembers(kind, pool.id)).members;
    };
    /** Ids of those that aren't ending. */
    const staying = async (tested: PoolsUnderTest, pool: PoolReference): Promise<readonly string[]> =>
      (await membersOf(tested, pool))
        .filter(({ state }) => state !== 'ending')
        .map(({ instanceId }) => instanceId)
        .sort();

    it('describes a pool: its target, its limits, whether it is maintained', async () => {
      const tested = await fresh();
      const pool = await tested.openPool(kind, { instances: 2 });
      expect(await factsOf(tested, pool)).toMatchObject({
        kind,
        id: pool.id,
        targetUnits: 2,
        minimumUnits: kind === 'autoScalingGroup' ? 0 : null,
        maximumUnits: kind === 'autoScalingGroup' ? 12 : null,
        isMaintained: true,
      });
    });

    it('lists the members of a pool, which are in service', async () => {
      const tested = await fresh();
      const pool = await tested.openPool(kind, { instances: 2 });
      await eventually(tested.pause, async () => {
        const members = await membersOf(tested, pool);
        expect(members).toHaveLength(2);
        for (const member of members)
          expect(member).toMatchObject({
            instanceId: expect.stringMatching(/^i-/),
            type: expect.stringMatching(/^[a-z0-9-]+\.[a-z0-9-]+$/),
            state: 'inService',
            isProtected: false,
          });
      });
    });

    it('leaves out pools that are not there, and describes the others', async () => {
      const tested = await fresh();
      const first = await tested.openPool(kind, { instances: 1 });
      const second = await tested.openPool(kind, { instances: 0 });
      const ids = [first.id, tested.missingId(kind), second.id];
      const described = await tested.pools.describePools(kind, ids);
      expect(described.map(({ id }) => id).sort()).toEqual([first.id, second.id].sort());
      expect(await tested.pools.describePools(kind, [tested.missingId(kind)])).toEqual([]);
    });

    it('makes no call about nothing', async () => {
      const { pools } = await fresh();
      expect(await pools.describePools(kind, [])).toEqual([]);
    });

    it('launches what a higher target asks for, beside what is there', async () => {
      const tested = await fresh();
      const pool = await tested.openPool(kind, { instances: 1 });
      const before = await staying(tested, pool);
      await tested.pools.setTarget(pool, 3);
      await tested.pools.setTarget(pool, 3);
      await eventually(tested.pause, async () => {
        expect(await factsOf(tested, pool)).toMatchObject({ targetUnits: 3 });
        const after = await staying(tested, pool);
        expect(after).toHaveLength(3);
        expect(after).toEqual(expect.arrayContaining([...before]));
      });
    });

    it('launches from nothing', async () => {
      const tested = await fresh();
      const pool = await tested.openPool(kind, { instances: 0 });
      expect(await staying(tested, pool)).toEqual([]);
      await tested.pools.setTarget(pool, 1);
      await eventually(tested.pause, async () => expect(await staying(tested, pool)).toHaveLength(1));
    });

    it('terminates that very instance, the target with it, and launches no other', async () => {
      const tested = await fresh();
      const pool = await tested.openPool(kind, { instances: 3 });
      let before: readonly string[] = [];
      await eventually(tested.pause, async () => {
        before = await staying(tested, pool);
        expect(before).toHaveLength(3);
      });
      const [first, leaving = '', last] = before;
      if (kind !== 'autoScalingGroup') {
        await tested.pools.setTarget(pool, 2);
        // Nobody but us chooses which one goes.
        await tested.pause(1_000);
        expect(await staying(tested, pool)).toEqual(before);
      }
      await tested.pools.terminate(pool, leaving);
      const isSettled = async () => {
        expect(await factsOf(tested, pool)).toMatchObject({ targetUnits: 2 });
        expect(await staying(tested, pool)).toEqual([first, last]);
      };
      await eventually(tested.pause, isSettled);
      await tested.pause(1_000);
      await isSettled();
    });

    it('does not mind terminating what is gone, and lowers no target for it', async () => {
      const tested = await fresh();
      const pool = await tested.openPool(kind, { instances: 2 });
      let leaving = '';
      await eventually(tested.pause, async () => {
        [leaving = ''] = await staying(tested, pool);
        expect(leaving).toMatch(/^i-/);
      });
      if (kind !== 'autoScalingGroup') await tested.pools.setTarget(pool, 1);
      await tested.pools.terminate(pool, leaving);
      await eventually(tested.pause, async () =>
        expect(await membersOf(tested, pool)).not.toEqual(
          expect.arrayContaining([expect.objectContaining({ instanceId: leaving })]),
        ),
      );
      await tested.pools.terminate(pool, leaving);
      await tested.pools.terminate(pool, 'i-00000000000000000');
      expect(await factsOf(tested, pool)).toMatchObject({ targetUnits: 1 });
    });

    it('counts in units where instances are weighted', async () => {
      const tested = await fresh();
      const pool = await tested.openPool(kind, { instances: 2, weight: 4 });
      let type = '';
      await eventually(tested.pause, async () => {
        const [member, ...others] = await membersOf(tested, pool);
        expect(others).toHaveLength(1);
        type = member?.type ?? '';
      });
      expect(await factsOf(tested, pool)).toMatchObject({ targetUnits: 8, weights: { [type]: 4 } });
      await tested.pools.setTarget(pool, 12);
      await eventually(tested.pause, async () => expect(await staying(tested, pool)).toHaveLength(3));
    });

    it('refuses a target of a pool that is not there', async () => {
      const { pools, missingId } = await fresh();
      const setting = pools.setTarget({ kind, id: missingId(kind) }, 1);
      await expect(setting).rejects.toMatchObject({
        name: 'CapacityRefused',
        message: expect.stringContaining(missingId(kind)),
      });
    });
  });
};
