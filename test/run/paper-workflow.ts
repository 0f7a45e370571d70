import type { Workflow } from '../../src/platform/ports/workflow.ts';

/** Executions that exist only as states. */
export class PaperWorkflow implements Workflow {
  readonly statuses = new Map<string, Awaited<ReturnType<Workflow['status']>>>();
  readonly starts: string[] = [];
  /** Called before each start; may throw. */
  before: () => void = () => undefined;

  async start(runId: string): Promise<void> {
    this.before();
    this.starts.push(runId);
    this.statuses.set(runId, 'running');
  }

  async status(runId: string): ReturnType<Workflow['status']> {
    return this.statuses.get(runId) ?? 'unknown';
  }

  async abort(runId: string): Promise<void> {
    this.statuses.set(runId, 'aborted');
  }
}
