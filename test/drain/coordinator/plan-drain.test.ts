import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Drain, drainLimits as limits } from '../../../src/drain/coordinator/drain-state.ts';
import { planDrain } from '../../../src/drain/coordinator/plan-drain.ts';
import { aDrain, aState, aTarget, aTask, noticedAt } from '../support/a-drain.ts';

const at = (seconds: number): number => noticedAt + seconds * 1000;
const dueAt = (seconds: number, ...drains: readonly Drain[]) =>
  planDrain(aState(...drains), at(seconds), limits).due;

describe('the order of a drain', () => {
  it('finds the instance before anything else', () => {
    const due = dueAt(0, aDrain([], { containerInstanceArn: null, at: {} }));
    expect(due.find).toHaveLength(1);
    expect(due.setDraining).toEqual([]);
    expect(due.list).toEqual([]);
  });

  it('sets DRAINING where the instance was seen, beside finding it', () => {
    const due = dueAt(0, aDrain([], { containerInstanceArn: 'instance/1', at: {} }));
    expect(due.find).toHaveLength(1);
    expect(due.setDraining).toHaveLength(1);
    expect(due.list).toEqual([]);
  });

  it('waits a moment with deregistering: news come in crowds', () => {
    const heard = aDrain([aTask({ seenAtMillis: at(0.2) })], { heardAtMillis: at(0.5) });
    expect(dueAt(1, heard).deregister).toEqual([]);
    expect(dueAt(1.1, heard).deregister).toHaveLength(1);
  });

  it('sets DRAINING before it lists tasks', () => {
    const due = dueAt(1, aDrain([], { at: { lookedFor: at(0), found: at(0) } }));
    expect(due.setDraining).toHaveLength(1);
    expect(due.list).toEqual([]);
  });

  it('lists tasks whoever set DRAINING', () => {
    const due = dueAt(1, aDrain([], { at: { lookedFor: at(0), found: at(0), draining: at(0) } }));
    expect(due.setDraining).toEqual([]);
    expect(due.list).toHaveLength(1);
  });

  it('lists again, with tasks that are being stopped, once no new ones can come', () => {
    const begun = { lookedFor: at(0), found: at(0), draining: at(1), firstListed: at(1.5) };
    expect(dueAt(3, aDrain([aTask()], { at: begun })).list).toEqual([]);
    expect(dueAt(4, aDrain([aTask()], { at: begun })).list).toHaveLength(1);
    // Also when the first listing took so long that it shows DRAINING's effect: it left out what is being stopped.
    expect(dueAt(20, aDrain([aTask()], { at: { ...begun, firstListed: at(19) } })).list).toHaveLength(1);
    expect(dueAt(20, aDrain([aTask()], { at: { ...begun, listed: at(19) } })).list).toEqual([]);
  });

  it('goes on when DRAINING is refused', () => {
    const failure = { reason: 'no', sinceMillis: at(1), atMillis: at(1), times: 1 };
    const drain = aDrain([aTask()], {
      at: { found: at(0), lookedFor: at(0) },
      failures: { draining: failure },
    });
    expect(dueAt(1.5, drain).list).toHaveLength(1);
    expect(dueAt(1.5, drain).deregister).toHaveLength(1);
    expect(dueAt(4, drain).setDraining).toHaveLength(1);
  });

  it('stops a batch task at once, beside the deregistration of the others', () => {
    const batch = aTask({ taskArn: 'task/batch', service: null, targets: [] });
    const due = dueAt(5, aDrain([aTask(), batch]));
    expect(due.stop.map((stop) => stop.taskArn)).toEqual(['task/batch']);
    expect(due.deregister).toHaveLength(1);
  });

  it('deregisters the targets of all instances with one call a group, each with its port', () => {
    const two = aDrain(
      [aTask({ taskArn: 'task/2', targets: [aTarget({ id: 'i-2' }), aTarget({ group: 'api', id: 'i-2' })] })],
      {
        instanceId: 'i-2',
      },
    );
    expect(dueAt(5, aDrain([aTask()]), two).deregister).toEqual([
      {
        group: 'web',
        targets: [
          { id: 'i-1', port: 32_768 },
          { id: 'i-2', port: 32_768 },
        ],
      },
      { group: 'api', targets: [{ id: 'i-2', port: 32_768 }] },
    ]);
  });

  it('waits a moment with them for an instance that is being read', () => {
    const reading = aDrain([], {
      instanceId: 'i-2',
      at: {},
      containerInstanceArn: null,
      joinedAtMillis: at(4),
    });
    const seen = aDrain([aTask({ seenAtMillis: at(5) })]);
    expect(dueAt(7, seen, reading).deregister).toEqual([]);
    expect(dueAt(8, seen, reading).deregister).toHaveLength(1);
  });

  it('waits no longer than that for instances that keep coming', () => {
    const reading = aDrain([], {
      instanceId: 'i-2',
      at: {},
      containerInstanceArn: null,
      joinedAtMillis: at(8),
    });
    const seen = aDrain([aTask({ seenAtMillis: at(5) })]);
    expect(dueAt(8, seen, reading).deregister).toEqual([]);
    expect(dueAt(9, seen, reading).deregister).toHaveLength(1);
  });

  it('keeps a task that is verified and has requests in flight until its latest instant', () => {
    const verified = aTarget({ triedAtMillis: at(5), askedAtMillis: at(5), verifiedAtMillis: at(7) });
    const drain = aDrain([aTask({ targets: [verified] })]);
    expect(dueAt(84.4, drain).stop).toEqual([]);
    expect(dueAt(84.5, drain).stop).toHaveLength(1);
  });

  it('stops one with nothing in flight as soon as it has settled', () => {
    const done = aTarget({
      triedAtMillis: at(5),
      askedAtMillis: at(5),
      verifiedAtMillis: at(7),
      doneAtMillis: at(9),
    });
    const drain = aDrain([aTask({ targets: [done] })]);
    expect(dueAt(11.9, drain).stop).toEqual([]);
    expect(dueAt(12, drain).stop).toHaveLength(1);
  });

  it('settles before it stops even when the latest instant is past', () => {
    const verified = aTarget({ triedAtMillis: at(5), askedAtMillis: at(5), verifiedAtMillis: at(7) });
    const drain = aDrain([aTask({ targets: [verified] })], { deadlineMillis: at(0) });
    expect(dueAt(11.9, drain).stop).toEqual([]);
    expect(dueAt(12, drain).stop).toHaveLength(1);
  });

  it('stops a task that no balancer confirms at its latest instant', () => {
    const drain = aDrain([aTask({ targets: [aTarget({ triedAtMillis: at(5) })] })]);
    expect(dueAt(84.9, drain).stop).toEqual([]);
    expect(dueAt(85, drain).stop).toHaveLength(1);
  });

  it('stops DAEMON tasks last', () => {
    const daemon = aTask({ taskArn: 'task/logs', service: 'logs', isDaemon: true, targets: [] });
    const stopped = aTask({ stoppedAtMillis: at(20) });
    expect(dueAt(10, aDrain([aTask({ targets: [] }), daemon])).stop.map((s) => s.taskArn)).toEqual([
      'task/1',
    ]);
    expect(dueAt(21, aDrain([stopped, daemon])).stop.map((s) => s.taskArn)).toEqual(['task/logs']);
  });
});

