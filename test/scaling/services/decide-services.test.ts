import { describe, expect, it } from 'vitest';
import { decideServices } from '../../../src/scaling/services/decide-services.ts';
import {
  aMemory,
  aPolicy,
  aService,
  aServicePolicy,
  aSnapshot,
  atOnce,
  decideOne,
  noon,
  readings,
} from './builders.ts';

const minute = 60_000;

describe('bounds', () => {
  it('brings a count below the minimum back at once, although data is missing and a cooldown runs', () => {
    expect(
      decideOne({
        policy: { minimum: 3, out: { ...atOnce, cooldownSeconds: 600 } },
        service: { desiredCount: 1, readings: [{ points: [], failure: 'access denied' }], isDeploying: true },
        memory: { lastInMillis: noon - 1000 },
      }),
    ).toMatchObject({ outcome: 'out', to: 3, reason: 'below-minimum' });
  });

  it('brings a count above the maximum back at once', () => {
    expect(
      decideOne({ policy: { maximum: 5 }, service: { desiredCount: 9, readings: [readings([99])] } }),
    ).toMatchObject({ outcome: 'in', to: 5, reason: 'above-maximum' });
  });

  it('says at the maximum how many would be needed', () => {
    const decision = decideOne({
      policy: { maximum: 6 },
      service: { desiredCount: 6, readings: [readings([210])] },
    });
    expect(decision).toMatchObject({ outcome: 'hold', reason: 'at-maximum', figures: { wanted: 18 } });
    expect(decision.sentence).toBe(
      "web: 6 tasks at 210% CPU are 18 tasks' worth at a target of 70%; 18 would be needed and 6 is the maximum: 6 stay.",
    );
  });

  it('goes as far as the maximum on a spike of ten times, and says what it lacks', () => {
    const decision = decideOne({ service: { desiredCount: 4, readings: [readings([700])] } });
    expect(decision).toMatchObject({ outcome: 'out', to: 20, figures: { wanted: 40 } });
    expect(decision.sentence).toContain('40 tasks would be needed');
  });

  it('goes beyond the minimum at once when demand asks for it', () => {
    expect(
      decideOne({ policy: { minimum: 3 }, service: { desiredCount: 2, readings: [readings([350])] } }),
    ).toMatchObject({ outcome: 'out', to: 10, reason: 'above-target' });
  });

  it('holds a floor while it is on', () => {
    const floors = [{ cron: '0 11 * * *', timezone: 'UTC', seconds: 7200, minimum: 8 }];
    const at = (atMillis: number) =>
      decideOne({ atMillis, policy: { floors }, service: { readings: [readings([70], atMillis)] } });
    expect(at(noon)).toMatchObject({ outcome: 'out', to: 8, reason: 'floor' });
    expect(at(noon + 3 * 3_600_000)).toMatchObject({ outcome: 'hold', reason: 'steady' });
  });
});

