import { existsSync, readFileSync } from 'node:fs';
import asl from 'asl-validator';
import { StateMachine } from 'aws-local-stepfunctions';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as errors from '../../src/errors.ts';
import { parseUpdateInput } from '../../src/logs/catalog/parse-update-input.ts';
import { type UpdateResult, updatePartitions } from '../../src/logs/catalog/update-partitions.ts';
import { emptyReport } from '../../src/logs/catalog/update-report.ts';
import { functionOfResource } from '../../src/platform/local/state-machine-workflow.ts';
import { Account } from '../logs/catalog/support/an-account.ts';

type Definition = ConstructorParameters<typeof StateMachine>[0];

const definition = parse(readFileSync('statemachines/update-partitions.asl.yml', 'utf8'));
const ownErrors = Object.values(errors).map((Class) => new Class('', []).name as string);

/** The machine as it is deployed, its task played by `update`. */
const execute = async (
  update: (input: unknown, times: number) => Promise<UpdateResult>,
  request: object = {},
) => {
  const calls: unknown[] = [];
  const machine = JSON.parse(
    JSON.stringify(definition).replace(
      '${UpdatePartitionsFunctionArn}',
      'arn:aws:lambda:us-east-1:000000000000:function:UpdatePartitions',
    ),
  ) as Definition;
  const handler = async (input: unknown): Promise<UpdateResult> => {
    calls.push(input);
    return update(input, calls.length);
  };
  const execution = new StateMachine(machine).run(request as never, {
    overrides: {
      taskResourceLocalHandlers: { UpdatePartitions: handler as never },
      retryIntervalOverrides: { UpdatePartitions: 0 },
    },
  });
  const entered: string[] = [];
  const logged = (async () => {
    for await (const event of execution.eventLogs)
      if (event.type === 'StateEntered') entered.push(event.state.name);
  })();
  const error = await execution.result.then(
    () => undefined,
    (failure: Error) => failure.name,
  );
  await logged;
  return { calls, last: entered.at(-1), error };
};

const done: UpdateResult = { isDone: true, report: emptyReport };
const failing = (name: string) => Object.assign(new Error('no answer'), { name });

describe('update-partitions state machine', () => {
  it('is valid Amazon States Language', () => {
    const { isValid, errorsText } = asl(structuredClone(definition) as never);
    expect(errorsText('')).toBe('');
    expect(isValid).toBe(true);
  });

  it('brings the catalog up to date in as many steps as it takes', async () => {
    const account = new Account();
    for (let n = 0; n < 30; n++) await account.write(`family/c${n}`, '2026-11-21');
    const create = account.catalog.create.bind(account.catalog);
    account.catalog.create = (entry) => {
      account.nowMillis += 100;
      return create(entry);
    };
    const { calls, last, error } = await execute((input) =>
      updatePartitions(account.ports, parseUpdateInput(input), 1500),
    );
    expect([last, error, calls.length > 2]).toEqual(['CatalogUpdated', undefined, true]);
    expect([...account.catalog.registered.keys()].filter((name) => name.startsWith('family'))).toHaveLength(
      30,
    );
    expect(parseUpdateInput(calls.at(-1)).report).toMatchObject({ problems: [] });
  });

  it('passes on what it was started with', async () => {
    const { calls } = await execute(async () => done, { isThorough: true });
    expect(calls.map((input) => parseUpdateInput(input).isThorough)).toEqual([true]);
    expect(() => parseUpdateInput({ request: { isThorough: 'yes' }, update: {} })).toThrow(/input is wrong/);
  });

  it('fails in the end when somebody has to see to something, and not before all is done', async () => {
    const report = { ...emptyReport, problems: ['x'], problemCount: 1 };
    const { calls, last } = await execute(async (_, times) =>
      times < 3 ? { isDone: false, after: `t${times}`, report } : { isDone: true, after: 't3', report },
    );
    expect([last, calls.length]).toEqual(['UpdateIncomplete', 3]);
    expect(parseUpdateInput(calls[2])).toEqual({ isThorough: false, after: 't2', report });
  });

  it('tries again what may pass, and gives up at once for a mistake in the settings', async () => {
    const passing = await execute(async (_, times) => {
      if (times < 3) throw failing('CatalogUnavailable');
      return done;
    });
    expect([passing.calls.length, passing.last]).toEqual([3, 'CatalogUpdated']);
    const mistaken = await execute(async () => {
      throw failing('DocumentInvalid');
    });
    expect([mistaken.calls.length, mistaken.last, mistaken.error]).toEqual([
      1,
      'UpdateGivenUp',
      'ExecutionError',
    ]);
  });

  it('names only errors that exist', () => {
    const [retry] = definition.States.UpdatePartitions.Retry;
    const named: readonly string[] = retry.ErrorEquals;
    const platform = /^(States\.Timeout|Lambda\.\w+|Sandbox\.Timedout|Runtime\.ExitError)$/;
    expect(named.filter((name) => !platform.test(name) && !ownErrors.includes(name))).toEqual([]);
    expect(retry.JitterStrategy).toBe('FULL');
  });

  it('is carried out by a function and a use case of its name', () => {
    expect(functionOfResource(definition.States.UpdatePartitions.Resource)).toBe('UpdatePartitions');
    expect(readFileSync('functions/update-partitions.ts', 'utf8')).toContain(
      'src/logs/catalog/update-partitions.ts',
    );
    expect(existsSync('src/logs/catalog/update-partitions.ts')).toBe(true);
  });

  it('uses only what the local interpreter carries out as AWS does', () => {
    const text = JSON.stringify(definition);
    for (const feature of ['QueryLanguage', 'Assign', 'ItemBatcher', 'HeartbeatSeconds', 'waitForTaskToken'])
      expect(text).not.toContain(`"${feature}`);
  });
});
