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
    }
  | {
      /** A tick changed something, or tried to. */
      readonly type: 'scaling.decided';
      readonly cluster: string;
      /** Id of the tick, as in the decision log. */
      readonly tick: string;
      /** `service/web`, `pool/spot`, `instance/i-…`, `cluster`. */
      readonly subject: string;
      readonly outcome: 'out' | 'in' | 'hold';
      readonly reason: string;
      readonly from: number | null;
      readonly to: number | null;
      readonly sentence: string;
      /** `done`, or why it could not be carried out. */
      readonly carriedOut: string;
      readonly at: string;
    };