describe('what holds a step back', () => {
  const high = { desiredCount: 6, readings: [readings([210])] };
  const low = { desiredCount: 6, readings: [readings([20])] };

  it('a cooldown after the last step in any direction', () => {
    const out = { ...atOnce, cooldownSeconds: 60 };
    const sinceStep = (seconds: number) =>
      decideOne({ policy: { out }, service: high, memory: { lastInMillis: noon - seconds * 1000 } });
    expect(sinceStep(54)).toMatchObject({ outcome: 'hold', reason: 'cooldown' });
    expect(sinceStep(60)).toMatchObject({ outcome: 'out' });
    expect(sinceStep(54).sentence).toContain('18 are wanted, and the last step was 54 s ago (cooldown 60 s)');
  });

  it('a cooldown of as long as the interval loses no tick that comes a moment early', () => {
    const sinceStep = (cooldownSeconds: number, seconds: number) =>
      decideOne({
        policy: { out: { ...atOnce, cooldownSeconds } },
        service: high,
        memory: { lastOutMillis: noon - seconds * 1000 },
      }).outcome;
    expect(sinceStep(60, 59.7)).toBe('out');
    /* A tenth of it, 5 s at most. */
    expect([sinceStep(20, 17.9), sinceStep(20, 18)]).toEqual(['hold', 'out']);
    expect([sinceStep(600, 594.9), sinceStep(600, 595)]).toEqual(['hold', 'out']);
  });

  it('a deployment', () => {
    for (const service of [high, low]) {
      const held = decideOne({ service: { ...service, isDeploying: true } });
      expect(held).toMatchObject({ outcome: 'hold', reason: 'deploying' });
      expect(held.sentence).toContain('and nothing changes while a deployment rolls');
    }
  });

  it('a deployment that does not end, from adding tasks for an hour, and from removing some for as long as it rolls', () => {
    const rolling = (service: typeof high, seconds: number) =>
      decideOne({
        service: { ...service, isDeploying: true },
        memory: { deployingSinceMillis: noon - seconds * 1000 },
      });
    expect(rolling(high, 3599)).toMatchObject({ outcome: 'hold', reason: 'deploying' });
    const out = rolling(high, 3600);
    expect(out).toMatchObject({ outcome: 'out', to: 18, reason: 'above-target' });
    expect(out.sentence).toBe(
      "web: 6 tasks at 210% CPU are 18 tasks' worth at a target of 70%; the deployment has rolled for 60 min, so tasks are added again and none removed: 6 becomes 18.",
    );
    const little = rolling(low, 7200);
    expect(little).toMatchObject({ outcome: 'hold', reason: 'deploying' });
    expect(little.sentence).toContain('and none are removed while a deployment rolls, for 120 min by now');
  });

  it('a deployment is timed from when it was first seen until it is over', () => {
    const first = decideOne({ service: { isDeploying: true } }).memory;
    expect(first.deployingSinceMillis).toBe(noon);
    const later = decideOne({ service: { isDeploying: true }, memory: first, atMillis: noon + minute });
    expect(later.memory.deployingSinceMillis).toBe(noon);
    const over = decideOne({ memory: later.memory, atMillis: noon + 2 * minute });
    expect(over.memory).not.toHaveProperty('deployingSinceMillis');
  });

  it('but what a deployment set back is restored as far as demand needs it, and no further', () => {
    const service = { desiredCount: 2, runningCount: 6, isDeploying: true };
    const memory = { lastSet: 10, counts: [{ atMillis: noon - 5 * minute, running: 6 }] };
    const at = (value: number) =>
      decideOne({ service: { ...service, readings: [readings([value])] }, memory });
    expect(at(70)).toMatchObject({ outcome: 'out', to: 6 });
    expect(at(700)).toMatchObject({ outcome: 'out', to: 10 });
    const low = at(20);
    expect(low).toMatchObject({ outcome: 'hold', reason: 'changed-by-others' });
    expect(low.memory.lastSet).toBe(10);
  });

  it('stale and missing readings, in both directions', () => {
    for (const value of [210, 20])
      expect(
        decideOne({ service: { ...high, readings: [readings([value], noon - 301_000)] } }),
      ).toMatchObject({ outcome: 'hold', reason: 'stale-data' });
    const missing = decideOne({ service: { ...high, readings: [{ points: [], failure: 'access denied' }] } });
    expect(missing).toMatchObject({ outcome: 'hold', reason: 'missing-data' });
    expect(missing.sentence).toBe('web: no reading of CPU: access denied: 6 stay.');
    expect(decideOne({ service: { ...high, readings: [] } })).toMatchObject({ reason: 'missing-data' });
    expect(decideOne({ service: { ...high, readings: [readings([Number.NaN])] } })).toMatchObject({
      reason: 'missing-data',
    });
  });

  it('no tasks and a metric of tasks', () => {
    expect(
      decideOne({ policy: { minimum: 0 }, service: { desiredCount: 0, readings: [readings([90])] } }),
    ).toMatchObject({ outcome: 'hold', reason: 'missing-data', to: 0 });
  });
});

