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
    };
