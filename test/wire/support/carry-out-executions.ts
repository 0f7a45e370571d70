import { readFileSync } from 'node:fs';
import { DescribeExecutionCommand, ListExecutionsCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { StateMachine } from 'aws-local-stepfunctions';
import { parse } from 'yaml';
import { testAccount, testRegion } from '../aws-clients.ts';

type Definition = ConstructorParameters<typeof StateMachine>[0];
type Overrides = NonNullable<NonNullable<Parameters<StateMachine['run']>[1]>['overrides']>;
type Handlers = NonNullable<Overrides['taskResourceLocalHandlers']>;
type Handler = (event: unknown, context: { awsRequestId: string }) => Promise<unknown>;

export interface DeployedMachine {
  readonly arn: string;
  /** `statemachines/<file>.asl.yml` */
  readonly file: string;
  /** Instead of what its states wait for; null: as they say. */
  readonly waitMillis: number | null;
}

/**
 * Interprets the deployed definition, with the handlers of functions/, for what a moto was asked to start and only recorded.
 * Throws when `signal` ends it: else it would go on beside the tests that follow.
 */
export const carryOutExecutions = async (
  sfn: SFNClient,
  machine: DeployedMachine,
  signal?: AbortSignal,
): Promise<void> => {
  const inputs = await inputsOf(sfn, machine.arn);
  await Promise.all(inputs.map((input) => interpret(machine, input, signal)));
};

export const inputsOf = async (
  sfn: SFNClient,
  stateMachineArn: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const { executions = [] } = await sfn.send(
    new ListExecutionsCommand({ stateMachineArn, maxResults: 1000 }),
  );
  const described = executions.map(({ executionArn }) =>
    sfn.send(new DescribeExecutionCommand({ executionArn })),
  );
  return (await Promise.all(described)).map(({ input }) => JSON.parse(input ?? '{}'));
};

const interpret = async (
  { file, waitMillis }: DeployedMachine,
  input: Readonly<Record<string, unknown>>,
  signal: AbortSignal | undefined,
): Promise<void> => {
  const text = readFileSync(new URL(`../../../statemachines/${file}.asl.yml`, import.meta.url), 'utf8');
  const resource = /\$\{(\w+)FunctionArn\}/g;
  const arn = `arn:aws:lambda:${testRegion}:${testAccount}:function:$1`;
  const definition: Definition = parse(text.replaceAll(resource, arn));
  const handlers: Handlers = {};
  const waits: Record<string, number> = {};
  for (const [name, state] of Object.entries(definition.States)) {
    if (state.Type === 'Task') handlers[name] = await handlerOf(state.Resource);
    if (state.Type === 'Wait' && waitMillis !== null) waits[name] = waitMillis;
  }
  const execution = new StateMachine(definition).run(JSON.parse(JSON.stringify(input)), {
    overrides: { taskResourceLocalHandlers: handlers, waitTimeOverrides: waits },
  });
  signal?.addEventListener('abort', () => execution.abort());
  await execution.result;
};

/** `functions/drain-step.ts` for `…:function:DrainStep`. */
const handlerOf = async (resource: string): Promise<Handlers[string]> => {
  const name = (resource.split(':').at(-1) ?? '').replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`);
  const { handler } = (await import(`../../../functions/${name.toLowerCase()}.ts`)) as { handler: Handler };
  return (event) => handler(event, { awsRequestId: 'rehearsed' }) as ReturnType<Handlers[string]>;
};
