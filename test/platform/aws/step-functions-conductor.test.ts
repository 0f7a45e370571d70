import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { executionName, StepFunctionsConductor } from '../../../src/platform/aws/step-functions-conductor.ts';
import { awsError } from './support/simulated-ecs.ts';

const open = () => {
  const client = new SFNClient({ region: 'us-east-1' });
  const machines = { clusterMachineArn: 'cluster-machine', instanceMachineArn: 'instance-machine' };
  return { sfn: mockClient(client), conductor: new StepFunctionsConductor(client, machines) };
};

describe('the name of an execution', () => {
  it('is one that Step Functions takes, and the same only for the same cluster and part', () => {
    const part = fc.string({ maxLength: 300 });
    fc.assert(
      fc.property(part, part, part, part, (cluster, drain, other, otherDrain) => {
        const name = executionName(cluster, drain);
        expect(name).toMatch(/^[A-Za-z0-9_-]{1,80}$/);
        const isSame = `${cluster}-${drain}` === `${other}-${otherDrain}`;
        if (!isSame) expect(executionName(other, otherDrain)).not.toBe(name);
      }),
    );
  });

  it('can be read', () => {
    expect(executionName('web', 'g12')).toBe('web-g12');
  });
});

describe('a conductor on Step Functions', () => {
  it('starts one execution for a generation of a cluster, and one for a drain', async () => {
    const { sfn, conductor } = open();
    await conductor.conduct('web', 12);
    await conductor.conductInstance('web', 'i-0abc-t1');
    expect(sfn.commandCalls(StartExecutionCommand).map(({ args }) => args[0].input)).toEqual([
      { stateMachineArn: 'cluster-machine', name: 'web-g12', input: '{"cluster":"web","generation":12}' },
      {
        stateMachineArn: 'instance-machine',
        name: 'web-i-0abc-t1',
        input: '{"cluster":"web","drainId":"i-0abc-t1"}',
      },
    ]);
  });

  it('starts another execution for a drain that is to be looked at again at once', async () => {
    const { sfn, conductor } = open();
    await conductor.conductInstance('web', 'i-0abc-t1', 'c');
    expect(sfn.commandCalls(StartExecutionCommand)[0]?.args[0].input).toMatchObject({
      name: 'web-i-0abc-t1-c',
      input: '{"cluster":"web","drainId":"i-0abc-t1"}',
    });
  });

  it('does not mind one that was started before', async () => {
    const { sfn, conductor } = open();
    sfn.onAnyCommand().rejects(awsError('ExecutionAlreadyExists', 'exists'));
    await expect(conductor.conduct('web', 1)).resolves.toBeUndefined();
  });

  it.each([
    ['WorkflowUnavailable', awsError('ThrottlingException', 'Rate exceeded')],
    ['WorkflowUnavailable', awsError('ExecutionLimitExceeded', 'too many')],
    ['PlatformRefused', awsError('StateMachineDoesNotExist', 'none')],
  ])('throws %s for what AWS answers', async (name, error) => {
    const { sfn, conductor } = open();
    sfn.onAnyCommand().rejects(error);
    await expect(conductor.conduct('web', 1)).rejects.toMatchObject({ name });
  });
});
