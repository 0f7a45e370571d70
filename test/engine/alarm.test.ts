import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Alarm } from '../../src/engine/alarm.ts';

describe('alarm', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const anAlarm = () => {
    const rung: number[] = [];
    const clock = { nowMicros: () => performance.now() * 1000 };
    const alarm = new Alarm(clock, () => rung.push(performance.now()));
    return { alarm, rung, from: performance.now(), now: () => clock.nowMicros() };
  };

  it('rings once, at its instant', () => {
    const { alarm, rung, from, now } = anAlarm();
    alarm.set(now() + 50_000);
    vi.advanceTimersByTime(1000);
    expect(rung).toEqual([from + 50]);
  });

  it('can be moved earlier and later', () => {
    const { alarm, rung, from, now } = anAlarm();
    alarm.set(now() + 500_000);
    alarm.set(now() + 20_000);
    alarm.set(now() + 70_000);
    vi.advanceTimersByTime(1000);
    expect(rung).toEqual([from + 70]);
  });

  it('waits longer than a timer can', () => {
    const { alarm, rung, now } = anAlarm();
    const days = 40;
    alarm.set(now() + days * 86_400e6);
    vi.advanceTimersByTime((days - 1) * 86_400e3);
    expect(rung).toEqual([]);
    vi.advanceTimersByTime(86_400e3);
    expect(rung).toHaveLength(1);
  });

  it('keeps quiet once closed', () => {
    const { alarm, rung, now } = anAlarm();
    alarm.set(now() + 1000);
    alarm.close();
    vi.advanceTimersByTime(1000);
    expect(rung).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
