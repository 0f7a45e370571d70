import { readFileSync } from 'node:fs';
import { StateMachine } from 'aws-local-stepfunctions';
import { parse } from 'yaml';
import type { UnhurriedInput, UnhurriedPorts } from '../../../../src/drain/unhurried/unhurried-ports.ts';
import * as states from '../../../../src/drain/unhurried/unhurried-states.ts';
import {
  functionOfResource,
  type StateMachineDefinition,
} from '../../../../src/platform/local/state-machine-workflow.ts';
import type { UnhurriedWorld } from './an-unhurried-drain.ts';

type Definition = ConstructorParameters<typeof StateMachine>[0];
type Handlers = NonNullable<
  NonNullable<Parameters<StateMachine['run']>[1]>['overrides']
>['taskResourceLocalHandlers'] & {};

export const drainMachine: StateMachineDefinition = parse(
  readFileSync('statemachines/drain-instance.asl.yml', 'utf8'),
);

export const statesByName: ReadonlyMap<string, states.UnhurriedState> = new Map(Object.entries(states));

export interface MachineRun {
  readonly status: 'succeeded' | 'failed';
  /** States in the order in which they were entered. */
  readonly entered: readonly string[];
  readonly retries: number;
}

/** What goes wrong: thrown instead of carrying out a state. */
export type Mishap = (state: string, times: number) => Error | undefined;

/**
 * Executes drain-instance.asl.yml as it is deployed, on a simulated cluster: its tasks are the use cases, and what it would wait
 * passes on the cluster's clock before the next task.
 */
export const runMachine = async (
  world: UnhurriedWorld,
  input: UnhurriedInput,
  mishap: Mishap = () => undefined,
): Promise<MachineRun> => {
  const ports: UnhurriedPorts = world.ports;
  const times = new Map<string, number>();
  const noPause: Record<string, number> = {};
  const handlers: Record<string, (given: unknown) => Promise<unknown>> = {};
  let waitMillis = 0;
  for (const [name, { Type, Resource }] of Object.entries(drainMachine.States)) {
    noPause[name] = 0;
    const carryOut = statesByName.get(functionOfResource(Resource ?? '') ?? '');
    if (Type !== 'Task' || carryOut === undefined) continue;
    handlers[name] = async (given) => {
      await world.pass(waitMillis);
      waitMillis = 1_000;
      const count = (times.get(name) ?? 0) + 1;
      times.set(name, count);
      const error = mishap(name, count);
      if (error !== undefined) throw error;
      const result = await world.play(() => carryOut(ports, given));
      waitMillis = waitSecondsOf(result) * 1000;
      return result;
    };
  }
  const definition = JSON.parse(
    JSON.stringify(drainMachine).replace(
      /\$\{(\w+)FunctionArn\}/g,
      'arn:aws:lambda:us-east-1:000000000000:function:$1',
    ),
  ) as Definition;
  const execution = new StateMachine(definition).run(
    { ...input },
    {
      overrides: {
        taskResourceLocalHandlers: handlers as Handlers,
        waitTimeOverrides: noPause,
        retryIntervalOverrides: noPause,
      },
    },
  );
  const entered: string[] = [];
  let retries = 0;
  const read = async (): Promise<void> => {
    for await (const log of execution.eventLogs) {
      if (log.type.endsWith('StateEntered') && 'state' in log) entered.push(log.state.name);
      if (log.type.endsWith('StateRetried')) retries++;
    }
  };
  const [ended] = await Promise.allSettled([execution.result, read()]);
  return { status: ended.status === 'fulfilled' ? 'succeeded' : 'failed', entered, retries };
};

const waitSecondsOf = (result: unknown): number =>
  typeof result === 'object' && result !== null && 'waitSeconds' in result ? Number(result.waitSeconds) : 0;
