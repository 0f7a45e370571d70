import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planReplacement } from '../../../../src/platform/local/simulation/plan-replacement.ts';

const aStanding = fc
  .record({
    desiredCount: fc.nat(50),
    minimumHealthyPercent: fc.integer({ min: 0, max: 100 }),
    maximumPercent: fc.integer({ min: 100, max: 200 }),
    staying: fc.nat(60),
    leaving: fc.nat(60),
    room: fc.nat(100),
    healthyShare: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ healthyShare, ...standing }) => ({
    ...standing,
    healthy: Math.floor((standing.staying + standing.leaving) * healthyShare),
  }));

const four = { desiredCount: 4, minimumHealthyPercent: 100, maximumPercent: 200, healthy: 4, room: 100 };

describe("what ECS's scheduler does for a service whose instances drain", () => {
  it('starts all replacements first when it may have twice as many', () => {
    expect(planReplacement({ ...four, staying: 0, leaving: 4 })).toMatchObject({ start: 4, stopLeaving: 0 });
  });

  it('stops the old ones when the new ones are healthy', () => {
    const standing = { ...four, staying: 4, leaving: 4, healthy: 7 };
    expect(planReplacement(standing)).toEqual({ start: 0, stopLeaving: 3, stopStaying: 0 });
  });

  it('replaces nothing at 100 percent without room elsewhere', () => {
    const standing = { ...four, staying: 2, leaving: 2, room: 0 };
    expect(planReplacement(standing)).toEqual({ start: 0, stopLeaving: 0, stopStaying: 0 });
  });

  it('stops half at once at 50 percent', () => {
    const standing = { ...four, minimumHealthyPercent: 50, maximumPercent: 100, staying: 0, leaving: 4 };
    expect(planReplacement(standing)).toEqual({ start: 0, stopLeaving: 2, stopStaying: 0 });
  });

  it('stops what is too many after an instance was taken back', () => {
    const standing = { ...four, staying: 6, leaving: 0, healthy: 6 };
    expect(planReplacement(standing)).toEqual({ start: 0, stopLeaving: 0, stopStaying: 2 });
  });

  it('keeps within minimumHealthyPercent, maximumPercent, room and the number wanted', () => {
    fc.assert(
      fc.property(aStanding, (standing) => {
        const { start, stopLeaving, stopStaying } = planReplacement(standing);
        const { desiredCount, staying, leaving, healthy, room } = standing;
        expect(Math.min(start, stopLeaving, stopStaying)).toBeGreaterThanOrEqual(0);
        expect(start).toBeLessThanOrEqual(room);
        if (start > 0) {
          expect(staying + start).toBeLessThanOrEqual(desiredCount);
          expect(staying + leaving + start).toBeLessThanOrEqual(
            (desiredCount * standing.maximumPercent) / 100,
          );
        }
        if (stopLeaving + stopStaying > 0)
          expect(healthy - stopLeaving - stopStaying).toBeGreaterThanOrEqual(
            (desiredCount * standing.minimumHealthyPercent) / 100 - 1e-9,
          );
        expect(stopLeaving).toBeLessThanOrEqual(leaving);
      }),
    );
  });
});
