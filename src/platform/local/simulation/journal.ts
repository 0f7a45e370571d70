/** What happened in a simulated cluster, in order: two simulations are the same when their journals are. */
export interface JournalEntry {
  readonly atMillis: number;
  readonly what:
    | 'instance-added'
    | 'instance-draining'
    | 'instance-active'
    | 'instance-gone'
    | 'service-deploying'
    | 'service-steady'
    | 'task-pending'
    | 'task-running'
    | 'task-stopping'
    | 'task-sigterm'
    | 'task-stopped'
    | 'target-registered'
    | 'target-healthy'
    | 'target-unhealthy'
    | 'target-draining'
    | 'target-silent'
    | 'target-removed';
  /** The task's, service's or instance's ARN, or the target as `<group> <id>:<port>`. */
  readonly of: string;
}

export class Journal {
  readonly entries: JournalEntry[] = [];

  note(atMillis: number, what: JournalEntry['what'], of: string): void {
    this.entries.push({ atMillis, what, of });
  }
}
