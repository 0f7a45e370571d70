import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Drain, DrainTarget, DrainTask } from '../../../src/drain/coordinator/drain-state.ts';
import { drainLimits } from '../../../src/drain/coordinator/drain-state.ts';
import { decideLook, handOverMillis } from '../../../src/drain/unhurried/decide-look.ts';
import type { UnhurriedProgress } from '../../../src/drain/unhurried/unhurried-progress.ts';
import { aDrain, aState, aTarget, aTask, noticedAt } from '../support/a-drain.ts';
import { hours, minutes } from './support/an-unhurried-drain.ts';

const later = noticedAt + minutes(30);

const progressOf = (
  tasks: readonly DrainTask[],
  drain: Partial<Drain> = {},
  overrides: Partial<UnhurriedProgress> = {},
): UnhurriedProgress => {
  const made = aDrain(tasks, { deadlineMillis: noticedAt + hours(48), ...drain });
  return {
    cluster: 'shop',
    drainId: made.drainId,
    state: aState(made),
    hasDeadline: true,
    hooks: {},
    protectedUntil: {},
    outcome: null,
    ...overrides,
  };
};

const own = (target: Partial<DrainTarget> = {}, task: Partial<DrainTask> = {}): DrainTask =>
  aTask({ taskArn: 'task/own', service: null, targets: [aTarget(target)], ...task });

const silent = {
  triedAtMillis: noticedAt,
  askedAtMillis: noticedAt,
  verifiedAtMillis: noticedAt + 1_000,
  doneAtMillis: noticedAt + 30_000,
};

const decide = (progress: UnhurriedProgress, now = later) => decideLook(progress, now, drainLimits);

const stops = (progress: UnhurriedProgress, now = later): readonly string[] =>
  decide(progress, now).due.stop.map(({ taskArn }) => taskArn);

describe('a look at a drain without hurry', () => {
  it('leaves tasks of services to ECS: neither their targets nor they are touched', () => {
    const { due } = decide(progressOf([aTask()]));
    expect([...due.deregister, ...due.pollHealth, ...due.stop]).toEqual([]);
  });

  it('leaves tasks behind no balancer to finish', () => {
    expect(stops(progressOf([aTask({ service: null, targets: [] })]))).toEqual([]);
  });

  it('leads requests away from tagged tasks, asks until they are silent, then stops them', () => {
    const { deregister } = decide(progressOf([own()])).due;
    expect(deregister).toEqual([{ group: 'web', targets: [{ id: 'i-1', port: 32_768 }] }]);
    const asked = own({ triedAtMillis: noticedAt, askedAtMillis: noticedAt });
    expect(decide(progressOf([asked])).due.pollHealth).toEqual(['web']);
    expect(stops(progressOf([asked]))).toEqual([]);
    expect(stops(progressOf([own(silent)]))).toEqual(['task/own']);
  });

  it('does not stop a task while one of its balancers has requests in flight', () => {
    const { doneAtMillis: _, ...inFlight } = silent;
    const targets = [aTarget(silent), aTarget({ ...inFlight, group: 'other' })];
    expect(stops(progressOf([own({}, { targets })]))).toEqual([]);
  });

  it('lets silence settle first', () => {
    const verifiedAtMillis = later - drainLimits.settleMillis + 1;
    const progress = progressOf([own({ ...silent, verifiedAtMillis, doneAtMillis: verifiedAtMillis })]);
    expect(stops(progress)).toEqual([]);
    expect(stops(progress, later + 1)).toEqual(['task/own']);
  });

  it('waits for a tagged task whose port nobody knows yet', () => {
    expect(stops(progressOf([own({}, { targets: null })]))).toEqual([]);
  });

  it('does not stop what is stopping', () => {
    expect(stops(progressOf([own(silent, { isStopping: true })]))).toEqual([]);
    expect(stops(progressOf([own(silent, { stopAskedAtMillis: noticedAt })]))).toEqual([]);
  });

  it('stops DAEMON tasks when they are alone', () => {
    const daemon = aTask({ taskArn: 'task/daemon', isDaemon: true, targets: [] });
    const batch = aTask({ taskArn: 'task/batch', service: null, targets: [] });
    expect(stops(progressOf([daemon, batch]))).toEqual([]);
    expect(stops(progressOf([daemon, { ...batch, stoppedAtMillis: noticedAt }]))).toEqual(['task/daemon']);
  });

  it('sets DRAINING until it is set', () => {
    const progress = progressOf([], { at: { found: noticedAt } });
    expect(decide(progress).due.setDraining).toHaveLength(1);
    expect(decide(progressOf([aTask()])).due.setDraining).toEqual([]);
  });
});

