import { existsSync } from 'node:fs';
import asl from 'asl-validator';
import { describe, expect, it } from 'vitest';
import { drainInstance } from '../../src/drain/unhurried/drain-instance.ts';
import type { UnhurriedInput } from '../../src/drain/unhurried/unhurried-ports.ts';
import * as errors from '../../src/errors.ts';
import { functionOfResource } from '../../src/platform/local/state-machine-workflow.ts';
import {
  anUnhurriedDrain,
  hours,
  minutes,
  type UnhurriedWorld,
} from '../drain/unhurried/support/an-unhurried-drain.ts';
import { drainMachine, runMachine, statesByName } from '../drain/unhurried/support/run-machine.ts';

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Parameters?: Readonly<Record<string, string>>;
  readonly ResultPath?: string;
  readonly SecondsPath?: string;
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly {
    readonly ErrorEquals: readonly string[];
    readonly MaxAttempts: number;
    readonly MaxDelaySeconds: number;
    readonly JitterStrategy: string;
  }[];
  readonly Catch?: readonly {
    readonly ErrorEquals: readonly string[];
    readonly Next: string;
    readonly ResultPath: string;
  }[];
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string }[];
}

const states = Object.entries(drainMachine.States as Readonly<Record<string, State>>);
const tasks = states.filter(([, state]) => state.Type === 'Task');

const kebab = (name: string): string => name.replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();

/** Errors that Step Functions and Lambda raise by themselves. */
const platformErrors = /^(States\.(ALL|Timeout)|Lambda\.\w+|Sandbox\.Timedout|Runtime\.ExitError)$/;
const ownErrors = Object.values(errors).map((Class) => new Class('').name as string);

describe('drain-instance state machine', () => {
  it('is valid Amazon States Language', () => {
    const { isValid, errorsText } = asl(structuredClone(drainMachine) as never);
    expect(errorsText('')).toBe('');
    expect(isValid).toBe(true);
  });

  it.each(tasks)('%s is carried out by a function and a use case of its name', (name, { Resource }) => {
    expect(functionOfResource(Resource ?? '')).toBe(name);
    expect(statesByName.has(name)).toBe(true);
    expect(existsSync(`functions/${kebab(name)}.ts`)).toBe(true);
    expect(existsSync(`src/drain/unhurried/${kebab(name)}.ts`)).toBe(true);
  });

  it('uses every use case there is', () => {
    expect([...statesByName.keys()].sort()).toEqual(tasks.map(([name]) => name).sort());
  });

  it.each(tasks)('%s has a timeout, bounded retries with jitter, and a catch', (_, state) => {
    expect(state.TimeoutSeconds).toBeGreaterThan(0);
    for (const retry of state.Retry ?? []) {
      expect(retry.JitterStrategy).toBe('FULL');
      expect(retry.MaxAttempts).toBeLessThanOrEqual(20);
      expect(retry.MaxDelaySeconds).toBeLessThanOrEqual(600);
    }
    expect(state.Retry?.length).toBeGreaterThan(0);
    expect(state.Catch?.at(-1)?.ErrorEquals).toEqual(['States.ALL']);
  });

  it.each(tasks)('%s names only errors that exist', (_, state) => {
    const named = [...(state.Retry ?? []), ...(state.Catch ?? [])].flatMap((rule) => rule.ErrorEquals);
    for (const name of named) if (!platformErrors.test(name)) expect(ownErrors).toContain(name);
  });

  it.each(tasks)('%s leaves the name of its drain alone', (_, state) => {
    expect(state.Parameters).toMatchObject({ 'cluster.$': '$.cluster', 'drainId.$': '$.drainId' });
    for (const path of [state.ResultPath, ...(state.Catch ?? []).map((rule) => rule.ResultPath)])
      expect(path).toMatch(/^\$\.\w+$/);
  });

  it('leads through FinishDrain or AbandonDrain on every way out', () => {
    const next = ({ Next, Default, Choices, Catch }: State): readonly string[] =>
      [Next, Default, ...(Choices ?? []).map((c) => c.Next), ...(Catch ?? []).map((c) => c.Next)].filter(
        (name) => name !== undefined,
      );
    const reached = new Set<string>();
    const walk = (name: string): void => {
      if (reached.has(name) || name === 'FinishDrain' || name === 'AbandonDrain') return;
      reached.add(name);
      for (const follower of next(drainMachine.States[name] as State)) walk(follower);
    };
    walk(drainMachine.StartAt);
    expect([...reached].sort()).toEqual(['BeginDrain', 'IsDrainOver', 'LookAtDrain', 'WaitForTasks']);
  });

  it('uses only what the local interpreter carries out as AWS does', () => {
    const text = JSON.stringify(drainMachine);
    for (const feature of [
      'QueryLanguage',
      'Assign',
      'ItemBatcher',
      'HeartbeatSeconds',
      'waitForTaskToken',
      'Arguments',
    ])
      expect(text).not.toContain(`"${feature}`);
    expect(drainMachine.States.WaitForTasks).toMatchObject({ SecondsPath: '$.look.waitSeconds' });
  });
});

