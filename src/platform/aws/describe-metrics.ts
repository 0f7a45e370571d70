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
 * `RunsFinished` and `DrainsEnded`, over all and by the dimension `Outcome`, and `ScalingDecisions` likewise; `WorkersLost`; `DrainsMissed`. Run, worker and
 * instance are searchable properties of the line and not dimensions: each value of a dimension is a metric that is
 * paid for.
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
    case 'drain.ended': {
      const { drainId, cluster, instanceId, outcome, marginSeconds } = event;
      return line(event.at, 'DrainsEnded', [[], ['Outcome']], {
        Outcome: outcome,
        drainId,
        cluster,
        instanceId,
        marginSeconds,
      });
    }
    case 'drain.missed': {
      const { drainId, cluster, instanceId, missed } = event;
      return line(event.at, 'DrainsMissed', [[]], { drainId, cluster, instanceId, missed });
    }
    case 'scaling.decided': {
      const { cluster, tick, subject, outcome, reason, from, to, carriedOut } = event;
      return line(event.at, 'ScalingDecisions', [[], ['Outcome']], {
        Outcome: outcome,
        cluster,
        tick,
        subject,
        reason,
        from,
        to,
        carriedOut,
      });
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