describe('a count that others changed', () => {
  it('is said once and is the new start', () => {
    const first = decideOne({ memory: { lastSet: 9 } });
    expect(first).toMatchObject({ outcome: 'hold', reason: 'changed-by-others', to: 6 });
    expect(first.sentence).toContain('6 ordered though 9 was last set here');
    expect(decideOne({ memory: first.memory })).toMatchObject({ outcome: 'hold', reason: 'steady' });
  });

  it("doesn't keep a step from being taken", () => {
    expect(decideOne({ service: { readings: [readings([210])] }, memory: { lastSet: 9 } })).toMatchObject({
      outcome: 'out',
      to: 18,
      reason: 'above-target',
    });
  });
});

describe('what is remembered', () => {
  it('is the step that was taken', () => {
    const { memory } = decideOne({ service: { readings: [readings([210])] } });
    expect(memory).toMatchObject({ lastOutMillis: noon, lastInMillis: null, lastSet: 18 });
  });

  it('is no step in a dry run', () => {
    const decided = decideOne({ dryRun: true, service: { readings: [readings([210])] } });
    expect(decided).toMatchObject({ outcome: 'out', to: 18 });
    expect(decided.memory).toMatchObject({ lastOutMillis: null, lastSet: null });
  });

  it('is since when tasks are unplaced, of every service but daemons', () => {
    const short = { desiredCount: 4, runningCount: 2, pendingCount: 1 };
    const snapshot = (atMillis: number) =>
      aSnapshot(
        [
          aService(short),
          aService({ ...short, service: 'other' }),
          aService({ ...short, service: 'agent', isDaemon: true }),
          aService({ ...short, service: 'coming', pendingCount: 2 }),
        ],
        { atMillis },
      );
    const policy = aPolicy([aServicePolicy({ minimum: 0 })]);
    const first = decideServices(snapshot(noon), policy, {}).memory;
    const second = decideServices(snapshot(noon + minute), policy, first).memory;
    const since = Object.entries(second).map(([name, kept]) => [name, kept.unplacedSinceMillis]);
    expect(Object.fromEntries(since)).toEqual({ web: noon, other: noon, agent: null, coming: null });
    const gone = decideServices(aSnapshot([], { atMillis: noon + 2 * minute }), policy, second).memory;
    expect(Object.keys(gone)).toEqual(['web']);
    expect(gone.web?.unplacedSinceMillis).toBeNull();
  });
});

it('says of a service that is not there, and of a daemon, that nothing is decided', () => {
  const policy = aPolicy([aServicePolicy(), aServicePolicy({ service: 'agent' })]);
  const decided = decideServices(aSnapshot([aService({ service: 'agent', isDaemon: true })]), policy, {
    web: aMemory({ lastOutMillis: 5 }),
  });
  expect(decided.actions).toEqual([]);
  expect(decided.decisions).toMatchObject([
    { subject: 'service/web', outcome: 'hold', reason: 'missing-data' },
    { subject: 'service/agent', outcome: 'hold', reason: 'steady' },
  ]);
  expect(decided.memory.web?.lastOutMillis).toBe(5);
});

it('decides about each service of the policy, in its order', () => {
  const policy = aPolicy([aServicePolicy({ service: 'b' }), aServicePolicy({ service: 'a' })]);
  const snapshot = aSnapshot([
    aService({ service: 'a' }),
    aService({ service: 'b', readings: [readings([82])] }),
  ]);
  const { decisions } = decideServices(snapshot, policy, {});
  expect(decisions.map(({ sentence }) => sentence)).toEqual([
    "b: 6 tasks at 82% CPU are 7.03 tasks' worth at a target of 70%: 6 becomes 8.",
    "a: 6 tasks at 70% CPU are 6 tasks' worth at a target of 70%: 6 stay.",
  ]);
});
