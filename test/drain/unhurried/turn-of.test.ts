import { describe, expect, it } from 'vitest';
import { turnOf } from '../../../src/drain/unhurried/turn-of.ts';
import { aLeaving, aLifecycle, anEntry, now } from '../support/leaving-builders.ts';

describe('the conductor of a drain without hurry', () => {
  it('is the first one as long as nothing but its own news come', () => {
    const notices = [aLeaving({ cause: 'rebalance' }), aLifecycle('t1', { noticedAtMillis: now })];
    expect(turnOf(anEntry({ heardAtMillis: now, notices }))).toBe('');
  });

  it('is another one for each hook that was heard of since, and when it is taken back', () => {
    const notices = [
      aLifecycle('t1', { noticedAtMillis: now + 1_000 }),
      aLifecycle('t2', { noticedAtMillis: now + 2_000 }),
    ];
    const heard = { heardAtMillis: now };
    expect(turnOf(anEntry({ ...heard, notices: notices.slice(0, 1) }))).toBe('h1');
    expect(turnOf(anEntry({ ...heard, notices }))).toBe('h2');
    expect(turnOf(anEntry({ ...heard, notices: [], cancelledAtMillis: now }))).toBe('c');
  });
});
