import { describe, expect, it } from 'vitest';
import { decideDeadline, globalSecondsOf } from '../../../src/drain/unhurried/decide-deadline.ts';
import { hours } from './support/an-unhurried-drain.ts';

const hook = (endsAtMillis: number, isGone = false) => ({ heartbeatSeconds: 60, endsAtMillis, isGone });

describe('how long heartbeats keep a hook waiting', () => {
  it.each([
    [30, 3_000],
    [300, 30_000],
    [1728, 172_800],
    [3600, 172_800],
  ])('of %i s is %i s in all', (heartbeat, seconds) => {
    expect(globalSecondsOf(heartbeat)).toBe(seconds);
  });
});

describe('the deadline of a drain without hurry', () => {
  const heard = { heardAtMillis: 1_000 };

  it('is what a notice said', () => {
    expect(decideDeadline({ ...heard, deadlineMillis: 500_000 }, [])).toEqual({
      deadlineMillis: 500_000,
      isGiven: true,
    });
  });

  it('is the end of the first hook, or the notice if that is earlier', () => {
    const hooks = [hook(900_000), hook(700_000)];
    expect(decideDeadline({ ...heard, deadlineMillis: null }, hooks).deadlineMillis).toBe(700_000);
    expect(decideDeadline({ ...heard, deadlineMillis: 600_000 }, hooks).deadlineMillis).toBe(600_000);
  });

  it('has nothing to do with hooks that wait no more', () => {
    expect(decideDeadline({ ...heard, deadlineMillis: null }, [hook(700_000, true)])).toEqual({
      deadlineMillis: 1_000 + hours(48),
      isGiven: false,
    });
  });
});
