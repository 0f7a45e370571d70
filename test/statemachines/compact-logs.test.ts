import { existsSync } from 'node:fs';
import asl from 'asl-validator';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as errors from '../../src/errors.ts';
import * as compactionStates from '../../src/logs/compaction/compaction-states.ts';
import { functionOfResource } from '../../src/platform/local/state-machine-workflow.ts';
import { keysUnder, World } from '../logs/compaction/support/a-world.ts';
import { definition, deployed, failedQuery, runMachine } from '../logs/compaction/support/run-machine.ts';

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly {
    readonly ErrorEquals: readonly string[];
    readonly JitterStrategy: string;
    readonly MaxAttempts: number;
  }[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[] }[];
}

const daily: Readonly<Record<string, State>> = definition.States.CompactDays.ItemProcessor.States;
const all: readonly (readonly [string, State])[] = [
  ...Object.entries<State>(definition.States),
  ...Object.entries(daily),
];
const tasks = all.filter(([, { Type }]) => Type === 'Task');
const carriedOut = tasks.filter(([, { Resource = '' }]) => functionOfResource(Resource) !== undefined);
const kebab = (name: string): string => name.replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
const ownErrors = Object.values(errors).map((Class) => new Class('', []).name as string);
const platformErrors = /^(States\.\w+|Lambda\.\w+|Athena\.\w+|Sandbox\.Timedout|Runtime\.ExitError)$/;

const days = ['2026-11-17', '2026-11-18', '2026-11-19'];

const aWorld = async (): Promise<World> => {
  const world = new World();
  await world.setUp(days);
  for (const day of days) await world.write(day);
  return world;
};

