import type { StormdrainEvent } from '../ports/event-sink.ts';

/** A line of CloudWatch's embedded metric format: metrics that CloudWatch takes out of a log, with no call to make. */
export interface EmbeddedMetrics {
  readonly _aws: {
    /** Milliseconds since the Unix epoch. */
    readonly Timestamp: number;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: 'stormdrain';
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: 'Count' }[];
    }[];
  };
  readonly [property: string]: unknown;
}

/**
 * `RunsFinished`, over all runs and by the dimension `Outcome` (passed, failed, invalid, stopped, error), and
 * `WorkersLost`. Run and worker are searchable properties of the line and not dimensions: each value of a dimension is
 * a metric that is paid for.
 */
export const describeMetrics = (event: StormdrainEvent): EmbeddedMetrics => {
  switch (event.type) {
    case 'run.finished':
      return line(event.at, 'RunsFinished', [[], ['Outcome']], {
        Outcome: event.outcome,
        runId: event.runId,
      });
    case 'worker.lost': {
      const { runId, shard, attempt, reason } = event;
      return line(event.at, 'WorkersLost', [[]], { runId, shard, attempt, reason });
    }
  }
};

const line = (
  at: string,
  name: string,
  dimensions: readonly (readonly string[])[],
  properties: Readonly<Record<string, unknown>>,
): EmbeddedMetrics => ({
  _aws: {
    Timestamp: Date.parse(at),
    CloudWatchMetrics: [
      { Namespace: 'stormdrain', Dimensions: dimensions, Metrics: [{ Name: name, Unit: 'Count' }] },
    ],
  },
  ...properties,
  [name]: 1,
});
