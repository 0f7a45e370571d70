/** Things that happen are also told. Delivery is at least once; telling never fails a run. */
export interface EventSink {
  tell(event: StormdrainEvent): Promise<void>;
}

export type StormdrainEvent =
  | { readonly type: 'run.finished'; readonly runId: string; readonly outcome: string; readonly at: string }
  | {
      readonly type: 'worker.lost';
      readonly runId: string;
      readonly shard: number;
      readonly attempt: number;
      readonly reason: string;
      readonly at: string;
    }
  | {
      readonly type: 'drain.ended';
      readonly drainId: string;
      readonly cluster: string;
      readonly instanceId: string;
      readonly outcome: string;
      /** To the deadline; negative when it was too late, null when nothing was reached. */
      readonly marginSeconds: number | null;
      readonly at: string;
    }
  | {
      readonly type: 'drain.missed';
      readonly drainId: string;
      readonly cluster: string;
      readonly instanceId: string;
      /** What was not done by the deadline, in words. */
      readonly missed: readonly string[];
      readonly at: string;
    };
