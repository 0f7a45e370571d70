/** The workflow port: executes the deployed state machine for a run. */
export interface Workflow {
  /** Starts the execution named after the run; starting it again is the same execution. */
  start(runId: string): Promise<void>;
  /** `unknown` when this platform has no record of it (another process, or forgotten). */
  status(runId: string): Promise<'running' | 'succeeded' | 'failed' | 'aborted' | 'unknown'>;
  /** Ends the execution at once, without its catch path. Throws `WorkflowUnavailable` as the others do when a call fails in a way that may pass. */
  abort(runId: string): Promise<void>;
}