describe('compact-logs state machine', () => {
  beforeEach(() => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
  });
  afterEach(() => vi.restoreAllMocks());

  it('is valid Amazon States Language', () => {
    const { isValid, errorsText } = asl(structuredClone(deployed) as never);
    expect(errorsText('')).toBe('');
    expect(isValid).toBe(true);
  });

  it.each(carriedOut)(
    '%s is carried out by a function and a use case of its name',
    (name, { Resource = '' }) => {
      expect(functionOfResource(Resource)).toBe(name);
      expect(Object.keys(compactionStates)).toContain(name);
      expect(existsSync(`functions/${kebab(name)}.ts`)).toBe(true);
      expect(existsSync(`src/logs/compaction/${kebab(name)}.ts`)).toBe(true);
    },
  );

  it('uses every use case there is', () => {
    expect(carriedOut.map(([name]) => name).sort()).toEqual(Object.keys(compactionStates).sort());
  });

  it.each(tasks)('%s has a timeout, and retries with jitter of errors that exist', (_, state) => {
    expect(state.TimeoutSeconds).toBeGreaterThan(0);
    expect(state.Retry?.length).toBeGreaterThan(0);
    for (const { JitterStrategy } of state.Retry ?? []) expect(JitterStrategy).toBe('FULL');
    const named = [...(state.Retry ?? []), ...(state.Catch ?? [])].flatMap((rule) => rule.ErrorEquals);
    for (const name of named) expect(platformErrors.test(name) || ownErrors.includes(name)).toBe(true);
  });

  it('catches whatever fails a day', () => {
    const uncaught = Object.entries(daily).filter(
      ([, { Type, Catch }]) => Type === 'Task' && Catch?.at(-1)?.ErrorEquals.join() !== 'States.ALL',
    );
    expect(uncaught).toEqual([]);
  });

  it('uses only what the local interpreter carries out as AWS does', () => {
    const text = JSON.stringify(definition);
    for (const feature of [
      'QueryLanguage',
      'Assign',
      'ItemBatcher',
      'HeartbeatSeconds',
      'waitForTaskToken',
      'ItemReader',
      'ToleratedFailure',
      '$$.Map',
    ])
      expect(text).not.toContain(feature);
  });

  it('makes every closed day Parquet, and removes what it was made of in the nights after', async () => {
    const world = await aWorld();
    const { error, entered } = await runMachine(world.ports, (sql) => world.unload(sql));
    expect([error, entered.at(-1)]).toEqual([undefined, 'Compacted']);
    expect((await keysUnder(world, 'compacted/')).length).toBe(days.length);
    expect(await world.query(await world.view())).toEqual(world.written);
    for (let night = 2; night <= 5; night++) {
      world.nowMillis += 24.1 * 3_600_000;
      expect((await runMachine(world.ports, (sql) => world.unload(sql))).error).toBeUndefined();
      expect(await world.query(await world.view())).toEqual(world.written);
    }
    expect(await keysUnder(world, 'logs/')).toEqual([]);
    expect(await keysUnder(world, 'tables/')).toEqual([]);
  });

  it('goes on with the other days when one fails, and fails in the end', async () => {
    const world = await aWorld();
    const { error, entered } = await runMachine(world.ports, async (sql) => {
      if (sql.includes('"day" = 18')) throw failedQuery('GENERIC_INTERNAL_ERROR: no');
      await world.unload(sql);
    });
    expect(error).toContain('ExecutionError');
    expect(entered.at(-1)).toBe('SomeFailed');
    expect(entered.filter((name) => name === 'ReportDay').length).toBe(1);
    expect(vi.mocked(console.error).mock.calls.join()).toContain('2026-11-18');
    expect((await keysUnder(world, 'compacted/')).length).toBe(2);
    expect(await world.query(await world.view())).toEqual(world.written);
  });

  it('salvages an object that can not be read, and tries its day again', async () => {
    const world = await aWorld();
    const broken = await world.write('2026-11-18', 3);
    const got = await world.store.get(broken);
    if (got.kind === 'found') await world.store.put(broken, got.body.slice(0, -9));
    const { error, entered } = await runMachine(world.ports, async (sql) => {
      if (sql.includes('"day" = 18') && (await keysUnder(world, broken)).length > 0)
        throw failedQuery(
          `HIVE_CANNOT_OPEN_SPLIT: Error opening Hive split ${world.store.root}${broken} (offset=0, length=52): Unexpected end of input stream`,
        );
      await world.unload(sql);
    });
    expect(error).toBeUndefined();
    expect(entered.filter((name) => name === 'SalvageDay').length).toBe(1);
    expect(await keysUnder(world, 'unreadable/')).toEqual([`unreadable/${broken}`]);
    expect((await world.query(await world.view())).length).toBe(world.written.length);
  });

  it('tries a day five times at most', async () => {
    const world = await aWorld();
    let unloads = 0;
    const { error } = await runMachine(world.ports, async (sql) => {
      if (!sql.includes('"day" = 18')) return world.unload(sql);
      unloads++;
      throw failedQuery('INTERNAL_ERROR_QUERY_ENGINE', true);
    });
    expect([unloads, error === undefined]).toEqual([5, false]);
  });

  it('fails in the end when something could not be removed, and compacts all the same', async () => {
    const world = await aWorld();
    const { error, entered } = await runMachine(world.ports, (sql) => world.unload(sql), {
      overrides: { RemoveOld: async () => ({ done: true, after: '', failed: 1 }) },
    });
    expect([error === undefined, entered.at(-1)]).toEqual([false, 'SomeFailed']);
    expect((await keysUnder(world, 'compacted/')).length).toBe(days.length);
  });

  it('leaves what is left after a pass to another execution, which goes on there', async () => {
    const world = await aWorld();
    const plans: unknown[] = [];
    const overrides = {
      PlanCompaction: async (input: unknown) => {
        plans.push(input);
        return { days: [], more: plans.length < 2, after: `shop_app 2026-11-1${plans.length}` };
      },
    };
    const first = await runMachine(world.ports, async () => undefined, { overrides });
    expect(first.continued).toEqual([
      { StateMachineArn: 'the machine', Input: { after: 'shop_app 2026-11-11' } },
    ]);
    const second = await runMachine(world.ports, async () => undefined, {
      overrides,
      input: { after: 'shop_app 2026-11-11' },
    });
    expect(second.continued).toEqual([]);
    expect(second.entered).not.toContain('RemoveOld');
    expect(plans).toEqual([{ after: '' }, { after: 'shop_app 2026-11-11' }]);
  });

  it('ends a pass with nothing to do at once', async () => {
    const { entered, error } = await runMachine(new World().ports, async () => undefined);
    expect([error, entered.at(-1)]).toEqual([undefined, 'Compacted']);
  });

  it('stays below the 25,000 events of an execution whatever fails', () => {
    // A task has five or six, and three more for each retry; a choice or a pass has two.
    const eventsOf = ({ Type, Retry = [] }: State): number =>
      Type === 'Task' ? 6 + 3 * Retry.reduce((sum, { MaxAttempts }) => sum + MaxAttempts, 0) : 2;
    const perTry = Object.values(daily).reduce((sum, state) => sum + eventsOf(state), 2);
    const triesOfDay = 5;
    const daysOfPass = 40;
    expect(daysOfPass * triesOfDay * perTry).toBeLessThan(24_000);
  });
});
