import { StateMachine } from 'aws-local-stepfunctions';
import type { FaultProxy } from './fault-proxy.ts';
import { json } from './fault-rules.ts';
import { jsonBody, type ServiceAnswer } from './service-call.ts';

type Definition = ConstructorParameters<typeof StateMachine>[0];
type Handlers = NonNullable<
  NonNullable<Parameters<StateMachine['run']>[1]>['overrides']
>['taskResourceLocalHandlers'] & {};

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';

export interface ExecutionHostOptions {
  readonly proxy: FaultProxy;
  /** As packaged, with its substitutions carried out. */
  readonly definition: Definition;
  readonly stateMachineArn: string;
  /** Carries out the task of a state whose resource is this ARN. */
  readonly invoke: (functionArn: string, input: unknown) => Promise<unknown>;
  /** Told what Step Functions would tell EventBridge. */
  readonly onEvent: (event: ReturnType<typeof executionStatusChange>) => void;
}

export interface ExecutionHost {
  statusOf(name: string): ExecutionStatus | undefined;
  /** Resolves when the execution has ended, however. */
  ended(name: string): Promise<ExecutionStatus>;
  /** States entered so far. */
  statesOf(name: string): readonly string[];
  close(): Promise<void>;
}

interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly input: string;
  readonly startedAt: number;
  readonly states: string[];
  status: ExecutionStatus;
  abort(): void;
  ended: Promise<void>;
}

/** Interprets the packaged state machine for each execution that is started over the wire. Moto only records them. */
export const openExecutionHost = (options: ExecutionHostOptions): ExecutionHost => {
  const executions = new Map<string, Execution>();

  const start = (arn: string, input: string): void => {
    const name = arn.split(':').at(-1) ?? '';
    if (executions.has(name)) return;
    const execution: Execution = {
      arn,
      name,
      input,
      startedAt: Date.now(),
      states: [],
      status: 'RUNNING',
      abort: () => undefined,
      ended: Promise.resolve(),
    };
    executions.set(name, execution);
    options.onEvent(executionStatusChange(execution, options.stateMachineArn));
    const handlers: Handlers = {};
    for (const [state, definition] of Object.entries(options.definition.States)) {
      if (definition.Type !== 'Task') continue;
      handlers[state] = (given) => {
        execution.states.push(state);
        return options.invoke(definition.Resource, given) as ReturnType<Handlers[string]>;
      };
    }
    const running = new StateMachine(options.definition).run(JSON.parse(input), {
      overrides: { taskResourceLocalHandlers: handlers },
      context: { Execution: { Id: arn, Name: name, Input: JSON.parse(input) } },
    });
    execution.abort = () => running.abort();
    execution.ended = running.result
      .then(
        () => 'SUCCEEDED' as const,
        () => 'FAILED' as const,
      )
      .then((status) => {
        if (execution.status === 'RUNNING') execution.status = status;
        options.onEvent(executionStatusChange(execution, options.stateMachineArn));
      });
  };

  options.proxy.behave('states StartExecution', async (call, forward) => {
    const answer = await forward(call);
    if (answer.status !== 200) return answer;
    const { executionArn } = JSON.parse(answer.body.toString()) as { executionArn: string };
    start(executionArn, String(jsonBody(call).input ?? '{}'));
    return answer;
  });
  options.proxy.behave('states StopExecution', async (call, forward) => {
    const answer = await forward(call);
    const execution = executions.get(String(jsonBody(call).executionArn).split(':').at(-1) ?? '');
    if (answer.status === 200 && execution?.status === 'RUNNING') {
      execution.status = 'ABORTED';
      execution.abort();
    }
    return answer;
  });
  options.proxy.behave('states DescribeExecution', async (call, forward) =>
    withStatus(await forward(call), (name) => executions.get(name)?.status),
  );

  return {
    statusOf: (name) => executions.get(name)?.status,
    statesOf: (name) => executions.get(name)?.states ?? [],
    async ended(name) {
      const execution = executions.get(name);
      if (execution === undefined) throw new Error(`no execution ${name} was started`);
      await execution.ended;
      return execution.status;
    },
    async close() {
      const running = [...executions.values()].filter(({ status }) => status === 'RUNNING');
      for (const execution of running) {
        execution.status = 'ABORTED';
        execution.abort();
      }
      await Promise.all(running.map(({ ended }) => ended));
    },
  };
};

const withStatus = (
  answer: ServiceAnswer,
  statusOf: (name: string) => ExecutionStatus | undefined,
): ServiceAnswer => {
  if (answer.status !== 200) return answer;
  const described = JSON.parse(answer.body.toString()) as { name: string; status: string };
  return json(200, { ...described, status: statusOf(described.name) ?? described.status });
};

/** Shape: AWS Step Functions developer guide, "Automating Step Functions event delivery with EventBridge". */
function executionStatusChange(execution: Execution, stateMachineArn: string) {
  const ended = execution.status !== 'RUNNING';
  return {
    version: '0',
    id: crypto.randomUUID(),
    'detail-type': 'Step Functions Execution Status Change',
    source: 'aws.states',
    account: execution.arn.split(':')[4] ?? '',
    time: new Date().toISOString(),
    region: execution.arn.split(':')[3] ?? '',
    resources: [execution.arn],
    detail: {
      executionArn: execution.arn,
      stateMachineArn,
      name: execution.name,
      status: execution.status,
      startDate: execution.startedAt,
      stopDate: ended ? Date.now() : null,
      input: execution.input,
      output: null,
      inputDetails: { included: true },
      outputDetails: null,
    },
  };
}
