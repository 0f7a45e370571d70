import { expect, test } from 'vitest';
import { decideTick } from '../../src/scaling/decide-tick.ts';
import type { ScalingPolicy } from '../../src/scaling/policy/scaling-policy.ts';
import { newMemory } from '../../src/scaling/scaling-memory.ts';
import { aPolicy, aService, aSnapshot, now, seconds } from './capacity/support/a-cluster.ts';

const policy: ScalingPolicy = {
  version: 1,
  cluster: 'shop',
  everySeconds: 60,
  paused: false,
  dryRun: false,
  capacity: aPolicy(),
  services: [],
};

test('instances are wanted for what services have lacked for longer than the grace, over several ticks', () => {
  const { placementFailedAtMillis: _, ...web } = aService('web', { desiredCount: 4 });
  const first = decideTick(aSnapshot({ services: [web] }), policy, newMemory('shop'));
  expect(first.actions).toEqual([]);
  expect(first.memory.tickedAtMillis).toBe(now);
  const second = decideTick(aSnapshot({ services: [web], atMillis: seconds(60) }), policy, first.memory);
  expect(second.actions).toEqual([{ kind: 'setPool', pool: 'main', fromUnits: 0, toUnits: 1 }]);
  expect(second.memory).toMatchObject({
    cluster: 'shop',
    tickedAtMillis: seconds(60),
    capacity: { lastOutMillis: seconds(60) },
  });
});

test('without pools nothing is decided about instances', () => {
  const snapshot = aSnapshot({ services: [aService('web', { desiredCount: 4 })] });
  const { actions, decisions, memory } = decideTick(
    snapshot,
    { ...policy, capacity: null },
    newMemory('shop'),
  );
  expect(actions).toEqual([]);
  expect(decisions).toEqual([]);
  expect(memory.capacity).toEqual(newMemory('shop').capacity);
});
