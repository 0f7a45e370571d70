import {
  CreateStateMachineCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StepFunctionsWorkflow } from '../../src/platform/aws/step-functions-workflow.ts';
import { describeWorkflowContract } from '../contract/workflow.contract.ts';
import { testAccount, testClientOptions, testRegion } from './aws-clients.ts';
import { type MotoServer, startMoto } from './moto-server.ts';

let moto: MotoServer;
let machines = 0;
beforeAll(async () => {
  moto = await startMoto();
  // moto then executes state machines; what it executes them with is not AWS's interpreter.
  await fetch(`${moto.url}/moto-api/config`, {
    method: 'POST',
    body: JSON.stringify({ stepfunctions: { execute_state_machine: true } }),
  });
});
afterAll(() => moto.close());

/** A machine of one task, which is a message that somebody must answer. */
const open = async () => {
  machines += 1;
  const sfn = new SFNClient(testClientOptions(moto.url));
  const sqs = new SQSClient(testClientOptions(moto.url));
  const queue = await sqs.send(new CreateQueueCommand({ QueueName: `work-${machines}` }));
  const definition = {
    StartAt: 'Work',
    States: {
      Work: {
        Type: 'Task',
        Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
        Parameters: {
          QueueUrl: queue.QueueUrl,
          MessageBody: { 'token.$': '$$.Task.Token', 'input.$': '$' },
        },
        End: true,
      },
    },
  };
  const machine = await sfn.send(
    new CreateStateMachineCommand({
      name: `machine-${machines}`,
      definition: JSON.stringify(definition),
      roleArn: `arn:aws:iam::${testAccount}:role/machine`,
    }),
  );
  const workflow = new StepFunctionsWorkflow(sfn, machine.stateMachineArn ?? '');
  const inputs: unknown[] = [];
  let token = '';
  const receive = async () => {
    const received = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queue.QueueUrl }));
    for (const message of received.Messages ?? []) {
      const body = JSON.parse(message.Body ?? '');
      token = body.token;
      inputs.push(body.input);
    }
    return inputs.length;
  };
  return {
    workflow,
    started: async () => {
      await expect.poll(receive, { timeout: 20_000 }).toBeGreaterThan(0);
      await receive();
      return inputs;
    },
    proceed: async (how: 'succeed' | 'fail') => {
      if (how === 'succeed') await sfn.send(new SendTaskSuccessCommand({ taskToken: token, output: '{}' }));
      else await sfn.send(new SendTaskFailureCommand({ taskToken: token, error: 'No', cause: 'no' }));
    },
    settled: async (runId: string) => {
      // moto ends an aborted execution only when its task is answered; elsewhere nobody waits for this answer.
      await sfn.send(new SendTaskSuccessCommand({ taskToken: token, output: '{}' })).catch(() => {});
      await expect.poll(() => workflow.status(runId), { timeout: 20_000 }).not.toBe('running');
    },
    close: async () => {
      await workflow.abort('r1');
      sfn.destroy();
      sqs.destroy();
    },
  };
};

describeWorkflowContract('Step Functions', open);

describe('Step Functions workflow', () => {
  it('says which state machine is missing', async () => {
    const sfn = new SFNClient(testClientOptions(moto.url));
    const arn = `arn:aws:states:${testRegion}:${testAccount}:stateMachine:none`;
    await expect(new StepFunctionsWorkflow(sfn, arn).start('r1')).rejects.toMatchObject({
      name: 'PlatformRefused',
      message: expect.stringContaining(`Check that ${arn} exists`),
    });
    sfn.destroy();
  });
});
