import { afterEach, describe, expect, it } from 'vitest';
import type { Balancer, BalancerTarget, TargetHealth } from '../../src/platform/ports/balancer.ts';
import { eventually } from './eventually.ts';

/** A balancer, and means to make groups in it. Its functions are taken out of it one by one: no `this`. */
export interface BalancerUnderTest {
  readonly balancer: Balancer;
  /** A group that gets requests, with nothing registered. */
  openGroup(): Promise<GroupUnderTest>;
  /** A well-formed name of a group that isn't there. */
  readonly missingGroup: string;
  /** Lets the implementation's time pass. */
  pause(millis: number): Promise<void>;
  close(): Promise<void>;
}

export interface GroupUnderTest {
  readonly group: string;
  readonly targetType: 'instance' | 'ip';
  readonly deregistrationDelaySeconds: number;
  /** Three that answer health checks and aren't registered; the first two have one id and two ports. */
  readonly targets: readonly [BalancerTarget, BalancerTarget, BalancerTarget];
}

const silent = ['draining', 'unhealthy.draining', 'unused'];

const named = (targets: readonly BalancerTarget[]): readonly string[] =>
  targets.map(({ id, port }) => `${id}:${port}`).sort();

/** Those that get requests, or will when they turn out to be healthy. */
const served = (health: readonly TargetHealth[]): readonly string[] =>
  named(health.filter(({ state }) => !silent.includes(state)));

/** What every balancer must do; run on each implementation. */
export const describeBalancerContract = (name: string, open: () => Promise<BalancerUnderTest>): void => {
  describe(`balancer contract: ${name}`, () => {
    const opened: BalancerUnderTest[] = [];
    const fresh = async (): Promise<BalancerUnderTest & { readonly made: GroupUnderTest }> => {
      const under = await open();
      opened.push(under);
      return { ...under, made: await under.openGroup() };
    };
    afterEach(async () => {
      for (const under of opened.splice(0)) await under.close();
    });

    it('describes groups, and leaves out those that are not there', async () => {
      const { balancer, made, missingGroup } = await fresh();
      const { group, targetType, deregistrationDelaySeconds } = made;
      expect(await balancer.describeGroups([missingGroup, group])).toEqual([
        { group, targetType, deregistrationDelaySeconds, isInUse: true },
      ]);
    });

    it('has nothing registered in a new group, nor in one that is not there', async () => {
      const { balancer, made, missingGroup } = await fresh();
      expect(served(await balancer.health(made.group))).toEqual([]);
      expect(await balancer.health(missingGroup)).toEqual([]);
    });

    it('registers targets, which are healthy after a while', async () => {
      const { balancer, made, pause } = await fresh();
      await balancer.register(made.group, made.targets);
      await eventually(pause, async () => {
        const health = await balancer.health(made.group);
        expect(named(health.filter(({ state }) => state === 'healthy'))).toEqual(named(made.targets));
      });
    });

    it('lists a target once, however often it is registered', async () => {
      const { balancer, made, pause } = await fresh();
      const [first] = made.targets;
      await balancer.register(made.group, [first]);
      await balancer.register(made.group, [first]);
      await eventually(pause, async () =>
        expect(served(await balancer.health(made.group))).toEqual(named([first])),
      );
    });

    it('deregisters one port of a host and leaves the other', async () => {
      const { balancer, made, pause } = await fresh();
      const [first, sibling, other] = made.targets;
      await balancer.register(made.group, made.targets);
      await balancer.deregister(made.group, [first]);
      await eventually(pause, async () =>
        expect(served(await balancer.health(made.group))).toEqual(named([sibling, other])),
      );
    });

    it('deregisters several at once', async () => {
      const { balancer, made, pause } = await fresh();
      await balancer.register(made.group, made.targets);
      await balancer.deregister(made.group, made.targets);
      await eventually(pause, async () => expect(served(await balancer.health(made.group))).toEqual([]));
    });

    it('does not mind deregistering twice, what was never registered, or from a group that is not there', async () => {
      const { balancer, made, missingGroup, pause } = await fresh();
      const [first, sibling, other] = made.targets;
      await balancer.register(made.group, [first, other]);
      await balancer.deregister(made.group, [first]);
      await balancer.deregister(made.group, [first]);
      await balancer.deregister(made.group, [sibling]);
      await balancer.deregister(missingGroup, [first]);
      await eventually(pause, async () =>
        expect(served(await balancer.health(made.group))).toEqual(named([other])),
      );
    });

    it('takes a target back that was deregistered', async () => {
      const { balancer, made, pause } = await fresh();
      const [first] = made.targets;
      await balancer.register(made.group, [first]);
      await balancer.deregister(made.group, [first]);
      await eventually(pause, async () => expect(served(await balancer.health(made.group))).toEqual([]));
      await balancer.register(made.group, [first]);
      await eventually(pause, async () =>
        expect(served(await balancer.health(made.group))).toEqual(named([first])),
      );
    });

    it('keeps groups apart', async () => {
      const { balancer, made, openGroup, pause } = await fresh();
      const other = await openGroup();
      await balancer.register(made.group, [made.targets[0]]);
      await balancer.register(other.group, [other.targets[2]]);
      await balancer.deregister(other.group, [made.targets[0]]);
      await eventually(pause, async () => {
        expect(served(await balancer.health(made.group))).toEqual(named([made.targets[0]]));
        expect(served(await balancer.health(other.group))).toEqual(named([other.targets[2]]));
      });
    });

    it('refuses to register with a group that is not there', async () => {
      const { balancer, made, missingGroup } = await fresh();
      await expect(balancer.register(missingGroup, [made.targets[0]])).rejects.toMatchObject({
        name: 'BalancerRefused',
      });
    });
  });
};
