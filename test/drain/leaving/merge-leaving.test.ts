import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decidePace } from '../../../src/drain/leaving/decide-pace.ts';
import type { InstanceLeaving } from '../../../src/drain/leaving/instance-leaving.ts';
import { type LeavingDocument, leavingDocument } from '../../../src/drain/leaving/leaving-document.ts';
import { mergeLeaving } from '../../../src/drain/leaving/merge-leaving.ts';
import { hasHurriedDrains } from '../../../src/drain/leaving/wake-coordinator.ts';
import {
  aDocument,
  aLeaving,
  aLifecycle,
  anEntry,
  now,
  someDocument,
  someNews,
} from '../support/leaving-builders.ts';

const id = 'i-00000001';
const merge = (document: LeavingDocument | undefined, ...news: readonly InstanceLeaving[]) =>
  mergeLeaving(document, 'web', news, now);

describe('pace', () => {
  it.each([
    ['spot-terminate', null, 'hurried'],
    ['spot-stop', now + 9_000_000, 'hurried'],
    ['spot-hibernate', now, 'hurried'],
    ['stopping', null, 'hurried'],
    ['gone', null, 'hurried'],
    ['rebalance', null, 'unhurried'],
    ['lifecycle', null, 'unhurried'],
    ['health', now + 300_001, 'unhurried'],
    ['health', now + 300_000, 'hurried'],
    ['operator', now - 1, 'hurried'],
  ] as const)('of %s until %s is %s', (cause, deadlineMillis, pace) => {
    expect(decidePace(cause, deadlineMillis, now)).toBe(pace);
  });
});

describe('where an instance was seen', () => {
  const seen = aLeaving({ containerInstanceArn: 'instance/1' });

  it('is kept, whichever of two news tells', () => {
    const first = merge(undefined, seen, aLeaving()).document.instances;
    const second = merge(undefined, aLeaving(), seen).document.instances;
    expect(first[id]?.containerInstanceArn).toBe('instance/1');
    expect(second).toEqual(first);
  });

  it('of the last drain is not that of the next one', () => {
    const ended = anEntry({ containerInstanceArn: 'instance/0', endedAtMillis: now - 400_000 });
    const { document } = merge(aDocument([ended]), seen);
    expect(document.instances[id]?.containerInstanceArn).toBe('instance/1');
    expect(merge(aDocument([ended]), aLeaving()).document.instances[id]).not.toHaveProperty(
      'containerInstanceArn',
    );
  });
});

describe('news of an instance', () => {
  it('begin a drain and its coordinator', () => {
    const { document, changes } = merge(undefined, aLeaving());
    expect(changes).toEqual(['new']);
    expect(document).toEqual({
      version: 1,
      cluster: 'web',
      generation: 1,
      leasedUntilMillis: now + 60_000,
      instances: {
        [id]: {
          instanceId: id,
          drainId: `${id}-${(now / 1000).toString(36)}`,
          pace: 'hurried',
          deadlineMillis: now + 120_000,
          heardAtMillis: now,
          notices: [aLeaving()],
        },
      },
    });
  });

  it('begin no coordinator when there is no hurry', () => {
    const { document } = merge(undefined, aLeaving({ cause: 'rebalance', deadlineMillis: null }));
    expect(document).toMatchObject({ generation: 0, instances: { [id]: { pace: 'unhurried' } } });
  });

  it('hasten a drain that is known, and never slow it down', () => {
    const slow = merge(undefined, aLeaving({ cause: 'operator', deadlineMillis: now + 600_000 })).document;
    const { document, changes } = merge(slow, aLeaving());
    expect(changes).toEqual(['hastened']);
    expect(document).toMatchObject({
      generation: 1,
      instances: { [id]: { pace: 'hurried', deadlineMillis: now + 120_000 } },
    });
    const later = merge(document, aLeaving({ cause: 'operator', deadlineMillis: now + 900_000 }));
    expect(later.changes).toEqual(['known']);
    expect(later.document.instances[id]).toMatchObject({ pace: 'hurried', deadlineMillis: now + 120_000 });
  });

  it('that are known change nothing', () => {
    const { document } = merge(undefined, aLeaving());
    const again = merge(document, aLeaving(), aLeaving());
    expect(again.document).toBe(document);
    expect(again.changes).toEqual(['known', 'known']);
  });

  it('keep the newest notice of each cause, and every lifecycle action', () => {
    const { document } = merge(
      undefined,
      aLeaving({ noticedAtMillis: now - 5 }),
      aLifecycle('t1'),
      aLifecycle('t2'),
      aLeaving({ noticedAtMillis: now - 9 }),
      aLeaving({ cause: 'rebalance' }),
    );
    expect(document.instances[id]?.notices).toHaveLength(4);
    expect(document.instances[id]?.notices[0]?.noticedAtMillis).toBe(now - 5);
  });
});

