import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSpotShard } from '../../../src/plan/spot-shards.ts';
import {
  decideNextLaunch,
  type LaunchOutcome,
  planLaunchGroups,
} from '../../../src/platform/aws/launch-groups.ts';
import { placeName } from '../../../src/platform/aws/places-document.ts';

const share = fc.oneof(
  fc.constantFrom(0, 0.1, 0.25, 1 / 3, 0.5, 0.9, 1),
  fc.double({ min: 0, max: 1, noNaN: true }),
);
const places = fc.uniqueArray(
  fc.record({ shard: fc.integer({ min: 0, max: 2000 }), attempt: fc.integer({ min: 0, max: 3 }) }),
  { selector: placeName, maxLength: 200 },
);

describe('groups of a launch', () => {
  it('hold every place once, ten at most, of one attempt and one capacity', () => {
    fc.assert(
      fc.property(places, share, (of, spot) => {
        const groups = planLaunchGroups(of, spot);
        expect(groups.flatMap((group) => group.places.map(placeName)).sort()).toEqual(
          of.map(placeName).sort(),
        );
        for (const group of groups) {
          expect(group.places.length).toBeLessThanOrEqual(10);
          expect(new Set(group.places.map(({ attempt }) => attempt)).size).toBe(1);
          expect(
            group.places.every(({ shard }) => isSpotShard(shard, spot) === (group.capacity === 'spot')),
          ).toBe(true);
        }
        expect(new Set(groups.map(({ name }) => name)).size).toBe(groups.length);
      }),
    );
  });

  it('are the same for a place whichever others are launched with it', () => {
    fc.assert(
      fc.property(places, places, share, (some, others, spot) => {
        const all = new Map([...some, ...others].map((place) => [placeName(place), place]));
        const groupOf = new Map(
          planLaunchGroups([...all.values()], spot).flatMap(({ name, places: held }) =>
            held.map((place) => [placeName(place), name] as const),
          ),
        );
        for (const { name, places: held } of planLaunchGroups(some, spot))
          for (const place of held) expect(groupOf.get(placeName(place))).toBe(name);
      }),
    );
  });

  it('are full: a thousand workers are a hundred calls, whatever the share', () => {
    const thousand = Array.from({ length: 1000 }, (_, shard) => ({ shard, attempt: 0 }));
    for (const spot of [0, 0.5, 1]) expect(planLaunchGroups(thousand, spot)).toHaveLength(100);
    expect(planLaunchGroups(thousand, 1 / 3).length).toBeLessThanOrEqual(101);
  });
});

describe('how a launch goes on', () => {
  const noSpot: LaunchOutcome = { capacity: 'spot', failure: { kind: 'capacity', reason: 'none' } };

  it('begins with the capacity that was planned', () => {
    expect(decideNextLaunch('spot', 'on-demand', undefined, [])).toMatchObject({
      capacity: 'spot',
      pause: false,
    });
  });

  it('takes on-demand capacity at once where there is no spot, when the choice says so', () => {
    expect(decideNextLaunch('spot', 'on-demand', undefined, [noSpot])).toMatchObject({
      kind: 'launch',
      capacity: 'on-demand',
      pause: false,
    });
    expect(decideNextLaunch('spot', 'on-demand', noSpot, [])).toMatchObject({ capacity: 'on-demand' });
  });

  it.each(['wait', 'fail'] as const)('leaves it to the caller with fallback %s', (fallback) => {
    expect(decideNextLaunch('spot', fallback, undefined, [noSpot])).toEqual({
      kind: 'give up',
      failure: noSpot.failure,
    });
    expect(decideNextLaunch('spot', fallback, noSpot, [])).toMatchObject({
      kind: 'launch',
      capacity: 'spot',
    });
  });

  it('does not ask again for what can never succeed, or not soon', () => {
    for (const kind of ['request', 'limit'] as const)
      expect(
        decideNextLaunch('on-demand', 'on-demand', undefined, [
          { capacity: 'on-demand', failure: { kind, reason: 'no' } },
        ]),
      ).toMatchObject({ kind: 'give up' });
  });

  it('fills up what a call has left open, and pauses when it was told to come later', () => {
    expect(decideNextLaunch('spot', 'wait', undefined, [{ capacity: 'spot' }])).toMatchObject({
      pause: false,
    });
    expect(
      decideNextLaunch('spot', 'wait', undefined, [
        { capacity: 'spot', failure: { kind: 'throttled', reason: 'Rate exceeded' } },
      ]),
    ).toMatchObject({ kind: 'launch', pause: true });
  });

  it('ends, whatever the calls come to', () => {
    const kinds = ['throttled', 'unavailable', 'capacity', 'limit', 'request'] as const;
    const outcome = fc.record({ kind: fc.constantFrom(...kinds), failed: fc.boolean() });
    fc.assert(
      fc.property(
        fc.array(outcome, { minLength: 20, maxLength: 20 }),
        fc.constantFrom('wait', 'on-demand', 'fail'),
        fc.constantFrom('spot', 'on-demand'),
        (coming, fallback, planned) => {
          const now: LaunchOutcome[] = [];
          for (const { kind, failed } of coming) {
            const next = decideNextLaunch(planned, fallback, undefined, now);
            if (next.kind === 'give up') return;
            if (fallback !== 'on-demand') expect(next.capacity).toBe(planned);
            now.push({
              capacity: next.capacity,
              ...(failed ? { failure: { kind, reason: 'because' } } : {}),
            });
          }
          expect.unreachable('it went on after 20 calls');
        },
      ),
    );
  });
});