describe('what is waited for', () => {
  it('lets DAEMON tasks be until a listing has shown those that are stopping', () => {
    const daemon = aTask({ taskArn: 'task/logs', isDaemon: true, targets: [] });
    const { listed: _, ...begun } = aDrain([]).at;
    expect(dueAt(5, aDrain([daemon], { at: begun })).stop).toEqual([]);
    expect(dueAt(5, aDrain([daemon])).stop).toHaveLength(1);
  });

  it('describes tasks that are awaited again a moment after it could not, not at once', () => {
    const task = aTask({ isStopping: true, lookedAtMillis: at(1) });
    const failure = { reason: 'no', sinceMillis: at(8), atMillis: at(8), times: 1 };
    expect(dueAt(9, aDrain([task])).describe).toHaveLength(1);
    const plan = planDrain(aState(aDrain([task], { failures: { describe: failure } })), at(9), limits);
    expect(plan.due.describe).toEqual([]);
    expect(plan.nextAtMillis).toBe(at(8) + limits.retryMillis);
    expect(dueAt(10, aDrain([task], { failures: { describe: failure } })).describe).toHaveLength(1);
  });
});

describe('the end of a drain', () => {
  const ended = (seconds: number, drain: ReturnType<typeof aDrain>) =>
    planDrain(aState(drain), at(seconds), limits).ended.map((each) => each.outcome);

  it('is not there while a task is stopping', () => {
    expect(ended(40, aDrain([aTask({ isStopping: true })]))).toEqual([]);
  });

  it('needs a listing that began after the last task had stopped', () => {
    const drain = aDrain([aTask({ stoppedAtMillis: at(30) })]);
    expect(ended(40, drain)).toEqual([]);
    expect(dueAt(40, drain).list).toHaveLength(1);
    expect(ended(40, { ...drain, at: { ...drain.at, listed: at(31) } })).toEqual(['empty']);
  });

  it('needs a listing that began after DRAINING took effect', () => {
    const drain = aDrain([], {
      at: { lookedFor: at(0), found: at(0), draining: at(1), listed: at(2), firstListed: at(2) },
    });
    expect(ended(3, drain)).toEqual([]);
    expect(dueAt(4, drain).list).toHaveLength(1);
  });

  it('deregisters what is known of an instance that is gone, but no address that another task may have now', () => {
    const tasks = [aTask(), aTask({ taskArn: 'task/2', targets: [aTarget({ id: '10.0.0.7', port: 80 })] })];
    const gone = aDrain(tasks, { at: { lookedFor: at(3), gone: at(3) } });
    expect(dueAt(4, gone).deregister).toEqual([{ group: 'web', targets: [{ id: 'i-1', port: 32_768 }] }]);
    expect(dueAt(200, gone).stop).toEqual([]);
    expect(ended(4, gone)).toEqual([]);
  });

  it('becomes ACTIVE when it is taken back, and registers what was deregistered and still runs', () => {
    const asked = { triedAtMillis: at(5), askedAtMillis: at(5) };
    const stopped = aTask({
      taskArn: 'task/2',
      stopAskedAtMillis: at(6),
      targets: [aTarget({ port: 2, ...asked })],
    });
    const task = aTask({ targets: [aTarget(asked)] });
    const drain = aDrain([task, stopped], { isTakenBack: true });
    const due = dueAt(7, drain);
    expect(due.setActive).toHaveLength(1);
    expect([due.stop, due.deregister, due.register, due.list]).toEqual([[], [], [], []]);
    const active = { ...drain, at: { ...drain.at, active: at(8) } };
    expect(dueAt(10.9, active).list).toEqual([]);
    expect(dueAt(11, active).list).toHaveLength(1);
    const seen = { ...task, lookedAtMillis: at(11.5) };
    const listed = {
      ...active,
      at: { ...active.at, listed: at(11) },
      tasks: { ...active.tasks, [task.taskArn]: seen },
    };
    expect(dueAt(12, listed).register).toEqual([{ group: 'web', targets: [{ id: 'i-1', port: 32_768 }] }]);
  });
});

