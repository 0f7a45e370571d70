import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideSchedule } from '../../src/cli/decide-schedule.ts';

describe('a schedule', () => {
  it.each([
    [{ cron: '0 6 * * ? *' }, { expression: 'cron(0 6 * * ? *)', timezone: 'UTC', name: 'shop' }],
    [{ cron: ' 0  6 ? * MON-FRI *' }, { expression: 'cron(0 6 ? * MON-FRI *)' }],
    [{ cron: '0/15 8-18 L * ? 2026' }, { expression: 'cron(0/15 8-18 L * ? 2026)' }],
    [{ rate: '1 day' }, { expression: 'rate(1 day)' }],
    [{ rate: '1 days' }, { expression: 'rate(1 day)' }],
    [{ rate: '15 minute' }, { expression: 'rate(15 minutes)' }],
    [
      { rate: '2 hours', timezone: 'Europe/Berlin', name: 'a.b_c-1' },
      { timezone: 'Europe/Berlin', name: 'a.b_c-1' },
    ],
  ])('is understood: %j', (flags, expected) => {
    expect(decideSchedule(flags, 'shop')).toMatchObject(expected);
  });

  it.each([
    [{}, '--cron or --rate'],
    [{ cron: '0 6 * * ? *', rate: '1 day' }, 'one of them'],
    [{ cron: '0 6 * * *' }, 'five fields, and EventBridge has six'],
    [{ cron: '0 6 * * * *' }, 'has to be ?'],
    [{ cron: 'daily' }, 'six fields'],
    [{ cron: '0 6 * * ? *) rate(1' }, 'six fields'],
    [{ cron: '0 6 * * ? (' }, 'six fields'],
    [{ rate: '90 seconds' }, 'no interval'],
    [{ rate: '0 days' }, 'no interval'],
    [{ rate: '1.5 hours' }, 'no interval'],
    [{ rate: '1 day', timezone: 'Berlin' }, 'no time zone'],
    [{ rate: '1 day', name: 'a/b' }, '--name: "a/b"'],
    [{ rate: '1 day', name: '..' }, '--name: ".."'],
  ])('is refused: %j', (flags, message) => {
    expect(() => decideSchedule(flags, 'shop')).toThrow(message);
  });

  it('asks for a name when the plan has none that would do', () => {
    expect(() => decideSchedule({ rate: '1 day' }, '店')).toThrow('give --name');
  });

  it('is named after any plan in letters that a schedule may have, or asks', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 100, unit: 'grapheme' }), (planName) => {
        try {
          expect(decideSchedule({ rate: '1 day' }, planName).name).toMatch(
            /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}$/,
          );
        } catch (error) {
          expect((error as Error).message).toContain('--name');
        }
      }),
    );
  });
});
