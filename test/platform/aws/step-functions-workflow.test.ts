import {
  DescribeExecutionCommand,
  type ExecutionStatus,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { StepFunctionsWorkflow } from '../../../src/platform/aws/step-functions-workflow.ts';

const machine = 'arn:aws:states:eu-central-1:123456789012:stateMachine:load-test-run';
const execution = 'arn:aws:states:eu-central-1:123456789012:execution:load-test-run:r1';

const openWorkflow = () => {
  const client = new SFNClient({ region: 'eu-central-1' });
  return { mock: mockClient(client), workflow: new StepFunctionsWorkflow(client, machine) };
};

const failure = (name: string, httpStatusCode: number) =>
  Object.assign(new Error('said so'), { name, $metadata: { httpStatusCode, attempts: 4 } });

describe('Step Functions workflow', () => {
  it('names the execution after the run', async () => {
    const { mock, workflow } = openWorkflow();
    mock.on(StartExecutionCommand).resolves({});
    await workflow.start('r1');
    expect(mock.commandCalls(StartExecutionCommand)[0]?.args[0].input).toEqual({
      stateMachineArn: machine,
      name: 'r1',
      input: '{"runId":"r1"}',
    });
  });

  it('takes an execution that exists for started', async () => {
    const { mock, workflow } = openWorkflow();
    mock.on(StartExecutionCommand).rejects(failure('ExecutionAlreadyExists', 400));
    await expect(workflow.start('r1')).resolves.toBeUndefined();
  });

  it.each<[ExecutionStatus, string]>([
    ['RUNNING', 'running'],
    ['PENDING_REDRIVE', 'running'],
    ['SUCCEEDED', 'succeeded'],
    ['FAILED', 'failed'],
    ['TIMED_OUT', 'failed'],
    ['ABORTED', 'aborted'],
  ])('reads %s as %s', async (status, expected) => {
    const { mock, workflow } = openWorkflow();
    mock.on(DescribeExecutionCommand, { executionArn: execution }).resolves({ status });
    expect(await workflow.status('r1')).toBe(expected);
  });

  it('knows nothing of an execution that does not exist', async () => {
    const { mock, workflow } = openWorkflow();
    mock.rejects(failure('ExecutionDoesNotExist', 400));
    expect(await workflow.status('r1')).toBe('unknown');
    await expect(workflow.abort('r1')).resolves.toBeUndefined();
  });

  it('stops the execution of the run', async () => {
    const { mock, workflow } = openWorkflow();
    mock.on(StopExecutionCommand).resolves({});
    await workflow.abort('r1');
    expect(mock.commandCalls(StopExecutionCommand)[0]?.args[0].input).toEqual({ executionArn: execution });
  });

  it('tells what may pass from what will not', async () => {
    const { mock, workflow } = openWorkflow();
    mock.rejects(failure('InternalServerError', 500));
    await expect(workflow.start('r1')).rejects.toMatchObject({
      name: 'WorkflowUnavailable',
      message:
        'Could not start the execution of run r1, tried 4 times: InternalServerError: said so. Try again in a moment.',
    });
    mock.rejects(failure('AccessDeniedException', 400));
    await expect(workflow.status('r1')).rejects.toMatchObject({ name: 'PlatformRefused' });
  });
});
