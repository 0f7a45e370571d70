import { afterEach, describe, expect, it } from 'vitest';
import type { RunSchedule, RunSchedules } from '../../src/platform/ports/run-schedules.ts';

export const aSchedule = (overrides: Partial<RunSchedule> = {}): RunSchedule => ({
  name: 'nightly',
  expression: 'cron(0 2 * * ? *)',
  timezone: 'Europe/Berlin',
  enabled: true,
  plan: 'schedules/nightly/plan.json',
  ...overrides,
});

/** What every keeper of schedules must do; run on each implementation. */
export const describeRunSchedulesContract = (
  name: string,
  open: () => Promise<{ readonly schedules: RunSchedules; close(): Promise<void> }>,
): void => {
  describe(`run schedules contract: ${name}`, () => {
    const opened: { close(): Promise<void> }[] = [];
    const fresh = async (): Promise<RunSchedules> => {
      const made = await open();
      opened.push(made);
      return made.schedules;
    };
    afterEach(async () => {
      for (const made of opened.splice(0)) await made.close();
    });

    it('gives back what was put, by name', async () => {
      const schedules = await fresh();
      expect(await schedules.list()).toEqual([]);
      const weekly = aSchedule({
        name: 'weekly',
        expression: 'rate(7 days)',
        timezone: 'UTC',
        enabled: false,
      });
      await schedules.put(weekly);
      await schedules.put(aSchedule());
      expect(await schedules.list()).toEqual([aSchedule(), weekly]);
    });

    it('replaces the one of that name', async () => {
      const schedules = await fresh();
      await schedules.put(aSchedule());
      const changed = aSchedule({ expression: 'at(2027-01-31T06:00:00)', plan: 'schedules/other/plan.json' });
      await schedules.put(changed);
      expect(await schedules.list()).toEqual([changed]);
    });

    it('keeps one when two put the same at once', async () => {
      const schedules = await fresh();
      await Promise.all([schedules.put(aSchedule()), schedules.put(aSchedule())]);
      expect(await schedules.list()).toEqual([aSchedule()]);
    });

    it('says whether there was one to delete', async () => {
      const schedules = await fresh();
      await schedules.put(aSchedule());
      expect(await schedules.delete('nightly')).toBe(true);
      expect(await schedules.delete('nightly')).toBe(false);
      expect(await schedules.list()).toEqual([]);
    });
  });
};
