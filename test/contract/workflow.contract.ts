import { describe, expect, it } from 'vitest';
import type { Workflow } from '../../src/platform/ports/workflow.ts';

/** A workflow of one task; `proceed` lets it end well or badly. */
export interface WorkflowUnderTest {
  readonly workflow: Workflow;
  readonly started: readonly unknown[];
  proceed(how: 'succeed' | 'fail'): void;
  settled(runId: string): Promise<void>;
}

/** What every workflow must do; run on each implementation. */
export const describeWorkflowContract = (name: string, open: () => WorkflowUnderTest): void => {
  describe(`workflow contract: ${name}`, () => {
    it('executes the machine with the run as its input', async () => {
      const { workflow, started, proceed, settled } = open();
      await workflow.start('r1');
      expect(await workflow.status('r1')).toBe('running');
      proceed('succeed');
      await settled('r1');
      expect(await workflow.status('r1')).toBe('succeeded');
      expect(started).toEqual([{ runId: 'r1' }]);
    });

    it('starts a run once', async () => {
      const { workflow, started, proceed, settled } = open();
      await workflow.start('r1');
      await workflow.start('r1');
      proceed('succeed');
      await settled('r1');
      expect(started).toHaveLength(1);
    });

    it('tells a failed execution from an aborted one, and knows nothing of others', async () => {
      const failing = open();
      await failing.workflow.start('r1');
      failing.proceed('fail');
      await failing.settled('r1');
      expect(await failing.workflow.status('r1')).toBe('failed');
      const aborted = open();
      await aborted.workflow.start('r2');
      await aborted.workflow.abort('r2');
      await aborted.workflow.abort('never-started');
      expect(await aborted.workflow.status('r2')).toBe('aborted');
      expect(await aborted.workflow.status('never-started')).toBe('unknown');
    });
  });
};
