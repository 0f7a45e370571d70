import { describe, expect, it } from 'vitest';
import {
  functionOfResource,
  StateMachineWorkflow,
} from '../../../src/platform/local/state-machine-workflow.ts';
import { describeWorkflowContract } from '../../contract/workflow.contract.ts';

const oneTask = {
  StartAt: 'Work',
  States: { Work: { Type: 'Task', Resource: '${WorkFunctionArn}', TimeoutSeconds: 60, End: true } },
};

const openWorkflow = async () => {
  const started: unknown[] = [];
  const waiting = Promise.withResolvers<void>();
  const work = async (input: unknown): Promise<unknown> => {
    started.push(input);
    await waiting.promise;
    return {};
  };
  const workflow = new StateMachineWorkflow({ definition: oneTask, functions: new Map([['Work', work]]) });
  return {
    workflow,
    started: async () => {
      await expect.poll(() => started.length).toBeGreaterThan(0);
      return started;
    },
    proceed: async (how: 'succeed' | 'fail') =>
      how === 'succeed' ? waiting.resolve() : waiting.reject(new Error('no')),
    settled: (runId: string) => workflow.ended(runId),
    close: () => workflow.abortAll(),
  };
};

describeWorkflowContract('the interpreter in this process', openWorkflow);

describe('state machine workflow', () => {
  it('refuses a machine with a task that no function carries out', async () => {
    const workflow = new StateMachineWorkflow({ definition: oneTask, functions: new Map() });
    await expect(workflow.start('r1')).rejects.toThrow(/State Work: no function for resource/);
  });

  it('knows a function by its placeholder', () => {
    expect(functionOfResource('${PlanRunFunctionArn}')).toBe('PlanRun');
    expect(functionOfResource('arn:aws:states:::ecs:runTask')).toBeUndefined();
  });
});
