import {
  DescribeExecutionCommand,
  type ExecutionStatus,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { PlatformRefusedError, WorkflowUnavailableError } from '../../errors.ts';
import type { Workflow } from '../ports/workflow.ts';
import { classifyAwsFailure } from './aws-failure.ts';

type Status = Awaited<ReturnType<Workflow['status']>>;

const statusOf: Readonly<Record<ExecutionStatus, Status>> = {
  RUNNING: 'running',
  PENDING_REDRIVE: 'running',
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  TIMED_OUT: 'failed',
  ABORTED: 'aborted',
};

/** The execution of that name; `arn:…:stateMachine:NAME` becomes `arn:…:execution:NAME:RUN`. */
export const executionArn = (stateMachineArn: string, runId: string): string =>
  `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${runId}`;

/** The workflow on Step Functions (Standard), one execution per run, named after it. AWS forgets executions after 90 days. */
export class StepFunctionsWorkflow implements Workflow {
  readonly #client: SFNClient;
  readonly #stateMachineArn: string;

  constructor(client: SFNClient, stateMachineArn: string) {
    this.#client = client;
    this.#stateMachineArn = stateMachineArn;
  }

  async start(runId: string): Promise<void> {
    const command = new StartExecutionCommand({
      stateMachineArn: this.#stateMachineArn,
      name: runId,
      input: JSON.stringify({ runId }),
    });
    // A name is taken for 90 days. While its execution runs, starting it again with the same input succeeds; later it is an error.
    await this.#call(`start the execution of run ${runId}`, 'ExecutionAlreadyExists', async () => {
      await this.#client.send(command);
    });
  }

  async status(runId: string): Promise<Status> {
    const command = new DescribeExecutionCommand({
      executionArn: executionArn(this.#stateMachineArn, runId),
    });
    const status = await this.#call(
      `look up the execution of run ${runId}`,
      'ExecutionDoesNotExist',
      async () => (await this.#client.send(command)).status,
    );
    return status === undefined ? 'unknown' : statusOf[status];
  }

  async abort(runId: string): Promise<void> {
    const command = new StopExecutionCommand({ executionArn: executionArn(this.#stateMachineArn, runId) });
    await this.#call(`stop the execution of run ${runId}`, 'ExecutionDoesNotExist', async () => {
      await this.#client.send(command);
    });
  }

  /** Undefined when it fails by the expected error. */
  async #call<Value>(
    action: string,
    expected: string,
    work: () => Promise<Value>,
  ): Promise<Value | undefined> {
    try {
      return await work();
    } catch (cause) {
      const failure = classifyAwsFailure(cause);
      if (failure.name === expected) return undefined;
      if (failure.kind === 'passing') {
        throw new WorkflowUnavailableError(
          `Could not ${action}, tried ${failure.attempts} times: ${failure.text}. Try again in a moment.`,
          { cause },
        );
      }
      throw new PlatformRefusedError(
        `Could not ${action}: Step Functions refuses it (${failure.text}). Check that ${this.#stateMachineArn} exists and that the role may use it.`,
        { cause },
      );
    }
  }
}
