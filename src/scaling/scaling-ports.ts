import type { ClusterReadPorts } from '../calls/cluster-reads.ts';
import type { DrainApi } from '../platform/ports/drain-api.ts';
import type { EventSink } from '../platform/ports/event-sink.ts';
import type { InstancePools } from '../platform/ports/instance-pools.ts';
import type { MetricSource } from '../platform/ports/metric-source.ts';
import type { ObjectStore } from '../platform/ports/object-store.ts';

/** What the use cases of scaling stand on. */
export interface ScalingPorts extends ClusterReadPorts {
  readonly store: ObjectStore;
  readonly pools: InstancePools;
  /** By where a metric comes from. */
  readonly metrics: { readonly cloudWatch: MetricSource; readonly prometheus: MetricSource };
  /** Instances leave by being drained. */
  readonly drains: Pick<DrainApi, 'request' | 'cancel'>;
  readonly events: EventSink;
  /** Names of the clusters that are looked after. */
  readonly clusters: readonly string[];
}
