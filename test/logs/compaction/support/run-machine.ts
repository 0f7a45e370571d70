import { readFileSync } from 'node:fs';
import { StateMachine } from 'aws-local-stepfunctions';
import { parse } from 'yaml';
import * as states from '../../../../src/logs/compaction/compaction-states.ts';
import type { CatalogPorts } from '../../../../src/logs/logs-ports.ts';

type Definition = ConstructorParameters<typeof StateMachine>[0];

export const definition = parse(readFileSync('statemachines/compact-logs.asl.yml', 'utf8'), { merge: true });

/** With what CloudFormation fills in. */
export const deployed = JSON.parse(
  JSON.stringify(definition)
    .replace(/\$\{(\w+)FunctionArn\}/g, 'arn:aws:lambda:us-east-1:000000000000:function:$1')
    .replaceAll('${Partition}', 'aws'),
) as Definition;

// A definition is validated by a test of its own.
const machine = new StateMachine(deployed, { validationOptions: { noValidate: true } });

/** What Step Functions catches of an Athena query that failed: its execution, as JSON. */
export const failedQuery = (reason: string, retryable = false): Error =>
  Object.assign(
    new Error(
      JSON.stringify({
        QueryExecution: {
          Status: {
            State: 'FAILED',
            StateChangeReason: reason,
            AthenaError: { ErrorCategory: 2, Retryable: retryable },
          },
        },
      }),
    ),
    { name: 'States.TaskFailed' },
  );

export interface MachineRun {
  readonly error: string | undefined;
  /** Of states in the map as well. */
  readonly entered: readonly string[];
  readonly continued: readonly unknown[];
}

/** The machine as it is deployed, its functions on these ports, its UNLOADs carried out by `unload`. */
export const runMachine = async (
  ports: CatalogPorts,
  unload: (sql: string) => Promise<void>,
  {
    input = {},
    overrides = {},
  }: {
    readonly input?: Readonly<Record<string, string>>;
    readonly overrides?: Readonly<Record<string, (input: unknown) => Promise<unknown>>>;
  } = {},
): Promise<MachineRun> => {
  const continued: unknown[] = [];
  const handlers: Record<string, (input: never) => Promise<unknown>> = {
    ...Object.fromEntries(
      Object.entries(states).map(([name, state]) => [name, (given: unknown) => state(ports, given)]),
    ),
    UnloadDay: async ({ QueryString, ClientRequestToken }: Record<string, string>) => {
      if (!/^.{32,128}$/.test(ClientRequestToken ?? '')) throw new Error('no token that Athena takes');
      await unload(QueryString ?? '');
      return { QueryExecution: { Status: { State: 'SUCCEEDED' } } };
    },
    ContinueElsewhere: async (given: unknown) => {
      continued.push(given);
      return {};
    },
    ...overrides,
  };
  const execution = machine.run(input, {
    overrides: {
      taskResourceLocalHandlers: handlers as never,
      retryIntervalOverrides: Object.fromEntries(Object.keys(handlers).map((name) => [name, 0])),
    },
    context: { StateMachine: { Id: 'the machine' }, Execution: { Input: input } },
  });
  const entered: string[] = [];
  const logged = (async () => {
    for await (const event of execution.eventLogs) {
      const { type, state } = event as { readonly type: string; readonly state?: { readonly name: string } };
      if (type.endsWith('StateEntered') && state !== undefined) entered.push(state.name);
    }
  })();
  const error = await execution.result.then(
    () => undefined,
    (failure: Error) => `${failure.name}: ${failure.message}`,
  );
  await logged;
  return { error, entered, continued };
};