describe('after a drain has ended', () => {
  const ended = (...notices: readonly InstanceLeaving[]) =>
    aDocument([anEntry({ endedAtMillis: now - 200_000, notices: [...notices] })]);

  it.each([
    ['its duplicate', aLeaving({ noticedAtMillis: now - 300_000 })],
    [
      'an older recommendation that comes late',
      aLeaving({ cause: 'rebalance', noticedAtMillis: now - 400_000 }),
    ],
    ['the end of the instance', aLeaving({ cause: 'stopping', noticedAtMillis: now - 150_000 })],
    ['the instance being gone', aLeaving({ cause: 'gone', noticedAtMillis: now })],
    ['its lifecycle action', aLifecycle('t1', { noticedAtMillis: now - 300_000 })],
  ])('%s begins no new one', (_, leaving) => {
    const known = ended(aLifecycle('t1', { noticedAtMillis: now - 300_000 }));
    const { document, changes } = merge(known, leaving);
    expect(changes).toEqual(['known']);
    expect(document).toBe(known);
  });

  it.each([
    ['a new warning', aLeaving({ noticedAtMillis: now - 100_000 })],
    ['a lifecycle action that nobody knew', aLifecycle('t2', { noticedAtMillis: now - 300_000 })],
    ['an operator', aLeaving({ cause: 'operator', noticedAtMillis: now })],
  ])('%s begins a new one, with an id of its own', (_, leaving) => {
    const { document, changes } = merge(ended(aLifecycle('t1')), leaving);
    expect(changes).toEqual(['new']);
    const entry = document.instances[id];
    expect(entry).toMatchObject({ heardAtMillis: now, previous: { how: 'ended', atMillis: now - 200_000 } });
    expect(entry?.drainId).not.toBe(`${id}-first`);
    expect(entry?.endedAtMillis).toBeUndefined();
    // Its old duplicates are no news to the new drain.
    const stale = aLeaving({
      cause: 'stopping',
      noticedAtMillis: now - 300_000,
      deadlineMillis: now - 300_000,
    });
    expect(merge(document, stale).document).toBe(document);
  });

  it('the instance stopping much later, having come back, begins a new one', () => {
    const known = aDocument([anEntry({ endedAtMillis: now - 400_000 })]);
    expect(merge(known, aLeaving({ cause: 'stopping' })).changes).toEqual(['new']);
  });

  it('its lifecycle action that is told again begins no new one either', () => {
    const { changes } = merge(ended(aLifecycle('t1')), aLifecycle('t1', { noticedAtMillis: now + 258 }));
    expect(changes).toEqual(['known']);
  });

  it('an hour later, it is forgotten, and any warning begins a new one', () => {
    const known = aDocument([
      anEntry({ endedAtMillis: now - 3_600_001 }),
      anEntry({ instanceId: 'i-00000002', endedAtMillis: now - 3_600_001 }),
    ]);
    const { document, changes } = merge(known, aLeaving({ noticedAtMillis: now - 4_000_000 }));
    expect(changes).toEqual(['new']);
    expect(Object.keys(document.instances)).toEqual([id]);
    expect(document.instances[id]?.previous).toBeUndefined();
  });

  it('a drain that begins in the second in which the last one did has another id', () => {
    const first = merge(undefined, aLeaving()).document;
    const entry = { ...anEntry(first.instances[id]), endedAtMillis: now };
    const { document } = merge(aDocument([entry]), aLifecycle('t9'));
    expect(document.instances[id]?.drainId).not.toBe(entry.drainId);
  });
});

describe('after a drain was cancelled', () => {
  const cancelled = aDocument([
    anEntry({ pace: 'unhurried', deadlineMillis: null, cancelledAtMillis: now - 20_000 }),
  ]);

  it.each([
    ['what it was begun by', aLeaving({ cause: 'rebalance', noticedAtMillis: now - 21_000 }), 'known'],
    ['newer news', aLeaving({ cause: 'rebalance', noticedAtMillis: now - 19_000 }), 'new'],
    ['a warning that crossed it', aLeaving({ noticedAtMillis: now - 25_000 }), 'new'],
    ['that the instance is stopping', aLeaving({ cause: 'stopping', noticedAtMillis: now - 300_000 }), 'new'],
    ['a hook that waits', aLifecycle('t1', { noticedAtMillis: now - 900_000 }), 'new'],
  ])('%s counts as it should', (_, leaving, change) => {
    const { document, changes } = merge(cancelled, leaving);
    expect(changes).toEqual([change]);
    expect(document.instances[id]?.cancelledAtMillis === undefined).toBe(change === 'new');
  });
});