const anyTarget = fc
  .record({
    group: fc.constantFrom('a', 'b', 'c'),
    port: fc.integer({ min: 1, max: 5 }),
    tried: fc.option(fc.integer({ min: 0, max: 100 })),
    asked: fc.boolean(),
    verified: fc.option(fc.integer({ min: 0, max: 20 })),
    done: fc.boolean(),
  })
  .map(({ group, port, tried, asked, verified, done }) => {
    if (tried === null) return aTarget({ group, port });
    const base = { group, port, triedAtMillis: at(tried) };
    if (!asked) return aTarget(base);
    if (verified === null) return aTarget({ ...base, askedAtMillis: at(tried) });
    const verifiedAtMillis = at(tried + verified);
    const doneAt = done ? { doneAtMillis: verifiedAtMillis } : {};
    return aTarget({ ...base, askedAtMillis: at(tried), verifiedAtMillis, ...doneAt });
  });

const anyTask = fc.record({
  targets: fc.option(fc.array(anyTarget, { maxLength: 3 })),
  isDaemon: fc.boolean(),
  definition: fc.constantFrom('short', 'web:1', 'long', 'unknown'),
  isStopped: fc.boolean(),
});

const anyDrain = fc.record({
  tasks: fc.array(anyTask, { maxLength: 6 }),
  deadline: fc.integer({ min: -100, max: 300 }),
  isReady: fc.boolean(),
  isTakenBack: fc.boolean(),
});

const anyState = fc.array(anyDrain, { maxLength: 5 }).map((drains) => ({
  ...aState(
    ...drains.map(({ tasks, deadline, isReady, isTakenBack }, n) =>
      aDrain(
        tasks.map(({ isStopped, ...task }, k) =>
          aTask({ ...task, taskArn: `task/${n}/${k}`, ...(isStopped ? { stoppedAtMillis: at(3) } : {}) }),
        ),
        {
          instanceId: `i-${n}`,
          deadlineMillis: at(deadline),
          isTakenBack,
          ...(isReady ? {} : { at: { found: at(0), lookedFor: at(0) } }),
        },
      ),
    ),
  ),
  definitions: {
    short: { stopTimeoutSeconds: 2 },
    'web:1': { stopTimeoutSeconds: null },
    long: { stopTimeoutSeconds: 120 },
  },
}));

