import type { Balancer } from '../platform/ports/balancer.ts';
import type { CallPace } from '../platform/ports/call-pace.ts';
import type { CapacityPool } from '../platform/ports/capacity-pool.ts';
import type { ContainerCluster } from '../platform/ports/container-cluster.ts';
import type { EventSink } from '../platform/ports/event-sink.ts';
import type { ObjectStore } from '../platform/ports/object-store.ts';
import type { PacedTime } from '../platform/ports/paced-time.ts';

/** What the use cases of a drain stand on. */
export interface DrainPorts {
  readonly store: ObjectStore;
  readonly cluster: ContainerCluster;
  /** All balancers there are, behind one face. */
  readonly balancer: Balancer;
  readonly capacity: CapacityPool;
  readonly pace: CallPace;
  readonly events: EventSink;
  readonly time: PacedTime;
  /** 0 to 1; for the length of pauses. */
  readonly random: () => number;
}

/** What taking in news of instances needs besides. */
export interface DrainClusters {
  /** Names of the clusters that are looked after. */
  readonly clusters: readonly string[];
}
