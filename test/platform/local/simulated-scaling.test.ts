import { describe, expect, it } from 'vitest';
import type { SimulatedScaling } from '../../../src/platform/local/simulated-scaling.ts';
import { findWeekHarm } from '../../scaling-week/support/find-week-harm.ts';
import { playWeek } from '../../scaling-week/support/play-week.ts';

/** The whole week is in test/scaling-week. */
describe('hours of fifty instances', () => {
  it('with a spot storm, deployments and drains lose no task without a replacement, and have no runaway and no thrash', async () => {
    const hours = await playWeek(1, 34.25, 37.25);
    expect(findWeekHarm(hours)).toEqual([]);
    expect(hours.ticks.ticked).toBeGreaterThanOrEqual(3 * 60 - 2);
    expect(hours.actions.filter(({ result }) => result === 'done').length).toBeGreaterThan(20);
  });

  it('are the same for the same seed', async () => {
    const [one, other] = [await playWeek(1, 35.25, 36), await playWeek(1, 35.25, 36)];
    expect(other.actions).toEqual(one.actions);
    expect(other.minutes).toEqual(one.minutes);
    expect(other.scaling.drains.platform.journal).toEqual(one.scaling.drains.platform.journal);
  });

  it('show an old way of scaling what it does: a pool whose target is simply lowered', async () => {
    const meddle = ({ drains }: SimulatedScaling): void => {
      const { keeper } = drains.platform;
      const pool = keeper.pools.get('autoScalingGroup shop-on-demand');
      if (pool === undefined) throw new RangeError('there is no group');
      pool.targetUnits -= 3;
      keeper.changed(pool);
    };
    const hours = await playWeek(1, 13, 13.75, { meddle });
    expect(findWeekHarm(hours)).toContainEqual(expect.stringContaining('nobody knows why'));
  });
});