describe('the end of a drain without hurry', () => {
  const stopped = aTask({ stoppedAtMillis: noticedAt + 3_000 });

  it('is a listing with nothing left, after DRAINING and after the last stop', () => {
    expect(decide(progressOf([stopped])).end).toEqual({ kind: 'ended', outcome: 'empty' });
    expect(decide(progressOf([aTask({ stoppedAtMillis: noticedAt + 4_001 })])).end).toBeNull();
    const early = { at: { found: noticedAt, draining: noticedAt + 2_000, listed: noticedAt + 4_000 } };
    expect(decide(progressOf([stopped], early)).end).toBeNull();
  });

  it('is not that somebody had set DRAINING already', () => {
    expect(decide(progressOf([aTask()])).end).toBeNull();
  });

  it('is the coordinator’s from five minutes before the deadline on', () => {
    const deadlineMillis = later + handOverMillis;
    expect(decide(progressOf([aTask()], { deadlineMillis })).end).toEqual({
      kind: 'hurried',
      deadlineMillis,
    });
    expect(decide(progressOf([aTask()], { deadlineMillis: deadlineMillis + 1 })).end).toBeNull();
  });

  it('is the coordinator’s when no hook waits any more', () => {
    const gone = { heartbeatSeconds: 60, endsAtMillis: noticedAt + hours(1), isGone: true };
    const waits = { ...gone, isGone: false };
    const with2 = (second: typeof gone) => progressOf([aTask()], {}, { hooks: { one: gone, two: second } });
    expect(decide(with2(waits)).end).toBeNull();
    expect(decide(with2(gone)).end).toEqual({ kind: 'hurried', deadlineMillis: later + 120_000 });
  });

  it('is to give up when nobody said when the instance goes, and two days are over', () => {
    const progress = progressOf([aTask()], {}, { hasDeadline: false });
    expect(decide(progress, noticedAt + hours(48) - 1).end).toBeNull();
    expect(decide(progress, noticedAt + hours(48)).end).toEqual({ kind: 'ended', outcome: 'abandoned' });
  });

  it('is that the instance is gone, once what was on it is deregistered', () => {
    const gone = { at: { found: noticedAt, draining: noticedAt, gone: noticedAt + 9_000 } };
    expect(decide(progressOf([own()], gone)).end).toBeNull();
    expect(decide(progressOf([own()], gone)).due.deregister).toHaveLength(1);
    const asked = own({ triedAtMillis: noticedAt, askedAtMillis: noticedAt });
    expect(decide(progressOf([asked], gone)).end).toEqual({ kind: 'ended', outcome: 'gone' });
  });
});