/** A drain whose state machine somebody else carries out. */
const aWorld = async (
  begin: (world: UnhurriedWorld) => Promise<void>,
): Promise<readonly [UnhurriedWorld, UnhurriedInput]> => {
  const asked: UnhurriedInput[] = [];
  const world = anUnhurriedDrain(undefined, {
    drainInstance: async (_, input) => {
      asked.push(input);
    },
  });
  await begin(world);
  const [input] = asked;
  if (input === undefined) throw new RangeError('nobody was asked to drain it');
  return [world, input];
};

const terminate =
  (timeoutSeconds: number, batchEndsAfter: number | null) =>
  async (world: UnhurriedWorld): Promise<void> => {
    if (batchEndsAfter !== null)
      world.at(batchEndsAfter, () => {
        for (const task of world.tasks.batch) world.platform.world.life.end(task, 'itself');
      });
    const { event } = world.platform.pool.terminate(world.instanceId, timeoutSeconds);
    await world.play(() => world.hear([event]));
  };

class StoreDown extends Error {
  override readonly name = 'StoreUnavailable';
}

describe('a drain that the state machine carries out', () => {
  it('is the same as one that this process carries out', async () => {
    const [onMachine, input] = await aWorld(terminate(3600, minutes(20)));
    const { status, entered } = await runMachine(onMachine, input);
    const [inProcess] = await aWorld(terminate(3600, minutes(20)));
    await inProcess.play(() => drainInstance(inProcess.ports, input));
    expect(status).toBe('succeeded');
    expect(entered.slice(0, 5)).toEqual([
      'BeginDrain',
      'IsDrainOver',
      'WaitForTasks',
      'LookAtDrain',
      'IsDrainOver',
    ]);
    expect(entered.slice(-2)).toEqual(['FinishDrain', 'DrainEnded']);
    expect(await onMachine.records()).toEqual(await inProcess.records());
    expect(onMachine.platform.journal).toEqual(inProcess.platform.journal);
    expect(onMachine.platform.instances()[0]?.status).toBe('INACTIVE');
  });

  it('waits for a hook as long as any hook waits, with events to spare', async () => {
    const [world, input] = await aWorld(terminate(3600, null));
    const { status, entered } = await runMachine(world, input);
    await world.play(() => world.finished());
    expect(status).toBe('succeeded');
    const stopped = (world.tasks.batch[0]?.stopAskedAtMillis ?? 0) - world.startMillis;
    expect(stopped).toBeGreaterThanOrEqual(hours(48) - minutes(5));
    expect((await world.records())[0]).toMatchObject({ outcome: 'empty', missed: [] });
    const looks = entered.filter((name) => name === 'LookAtDrain').length;
    expect(looks).toBeGreaterThan(700);
    expect(looks * 27).toBeLessThan(25_000);
  });

  it('gets over an outage of the object store', async () => {
    const [world, input] = await aWorld(terminate(3600, minutes(10)));
    const { status, retries } = await runMachine(world, input, (state, times) =>
      state === 'LookAtDrain' && times >= 3 && times < 8 ? new StoreDown('down') : undefined,
    );
    expect([status, retries]).toEqual(['succeeded', 5]);
    expect((await world.records())[0]).toMatchObject({ outcome: 'empty', missed: [] });
  });

  it('is handed to the coordinator when it can’t be carried out and the instance goes all the same', async () => {
    const [world, input] = await aWorld(terminate(3600, null));
    const { status, entered } = await runMachine(world, input, (state, times) =>
      state === 'LookAtDrain' && times > 5 ? new TypeError('a bug') : undefined,
    );
    await world.play(() => world.finished());
    expect(status).toBe('failed');
    expect(entered.slice(-2)).toEqual(['AbandonDrain', 'DrainAbandoned']);
    expect((await world.records())[0]).toMatchObject({ outcome: 'empty', missed: [] });
    expect(world.platform.instances()[0]?.status).toBe('INACTIVE');
    expect(await world.keys('state/unhurried/')).toEqual([]);
  });

  it('is given up, with the reason, when the instance stays', async () => {
    const [world, input] = await aWorld((begun) => begun.news({ cause: 'rebalance' }));
    const { status } = await runMachine(world, input, (state) =>
      state === 'BeginDrain' ? new TypeError('a bug') : undefined,
    );
    expect(status).toBe('failed');
    const [record] = await world.records();
    expect(record?.outcome).toBe('abandoned');
    expect(record?.missed.join()).toContain('TypeError');
    expect(world.told.map(({ type }) => type)).toEqual(['drain.ended', 'drain.missed']);
    expect((await world.entry())?.endedAtMillis).toBeGreaterThan(0);
    expect(world.platform.tasks().filter(({ endedBy }) => endedBy === 'stop-task')).toEqual([]);
  });

  it('is let go though telling Auto Scaling failed for a while', async () => {
    const [world, input] = await aWorld(terminate(3600, minutes(2)));
    const { status } = await runMachine(world, input, (state, times) =>
      state === 'FinishDrain' && times < 4 ? new errors.CapacityUnavailableError('down') : undefined,
    );
    expect(status).toBe('succeeded');
    expect(world.platform.instances()[0]?.status).toBe('INACTIVE');
  });

  it('ends at once when nothing is known of such a drain', async () => {
    const [world] = await aWorld(terminate(3600, null));
    const { status, entered } = await runMachine(world, { cluster: world.cluster, drainId: 'i-1-none' });
    expect([status, entered]).toEqual([
      'succeeded',
      ['BeginDrain', 'IsDrainOver', 'FinishDrain', 'DrainEnded'],
    ]);
  });
});