describe('a drain that an operator cancelled in vain', () => {
  it('goes on as it is, because the instance goes anyway', () => {
    const known = merge(
      aDocument([anEntry({ cancelledAtMillis: now - 20_000, notices: [aLeaving()] })]),
      aLeaving(),
    );
    expect(known.changes).toEqual(['known']);
    const { document } = merge(known.document, aLeaving({ cause: 'rebalance', deadlineMillis: null }));
    expect(document.instances[id]).toMatchObject({ drainId: `${id}-first`, cancelledAtMillis: now - 20_000 });
    expect(document.instances[id]?.notices).toHaveLength(2);
  });
});

describe('a generation', () => {
  const going = (leasedUntilMillis: number) =>
    aDocument([anEntry({ notices: [aLeaving()], deadlineMillis: now + 120_000 })], { leasedUntilMillis });

  it('goes on while its lease is valid, whatever comes', () => {
    const { document } = merge(going(now), aLeaving({ instanceId: 'i-00000002' }), aLifecycle('t1'));
    expect(document).toMatchObject({ generation: 1, leasedUntilMillis: now });
  });

  it('is followed by the next when its coordinator died, be it by a duplicate', () => {
    expect(merge(going(now - 1), aLeaving())).toMatchObject({
      changes: ['known'],
      document: { generation: 2, leasedUntilMillis: now + 60_000 },
    });
  });
});

describe('merging', () => {
  const inBatches = (
    document: LeavingDocument | undefined,
    batches: readonly (readonly InstanceLeaving[])[],
  ) =>
    batches.reduce<LeavingDocument | undefined>(
      (merged, batch) => (batch.length === 0 ? merged : mergeLeaving(merged, 'web', batch, now).document),
      document,
    );

  it('comes to the same in any order, in any batches, with any duplicates, and when it is read back', () => {
    const played = someNews.chain((news) =>
      fc.record({
        news: fc.constant(news),
        again: fc.shuffledSubarray([...news, ...news], { minLength: 0 }),
        shuffled: fc.shuffledSubarray(news, { minLength: news.length }),
        size: fc.integer({ min: 1, max: 4 }),
      }),
    );
    fc.assert(
      fc.property(someDocument, played, (document, { news, again, shuffled, size }) => {
        const all = [...shuffled, ...again];
        const batches: InstanceLeaving[][] = [];
        for (let from = 0; from < all.length; from += size) batches.push(all.slice(from, from + size));
        const once = inBatches(document, [news]);
        // Generations may differ: a coordinator may be asked for that a later piece of news would have made needless.
        expect(inBatches(document, batches)?.instances).toEqual(once?.instances);
        if (once !== undefined) {
          const stored = leavingDocument.parse(JSON.parse(JSON.stringify(once)));
          expect(inBatches(stored, [again])).toEqual(once);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('loses no lifecycle action, no hurry, no deadline and no instance', () => {
    fc.assert(
      fc.property(someNews, (news) => {
        fc.pre(news.length > 0);
        const { instances } = mergeLeaving(undefined, 'web', news, now).document;
        for (const leaving of news) {
          const entry = instances[leaving.instanceId];
          if (entry === undefined) throw new Error('an instance was lost');
          if (leaving.lifecycle !== undefined)
            expect(entry.notices.map(({ lifecycle }) => lifecycle)).toContainEqual(leaving.lifecycle);
          if (decidePace(leaving.cause, leaving.deadlineMillis, now) === 'hurried')
            expect(entry.pace).toBe('hurried');
          expect(entry.deadlineMillis ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(
            leaving.deadlineMillis ?? Number.POSITIVE_INFINITY,
          );
          expect(entry.notices.some(({ cause }) => cause === leaving.cause)).toBe(true);
        }
      }),
    );
  });

  it('leaves no hurried drain without a coordinator that will look', () => {
    fc.assert(
      fc.property(someDocument, someNews, (document, news) => {
        fc.pre(news.length > 0);
        const merged = mergeLeaving(document, 'web', news, now).document;
        if (hasHurriedDrains(merged)) expect(merged.leasedUntilMillis).toBeGreaterThanOrEqual(now);
        const step = merged.generation - (document?.generation ?? 0);
        expect([0, 1]).toContain(step);
        if (step === 1) expect(document?.leasedUntilMillis ?? 0).toBeLessThan(now);
      }),
    );
  });

  it('never touches what is known of other instances', () => {
    fc.assert(
      fc.property(someNews, (news) => {
        const other = anEntry({ instanceId: 'i-0000000a', notices: [aLeaving()] });
        const merged = mergeLeaving(aDocument([other]), 'web', news, now).document;
        expect(merged.instances['i-0000000a']).toBe(other);
      }),
    );
  });
});
