import { describe, expect, it } from 'vitest';
import { BadInputError } from '../../src/errors.ts';
import { addressGuard } from '../../src/plan/allowed-targets.ts';
import type { RunSchedule, RunSchedules } from '../../src/platform/ports/run-schedules.ts';
import { scheduleRun, unscheduleRun } from '../../src/run/schedule-run.ts';
import { parseScheduledRunEvent, startScheduledRun } from '../../src/run/start-scheduled-run.ts';
import { aPlan, testPorts } from './builders.ts';
import { endlessWorkflow } from './run-api-under-test.ts';

const aSetup = () => {
  const { ports, store, time } = testPorts();
  const workflow = endlessWorkflow();
  const kept = new Map<string, RunSchedule>();
  const schedules: RunSchedules = {
    async put(schedule) {
      if (schedule.expression === 'rate(0 days)') throw new BadInputError('no such rate');
      kept.set(schedule.name, schedule);
    },
    list: async () => [...kept.values()],
    delete: async (name) => kept.delete(name),
  };
  return { ports: { ...ports, workflow }, store, time, workflow, schedules, kept };
};

const nightly = {
  name: 'nightly',
  expression: 'rate(1 day)',
  timezone: 'UTC',
  enabled: true,
  plan: aPlan(),
  uploads: new Map([['uploads/abc', Uint8Array.of(1)]]),
};
const time = '2026-01-31T06:30:00Z';

describe('a schedule', () => {
  it('keeps the plan and its files, and is handed to the scheduler', async () => {
    const { store, schedules, kept } = aSetup();
    const { plan: key } = await scheduleRun({ store, schedules }, nightly);
    expect(key).toMatch(/^schedules\/nightly\/[0-9a-f]{64}\.json$/);
    expect(store.json(key)).toEqual(aPlan());
    expect(store.objects.has('uploads/abc')).toBe(true);
    expect(kept.get('nightly')).toMatchObject({ expression: 'rate(1 day)', enabled: true, plan: key });
  });

  it('that is refused leaves the plan of the one before alone', async () => {
    const { store, schedules, kept } = aSetup();
    const { plan: key } = await scheduleRun({ store, schedules }, nightly);
    const wrong = { ...nightly, plan: aPlan({ seed: 7 }), expression: 'rate(0 days)' };
    await expect(scheduleRun({ store, schedules }, wrong)).rejects.toMatchObject({ name: 'BadInput' });
    expect(kept.get('nightly')?.plan).toBe(key);
    expect(store.json(key)).toEqual(aPlan());
  });

  it.each(['', '.hidden', '..', 'a/b', 'a b', 'x'.repeat(65), 'ä'])('can not be called %j', async (name) => {
    const { store, schedules } = aSetup();
    const put = scheduleRun({ store, schedules }, { ...nightly, name });
    await expect(put).rejects.toMatchObject({ name: 'BadInput' });
    expect(store.objects.size).toBe(0);
  });

  it('takes its plans with it when it is removed, and nothing else', async () => {
    const { store, schedules } = aSetup();
    await scheduleRun({ store, schedules }, nightly);
    await scheduleRun({ store, schedules }, { ...nightly, plan: aPlan({ seed: 7 }) });
    await scheduleRun({ store, schedules }, { ...nightly, name: 'nightly-2' });
    expect(await unscheduleRun({ store, schedules }, 'nightly')).toBe(true);
    expect(await unscheduleRun({ store, schedules }, 'nightly')).toBe(false);
    const left = [...store.objects.keys()].filter((key) => key.startsWith('schedules/'));
    expect(left).toEqual([expect.stringContaining('schedules/nightly-2/')]);
  });
});

describe('the start of a scheduled run', () => {
  it('is a run of the plan as it was scheduled, once however often it is delivered', async () => {
    const { ports, store, schedules, workflow, time: now } = aSetup();
    const { plan } = await scheduleRun({ store, schedules }, nightly);
    const first = await startScheduledRun(ports, { schedule: 'nightly', plan, time });
    now.millis += 5000;
    const second = await startScheduledRun(ports, { schedule: 'nightly', plan, time });
    expect(first).toMatchObject({ kind: 'started', created: true });
    expect(second).toEqual({ ...first, created: false });
    expect(new Set(workflow.started).size).toBe(1);
  });

  it('is another run at another time', async () => {
    const { ports, store, schedules, workflow, time: now } = aSetup();
    const { plan } = await scheduleRun({ store, schedules }, nightly);
    await startScheduledRun(ports, { schedule: 'nightly', plan, time });
    now.millis += 5000;
    await startScheduledRun(ports, { schedule: 'nightly', plan, time: '2026-02-01T06:30:00Z' });
    expect(new Set(workflow.started).size).toBe(2);
  });

  it('does nothing once the schedule was removed', async () => {
    const { ports, store, schedules, workflow } = aSetup();
    const { plan } = await scheduleRun({ store, schedules }, nightly);
    await unscheduleRun({ store, schedules }, 'nightly');
    expect(await startScheduledRun(ports, { schedule: 'nightly', plan, time })).toMatchObject({
      kind: 'ignored',
      reason: expect.stringContaining('the schedule was removed'),
    });
    expect(workflow.started).toEqual([]);
  });

  it('checks the target again', async () => {
    const { ports, store, schedules, workflow } = aSetup();
    const far = { ...nightly, plan: aPlan({ target: 'http://shop.test' }) };
    const { plan } = await scheduleRun({ store, schedules }, far);
    const event = { schedule: 'nightly', plan, time };
    await expect(startScheduledRun(ports, event)).rejects.toMatchObject({
      name: 'TargetNotAllowed',
      message: expect.stringContaining('Schedule nightly: http://shop.test'),
    });
    expect(workflow.started).toEqual([]);
    const guard = addressGuard(['shop.test']);
    expect(await startScheduledRun({ ...ports, guard }, event)).toMatchObject({ kind: 'started' });
  });

  it('reads no plan but the schedule’s own', async () => {
    const { ports } = aSetup();
    const event = { schedule: 'nightly', plan: 'runs/r1/plan.json', time };
    await expect(startScheduledRun(ports, event)).rejects.toMatchObject({ name: 'DocumentInvalid' });
  });

  it.each([undefined, {}, { schedule: 'a', plan: '', time }, { schedule: 'a', plan: 'b' }])(
    'refuses the event %j',
    (event) => {
      expect(() => parseScheduledRunEvent(event)).toThrow("The schedule's event is wrong");
    },
  );
});
