import { afterEach, describe, expect, it } from 'vitest';
import type { Workflow } from '../../src/platform/ports/workflow.ts';

/** A workflow of one task; `proceed` lets it end well or badly. */
export interface WorkflowUnderTest {
  readonly workflow: Workflow;
  /** The inputs that the task was started with, once it has been. */
  started(): Promise<readonly unknown[]>;
  proceed(how: 'succeed' | 'fail'): Promise<void>;
  settled(runId: string): Promise<void>;
  close(): Promise<void>;
}

/** What every workflow must do; run on each implementation. */
export const describeWorkflowContract = (name: string, open: () => Promise<WorkflowUnderTest>): void => {
  describe(`workflow contract: ${name}`, () => {
    const opened: WorkflowUnderTest[] = [];
    const fresh = async (): Promise<WorkflowUnderTest> => {
      const made = await open();
      opened.push(made);
      return made;
    };
    afterEach(async () => {
      for (const made of opened.splice(0)) await made.close();
    });

    it('executes the machine with the run as its input', async () => {
      const { workflow, started, proceed, settled } = await fresh();
      await workflow.start('r1');
      expect(await workflow.status('r1')).toBe('running');
      expect(await started()).toEqual([{ runId: 'r1' }]);
      await proceed('succeed');
      await settled('r1');
      expect(await workflow.status('r1')).toBe('succeeded');
    });

    it('starts a run once, also after it has ended', async () => {
      const { workflow, started, proceed, settled } = await fresh();
      await workflow.start('r1');
      await workflow.start('r1');
      expect(await started()).toHaveLength(1);
      await proceed('succeed');
      await settled('r1');
      await workflow.start('r1');
      expect(await workflow.status('r1')).toBe('succeeded');
    });

    it('says of an execution that failed that it did', async () => {
      const { workflow, started, proceed, settled } = await fresh();
      await workflow.start('r1');
      await started();
      await proceed('fail');
      await settled('r1');
      expect(await workflow.status('r1')).toBe('failed');
    });

    it('aborts an execution, and knows nothing of others', async () => {
      const { workflow, started, settled } = await fresh();
      await workflow.start('r2');
      await started();
      await workflow.abort('r2');
      await workflow.abort('never-started');
      await settled('r2');
      expect(await workflow.status('r2')).toBe('aborted');
      expect(await workflow.status('never-started')).toBe('unknown');
    });
  });
};
