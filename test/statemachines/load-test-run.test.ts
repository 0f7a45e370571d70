import { existsSync, readFileSync } from 'node:fs';
import asl from 'asl-validator';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runStatesByName } from '../../src/cli/state-machine.ts';
import * as errors from '../../src/errors.ts';
import { functionOfResource } from '../../src/platform/local/state-machine-workflow.ts';

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly {
    readonly ErrorEquals: readonly string[];
    readonly MaxAttempts: number;
    readonly MaxDelaySeconds: number;
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

const definition: { readonly StartAt: string; readonly States: Readonly<Record<string, State>> } = parse(
  readFileSync('statemachines/load-test-run.asl.yml', 'utf8'),
);
const states = Object.entries(definition.States);
const tasks = states.filter(([, state]) => state.Type === 'Task');

const kebab = (name: string): string => name.replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();

/** Errors that Step Functions and Lambda raise by themselves. */
const platformErrors = [
  'States.ALL',
  'States.Timeout',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
  'Runtime.ExitError',
];
const ownErrors = Object.values(errors).map((Class) => new Class('').name as string);

describe('load-test-run state machine', () => {
  it('is valid Amazon States Language', () => {
    const { isValid, errorsText } = asl(structuredClone(definition) as never);
    expect(errorsText('')).toBe('');
    expect(isValid).toBe(true);
  });

  it.each(tasks)('%s is carried out by a function and a use case of its resource name', (_, state) => {
    const name = functionOfResource(state.Resource ?? '') ?? '';
    expect(runStatesByName.has(name)).toBe(true);
    expect(existsSync(`functions/${kebab(name)}.ts`)).toBe(true);
    expect(existsSync(`src/run/${kebab(name)}.ts`)).toBe(true);
  });

  it('uses every function there is', () => {
    const used = tasks.map(([, state]) => functionOfResource(state.Resource ?? ''));
    expect([...runStatesByName.keys()].filter((name) => !used.includes(name))).toEqual([]);
  });

  it.each(tasks)('%s has a timeout, bounded retries with jitter, and a catch', (_, state) => {
    expect(state.TimeoutSeconds).toBeGreaterThan(0);
    expect(state.Retry?.length).toBeGreaterThan(0);
    for (const retry of state.Retry ?? []) {
      expect(retry).toMatchObject({ JitterStrategy: 'FULL' });
      expect(retry.MaxAttempts).toBeLessThanOrEqual(5);
      expect(retry.MaxDelaySeconds).toBeLessThanOrEqual(10);
    }
    expect(state.Catch?.at(-1)?.ErrorEquals).toEqual(['States.ALL']);
  });

  it.each(tasks)('%s names only errors that exist', (_, state) => {
    const named = [...(state.Retry ?? []), ...(state.Catch ?? [])].flatMap((rule) => rule.ErrorEquals);
    for (const name of named) expect([...platformErrors, ...ownErrors]).toContain(name);
  });

  it('leads through StopWorkers on every way out', () => {
    const next = ({ Next, Default, Choices, Catch }: State): readonly string[] =>
      [
        Next,
        Default,
        ...(Choices ?? []).map((choice) => choice.Next),
        ...(Catch ?? []).map((rule) => rule.Next),
      ].filter((name) => name !== undefined);
    const reached = new Set<string>();
    const walk = (name: string): void => {
      if (reached.has(name) || name === 'StopWorkers') return;
      reached.add(name);
      for (const follower of next(definition.States[name] as State)) walk(follower);
    };
    walk(definition.StartAt);
    const ends = [...reached].filter((name) =>
      ['Succeed', 'Fail'].includes(definition.States[name]?.Type ?? ''),
    );
    expect(ends).toEqual([]);
    expect(reached.size).toBeGreaterThan(8);
  });

  it('uses only what the local interpreter carries out as AWS does', () => {
    const text = JSON.stringify(definition);
    for (const feature of [
      'QueryLanguage',
      'Assign',
      'ItemBatcher',
      'HeartbeatSeconds',
      'waitForTaskToken',
      'Arguments',
      'ItemReader',
    ]) {
      expect(text).not.toContain(`"${feature}`);
    }
    expect([...new Set(states.map(([, state]) => state.Type))].sort()).toEqual([
      'Choice',
      'Fail',
      'Succeed',
      'Task',
      'Wait',
    ]);
  });
});