describe('a drain that is taken back', () => {
  const asked = own({ triedAtMillis: noticedAt, askedAtMillis: noticedAt });

  it('becomes ACTIVE, and what still runs is registered again', () => {
    const { due, end } = decide(progressOf([asked], { isTakenBack: true }));
    expect(end).toBeNull();
    expect(due.setActive).toHaveLength(1);
    expect(due.register).toEqual([{ group: 'web', targets: [{ id: 'i-1', port: 32_768 }] }]);
    expect([...due.deregister, ...due.stop, ...due.setDraining]).toEqual([]);
  });

  it('has ended when both are done', () => {
    const restored = own({ ...silent, restoredAtMillis: later });
    const at = { found: noticedAt, draining: noticedAt, active: later };
    expect(decide(progressOf([restored], { isTakenBack: true, at })).end).toEqual({
      kind: 'ended',
      outcome: 'taken-back',
    });
    expect(decide(progressOf([asked], { isTakenBack: true, at })).end).toBeNull();
  });
});

const anInstant = fc.option(fc.integer({ min: 0, max: 60 }).map((n) => noticedAt + n * 30_000));

const optional = <Name extends string>(name: Name, value: number | null) =>
  value === null ? {} : ({ [name]: value } as Record<Name, number>);

const someTarget = fc
  .record({ group: fc.constantFrom('a', 'b'), asked: anInstant, verified: anInstant, done: anInstant })
  .map(({ group, asked, verified, done }) =>
    aTarget({
      group,
      ...optional('triedAtMillis', asked),
      ...optional('askedAtMillis', asked),
      ...optional('verifiedAtMillis', asked === null ? null : verified),
      ...optional('doneAtMillis', asked === null || verified === null ? null : done),
    }),
  );

const someTask = fc
  .record({
    service: fc.constantFrom(null, 'web'),
    isDaemon: fc.boolean(),
    targets: fc.option(fc.array(someTarget, { maxLength: 2 })),
    isStopping: fc.boolean(),
    stopped: anInstant,
  })
  .map(({ service, isDaemon, targets, isStopping, stopped }) => ({
    service,
    isDaemon: isDaemon && service !== null,
    targets,
    isStopping,
    ...optional('stoppedAtMillis', stopped),
  }));

describe('whatever a drain is like', () => {
  it('no task of a service that ECS replaces is stopped, and nothing that a balancer may send requests to', () => {
    fc.assert(
      fc.property(
        fc.array(someTask, { maxLength: 6 }),
        fc.record({
          isTakenBack: fc.boolean(),
          deadline: fc.integer({ min: 0, max: 100 }).map((n) => noticedAt + minutes(n)),
          hasDeadline: fc.boolean(),
          isGone: fc.boolean(),
        }),
        (parts, { isTakenBack, deadline, hasDeadline, isGone }) => {
          const tasks = parts.map((part, n) => aTask({ ...part, taskArn: `task/${n}` }));
          const at = {
            found: noticedAt,
            draining: noticedAt,
            listed: noticedAt + 5_000,
            ...(isGone ? { gone: later } : {}),
          };
          const progress = progressOf(tasks, { isTakenBack, deadlineMillis: deadline, at }, { hasDeadline });
          const { due, end } = decide(progress);
          const byArn = new Map(tasks.map((task) => [task.taskArn, task]));
          for (const { taskArn } of due.stop) {
            const task = byArn.get(taskArn);
            expect(isTakenBack || isGone).toBe(false);
            expect(
              task?.service === null || task?.isDaemon || task?.targets?.some((t) => t.triedAtMillis),
            ).toBeTruthy();
            expect(task?.stoppedAtMillis).toBeUndefined();
            for (const target of task?.targets ?? [aTarget()]) {
              expect(target.doneAtMillis).toBeDefined();
              expect(later - (target.verifiedAtMillis ?? later)).toBeGreaterThanOrEqual(
                drainLimits.settleMillis,
              );
            }
          }
          if (isTakenBack) expect(due.deregister).toEqual([]);
          else expect(due.register).toEqual([]);
          if (end !== null) expect(Object.values(due).flat()).toEqual([]);
          if (end?.kind === 'hurried') expect(isTakenBack).toBe(false);
          if (!hasDeadline) expect(end?.kind).not.toBe('hurried');
        },
      ),
      { numRuns: 500 },
    );
  });
});
