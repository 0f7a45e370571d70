import { StateMachine } from 'aws-local-stepfunctions';
import type { Workflow } from '../ports/workflow.ts';

/** A state machine definition as it is deployed, with its functions by the name in their placeholder. */
export interface LocalStateMachine {
  /** The parsed .asl.yml. */
  readonly definition: StateMachineDefinition;
  /** By function: `PlanRun` for the resource `${PlanRunFunctionArn}`. */
  readonly functions: ReadonlyMap<string, (input: unknown) => Promise<unknown>>;
}

export interface StateMachineDefinition {
  readonly StartAt: string;
  readonly States: Readonly<
    Record<string, { readonly Type: string; readonly Resource?: string } & Readonly<Record<string, unknown>>>
  >;
}

const functionPlaceholder = /^\$\{(\w+)FunctionArn\}$/;

/** `PlanRun` for `${PlanRunFunctionArn}`; undefined for any other resource. */
export const functionOfResource = (resource: string): string | undefined =>
  functionPlaceholder.exec(resource)?.[1];

type RunOverrides = NonNullable<
  NonNullable<Parameters<StateMachine['run']>[1]>['overrides']
>['taskResourceLocalHandlers'] & {};

type Status = Awaited<ReturnType<Workflow['status']>>;

/** Executes the deployed definition in this process. Knows the executions that it has started itself. */
export class StateMachineWorkflow implements Workflow {
  readonly #machine: LocalStateMachine;
  readonly #executions = new Map<
    string,
    { status: Status; readonly abort: () => void; readonly ended: Promise<void> }
  >();

  constructor(machine: LocalStateMachine) {
    this.#machine = machine;
  }

  async start(runId: string): Promise<void> {
    if (this.#executions.has(runId)) return;
    const execution = new StateMachine(withLambdaArns(this.#machine.definition)).run(
      { runId },
      {
        overrides: { taskResourceLocalHandlers: this.#handlersByState() as RunOverrides },
        context: { Execution: { Name: runId } },
      },
    );
    const entry: { status: Status; abort: () => void; ended: Promise<void> } = {
      status: 'running',
      abort: () => execution.abort(),
      ended: execution.result.then(
        () => {
          entry.status = 'succeeded';
        },
        () => {
          if (entry.status === 'running') entry.status = 'failed';
        },
      ),
    };
    this.#executions.set(runId, entry);
  }

  async status(runId: string): Promise<Status> {
    return this.#executions.get(runId)?.status ?? 'unknown';
  }

  async abort(runId: string): Promise<void> {
    const execution = this.#executions.get(runId);
    if (execution?.status !== 'running') return;
    execution.status = 'aborted';
    execution.abort();
    await execution.ended;
  }

  /** Ends every execution that this process has started. */
  async abortAll(): Promise<void> {
    await Promise.all([...this.#executions.keys()].map((runId) => this.abort(runId)));
  }

  /** Resolves when the execution has ended, however. */
  async ended(runId: string): Promise<void> {
    await this.#executions.get(runId)?.ended;
  }

  #handlersByState(): Record<string, (input: unknown) => Promise<unknown>> {
    const handlers: Record<string, (input: unknown) => Promise<unknown>> = {};
    for (const [state, { Type, Resource }] of Object.entries(this.#machine.definition.States)) {
      if (Type !== 'Task') continue;
      const name = functionOfResource(Resource ?? '');
      const invoke = name === undefined ? undefined : this.#machine.functions.get(name);
      if (invoke === undefined) throw new Error(`State ${state}: no function for resource ${Resource}`);
      handlers[state] = invoke;
    }
    return handlers;
  }
}

/** The interpreter insists on ARNs; deploying substitutes the real ones in the same places. */
const withLambdaArns = (definition: StateMachineDefinition): ConstructorParameters<typeof StateMachine>[0] =>
  JSON.parse(
    JSON.stringify(definition).replace(
      /\$\{(\w+)FunctionArn\}/g,
      'arn:aws:lambda:us-east-1:000000000000:function:$1',
    ),
  );