describe('whatever the state', () => {
  it('stops nothing before it has settled, unless its latest instant is past and it was tried for long', () => {
    fc.assert(
      fc.property(anyState, fc.integer({ min: 0, max: 400 }), (state, seconds) => {
        for (const { drainId, taskArn, latestMillis } of planDrain(state, at(seconds), limits).due.stop) {
          const drain = state.drains[drainId];
          const targets = drain?.tasks[taskArn]?.targets ?? [];
          expect(drain?.isTakenBack).toBe(false);
          expect(drain?.at.draining).toBeDefined();
          const isSettled = targets.every(
            (t) => (t.verifiedAtMillis ?? Infinity) + limits.settleMillis <= at(seconds),
          );
          const isGivenUp = at(seconds) >= latestMillis;
          expect(isSettled || isGivenUp).toBe(true);
          if (!isSettled)
            expect(
              targets.every((t) => (t.triedAtMillis ?? Infinity) + limits.giveUpMillis <= at(seconds)),
            ).toBe(true);
        }
      }),
    );
  });

  it('makes one call a group, names a target once, and none of a drain that was taken back', () => {
    fc.assert(
      fc.property(anyState, fc.integer({ min: 0, max: 400 }), (state, seconds) => {
        const { deregister } = planDrain(state, at(seconds), limits).due;
        expect(new Set(deregister.map((call) => call.group)).size).toBe(deregister.length);
        for (const { targets } of deregister)
          expect(new Set(targets.map((t) => `${t.id} ${t.port}`)).size).toBe(targets.length);
      }),
    );
  });

  it('always says when to look again, as long as a drain has not ended', () => {
    fc.assert(
      fc.property(anyState, fc.integer({ min: 0, max: 400 }), (state, seconds) => {
        const plan = planDrain(state, at(seconds), limits);
        const isLeft = Object.keys(state.drains).length > plan.ended.length;
        if (isLeft) expect(plan.nextAtMillis).toBeGreaterThan(at(seconds));
      }),
    );
  });
});

/** Whether any order of calls of equal length keeps all latest instants, by trying all of them. */
const canKeep = (latest: readonly number[], now: number, gap: number): boolean =>
  latest.length === 0 ||
  latest.some(
    (instant, n) =>
      instant >= now && canKeep([...latest.slice(0, n), ...latest.slice(n + 1)], now + gap, gap),
  );

describe('spread stops', () => {
  const slow = { ...limits, stopsPerSecond: 1, stopLeadMillis: 0 };
  const states = fc.array(fc.integer({ min: 40, max: 60 }), { minLength: 1, maxLength: 6 }).map((deadlines) =>
    aState(
      ...deadlines.map((deadline, n) =>
        aDrain(
          [
            aTask({
              taskArn: `task/${n}`,
              targets: [
                aTarget({ triedAtMillis: at(-20), askedAtMillis: at(-20), verifiedAtMillis: at(-20) }),
              ],
            }),
          ],
          { instanceId: `i-${n}`, deadlineMillis: at(deadline) },
        ),
      ),
    ),
  );

  it('fit before their latest instants whenever any order of them does', () => {
    fc.assert(
      fc.property(states, fc.integer({ min: 0, max: 25 }), (state, seconds) => {
        const now = at(seconds);
        const { timetable } = planDrain(state, now, slow);
        const isKept = timetable.every((stop) => stop.slotMillis >= now);
        expect(isKept).toBe(
          canKeep(
            timetable.map((stop) => stop.latestMillis),
            now,
            1000,
          ),
        );
        for (const [n, stop] of timetable.entries()) {
          expect(stop.slotMillis).toBeLessThanOrEqual(stop.latestMillis);
          const before = timetable[n - 1];
          if (before !== undefined) expect(stop.slotMillis - before.slotMillis).toBeGreaterThanOrEqual(1000);
        }
      }),
    );
  });

  it('are as late as that allows: the last one is at its latest instant', () => {
    fc.assert(
      fc.property(states, (state) => {
        const { timetable } = planDrain(state, at(0), slow);
        const last = timetable.at(-1);
        expect(last?.slotMillis).toBe(last?.latestMillis);
      }),
    );
  });
});
