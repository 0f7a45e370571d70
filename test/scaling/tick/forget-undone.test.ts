import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScalingAction } from '../../../src/scaling/scaling-decision.ts';
import { newMemory, newServiceMemory, type ScalingMemory } from '../../../src/scaling/scaling-memory.ts';
import { forgetUndone } from '../../../src/scaling/tick/forget-undone.ts';

const drain = { drainId: '', pool: 'spot', weight: 1, askedAtMillis: 2 };
const before: ScalingMemory = {
  ...newMemory('shop'),
  services: { web: { ...newServiceMemory(), lastSet: 4, lastOutMillis: 1 } },
  capacity: {
    ...newMemory('shop').capacity,
    lastOutMillis: 1,
    lastInMillis: 1,
    unneededSince: { 'i-1': 1 },
    drains: { 'i-2': drain, 'i-3': drain },
  },
};
const after: ScalingMemory = {
  ...before,
  tickedAtMillis: 2,
  services: {
    web: {
      ...newServiceMemory(),
      lastSet: 5,
      lastOutMillis: 2,
      recommendations: [{ atMillis: 2, tasks: 5 }],
    },
    api: { ...newServiceMemory(), lastSet: 3, lastInMillis: 2 },
  },
  capacity: {
    ...before.capacity,
    lastOutMillis: 2,
    lastInMillis: 2,
    unneededSince: {},
    drains: { 'i-1': drain },
  },
};
const actions: readonly ScalingAction[] = [
  { kind: 'setService', service: 'web', from: 4, to: 5 },
  { kind: 'setService', service: 'api', from: 4, to: 3 },
  { kind: 'setPool', pool: 'spot', fromUnits: 3, toUnits: 4 },
  { kind: 'beginDrain', pool: 'spot', instanceId: 'i-1', weight: 1 },
  { kind: 'cancelDrain', instanceId: 'i-2', drainId: 'd' },
  { kind: 'terminate', pool: 'spot', instanceId: 'i-3', weight: 1, toUnits: 2 },
];

describe('the memory of what was not done', () => {
  it('is as it was before, but for what was seen', () => {
    expect(forgetUndone(before, after, actions, actions, false)).toEqual({
      ...after,
      services: {
        web: { ...after.services.web, lastSet: 4, lastOutMillis: 1, lastInMillis: null },
        api: newServiceMemory(),
      },
      capacity: { ...before.capacity },
    });
  });

  it('is kept when all was done', () => {
    expect(forgetUndone(before, after, actions, [], true)).toBe(after);
  });

  it('keeps the instant of the last step as long as a part of it was done', () => {
    const undone = actions.filter(({ kind }) => kind === 'setPool' || kind === 'terminate');
    const { capacity } = forgetUndone(before, after, actions, undone, false);
    expect(capacity).toMatchObject({ lastOutMillis: 2, lastInMillis: 2 });
    expect(Object.keys(capacity.drains).sort()).toEqual(['i-1', 'i-3']);
  });

  it('keeps what a termination that failed may have lowered', () => {
    const lowered = { ...after.capacity, drains: { 'i-3': { ...drain, loweredToUnits: 2 } } };
    const tried = forgetUndone(before, { ...after, capacity: lowered }, actions, actions, true);
    expect(tried.capacity.drains['i-3']).toEqual({ ...drain, loweredToUnits: 2 });
  });

  it('of one action does not depend on that of another', () => {
    fc.assert(
      fc.property(fc.subarray([...actions]), (undone) => {
        const memory = forgetUndone(before, after, actions, undone, false);
        const isUndone = (place: number): boolean => undone.includes(actions[place] as ScalingAction);
        expect(memory.services.web?.lastSet).toBe(isUndone(0) ? 4 : 5);
        expect(memory.services.api?.lastSet).toBe(isUndone(1) ? null : 3);
        expect('i-1' in memory.capacity.drains).toBe(!isUndone(3));
        expect('i-2' in memory.capacity.drains).toBe(isUndone(4));
        expect('i-3' in memory.capacity.drains).toBe(isUndone(5));
        expect(memory.capacity.lastOutMillis).toBe(isUndone(2) && isUndone(4) ? 1 : 2);
        expect(memory.capacity.lastInMillis).toBe(isUndone(3) && isUndone(5) ? 1 : 2);
      }),
      { seed: 6, numRuns: 64 },
    );
  });
});
