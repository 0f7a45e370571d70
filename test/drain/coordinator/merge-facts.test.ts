import { describe, expect, it } from 'vitest';
import {
  type DrainTarget,
  type DrainTask,
  drainLimits as limits,
} from '../../../src/drain/coordinator/drain-state.ts';
import { mergeHealth } from '../../../src/drain/coordinator/merge-balancer-facts.ts';
import { mergeFound } from '../../../src/drain/coordinator/merge-facts.ts';
import { planDrain } from '../../../src/drain/coordinator/plan-drain.ts';
import type { TargetHealth } from '../../../src/platform/ports/balancer.ts';
import type { ContainerInstance } from '../../../src/platform/ports/container-cluster.ts';
import { aDrain, aState, aTarget, aTask, noticedAt } from '../support/a-drain.ts';

const at = (seconds: number): number => noticedAt + seconds * 1000;

describe('what a balancer says of a target that was deregistered', () => {
  const asked = { triedAtMillis: at(5), askedAtMillis: at(5) };
  const own = { id: 'i-1', port: 32_768 };
  const polled = (
    polls: readonly (readonly [seconds: number, state: TargetHealth['state'] | null])[],
    overrides: Partial<DrainTask> = {},
    target: Partial<DrainTarget> = {},
  ) => {
    let state = aState(aDrain([aTask({ targets: [aTarget({ ...asked, ...target })], ...overrides })]));
    for (const [seconds, health] of polls) {
      const { id, port } = { ...own, ...target };
      const healths = health === null ? [] : [{ id, port, state: health }];
      state = mergeHealth(state, 'web', healths, at(seconds), limits);
    }
    const seen = state.drains['i-1-a']?.tasks['task/1']?.targets?.[0];
    const last = at((polls.at(-1)?.[0] ?? 0) + 1);
    return { seen, due: planDrain(state, last, limits).due };
  };

  it('is confirmed and done when it is listed no more, and has not been for as long as settling takes', () => {
    expect(polled([[6, null]]).seen).toEqual(aTarget({ ...asked, unlistedAtMillis: at(6) }));
    const stayedAway = polled([
      [6, null],
      [11, null],
    ]);
    expect(stayedAway.seen).toEqual(aTarget({ ...asked, verifiedAtMillis: at(6), doneAtMillis: at(11) }));
    expect(stayedAway.due.stop).toHaveLength(1);
    expect(
      polled([
        [6, 'draining'],
        [26, null],
      ]).seen?.doneAtMillis,
    ).toBe(at(26));
  });

  it('keeps its task from being stopped until a look after the settling has not found it either', () => {
    const rushed = aDrain([aTask({ targets: [aTarget(asked)] })], { deadlineMillis: at(20) });
    const once = mergeHealth(aState(rushed), 'web', [], at(6), limits);
    expect(planDrain(once, at(11.5), limits).due).toMatchObject({ stop: [], pollHealth: ['web'] });
    const twice = mergeHealth(once, 'web', [], at(11.5), limits);
    expect(planDrain(twice, at(11.6), limits).due.stop).toHaveLength(1);
  });

  it('is deregistered again when its task had only just begun, and was registered after that', () => {
    const { seen, due } = polled([
      [6, null],
      [8, 'initial'],
    ]);
    expect(seen).toEqual(aTarget({ triedAtMillis: at(5) }));
    expect(due.deregister).toEqual([{ group: 'web', targets: [own] }]);
    expect(due.stop).toEqual([]);
  });

  it('is not deregistered again when its task ends, and another one may have its address', () => {
    const polls = [
      [6, 'draining'],
      [20, 'healthy'],
    ] as const;
    const address = { id: '10.0.0.7', port: 80 };
    expect(polled(polls, {}, address).due.deregister).toHaveLength(1);
    for (const ending of [{ stopAskedAtMillis: at(12) }, { isStopping: true }])
      expect(polled(polls, ending, address).due.deregister).toEqual([]);
  });
});

describe('the container instance of an instance', () => {
  const anInstance = (overrides: Partial<ContainerInstance>): ContainerInstance => ({
    containerInstanceArn: 'instance/old',
    instanceId: 'i-1',
    status: 'ACTIVE',
    isAgentConnected: false,
    runningTasks: 0,
    pendingTasks: 0,
    capacityProviderName: null,
    version: 40,
    registeredAtMillis: 1_800_000_000_000,
    instanceType: 'm6i.large',
    registered: { cpu: 2048, memoryMib: 7_680, gpus: 0, tcpPorts: [], udpPorts: [] },
    remaining: { cpu: 2048, memoryMib: 7_680, gpus: 0, tcpPorts: [], udpPorts: [] },
    attributes: {},
    taskEnis: 0,
    ...overrides,
  });
  const foundOf = (...instances: readonly ContainerInstance[]) => {
    const state = aState(aDrain([], { containerInstanceArn: null, at: {} }));
    return mergeFound(state, ['i-1-a'], instances, at(1), limits).drains['i-1-a']?.containerInstanceArn;
  };

  it('is the one whose agent is connected, when the agent was registered anew', () => {
    const fresh = anInstance({ containerInstanceArn: 'instance/new', isAgentConnected: true, version: 3 });
    expect(foundOf(anInstance({}), fresh)).toBe('instance/new');
    expect(foundOf(fresh, anInstance({}))).toBe('instance/new');
  });

  it('is begun anew when it is another one than whoever heard of it saw', () => {
    const begun = { draining: at(0), firstListed: at(0.5) };
    const state = aState(aDrain([], { containerInstanceArn: 'instance/old', at: begun }));
    const fold = (...instances: readonly ContainerInstance[]) =>
      mergeFound(state, ['i-1-a'], instances, at(1), limits).drains['i-1-a']?.at;
    expect(fold(anInstance({ containerInstanceArn: 'instance/new' }))).toEqual({
      lookedFor: at(1),
      found: at(1),
    });
    expect(fold(anInstance({}))).toEqual({ ...begun, lookedFor: at(1), found: at(1) });
    // What was only heard of isn't gone because a listing is a moment old.
    expect(fold()).toEqual({ ...begun, lookedFor: at(1) });
  });

  it('is the newer one, when neither is', () => {
    const older = anInstance({ containerInstanceArn: 'instance/older', version: 39 });
    expect(foundOf(older, anInstance({}))).toBe('instance/old');
  });
});
