import { DirectDrainApi } from '../../drain/operator/direct-drain-api.ts';
import { drainInstance } from '../../drain/unhurried/drain-instance.ts';
import { seededRandom } from '../../plan/random.ts';
import { SharedPace } from '../../quota/shared-pace.ts';
import { capacityWanted, type WantedPorts } from '../../scaling/demands/capacity-wanted.ts';
import { DirectScalingApi } from '../../scaling/operator/direct-scaling-api.ts';
import { scalingTicks } from '../../scaling/tick/scaling-ticks.ts';
import type { TickResult } from '../../scaling/tick/tick-result.ts';
import { type SimulatedDrains, type SimulatedDrainsSetup, simulateDrains } from './simulated-drains.ts';
import type { InstanceEvent } from './simulation/instance-events.ts';

export interface SimulatedScalingSetup extends Omit<SimulatedDrainsSetup, 'drainInstance'> {
  /** YAML or JSON. */
  readonly policy: string;
  /** From an event to whoever hears of it. */
  readonly eventMillis?: number;
  /** Of each scheduled tick; 1 unless given. */
  readonly ticksAtOnce?: number;
}

/** A simulated cluster that is scaled and drained, and how it went. What takes time is to be awaited within `drains.play`. */
export interface SimulatedScaling {
  readonly drains: SimulatedDrains;
  readonly ports: WantedPorts;
  /** Those that decided something or nothing, in order. */
  readonly onTick: (listener: (tick: TickResult) => void) => void;
  /** What ticks, sweeps and events threw. */
  readonly errors: unknown[];
  /** Checks and stores the policy. Throws `PolicyRefused`. */
  apply(): Promise<void>;
  /** Until then, a tick and a sweep of the drains at each whole minute. */
  runUntil(atMillis: number): Promise<void>;
  /** RunTask failed: whoever asked for the task says so. */
  wanted(request: {
    readonly group: string;
    readonly taskId: string;
    readonly cpu: number;
    readonly memoryMib: number;
  }): void;
  /** An event that EventBridge delivers to whom it concerns. */
  hear(event: InstanceEvent): Promise<void>;
}

const minuteMillis = 60_000;
const usualEventMillis = 800;
/** SQS's visibility: until a message that could not be taken in comes again. */
const againMillis = 30_000;

/** The composition root of scaling on a simulated cluster: ticks, drains and events, with AWS and the clock simulated. */
export const simulateScaling = (setup: SimulatedScalingSetup): SimulatedScaling => {
  const drains = simulateDrains({ ...setup, drainInstance });
  const { platform, time, store } = drains;
  const random = seededRandom(setup.simulation.seed, 4);
  const pace = new SharedPace({ store, role: 'scaling', time, random });
  const shared = { ...drains.ports, pace, random };
  const ports: WantedPorts = {
    store,
    cluster: platform.cluster,
    pace,
    time,
    random,
    pools: platform.pools,
    metrics: { cloudWatch: platform.metrics, prometheus: platform.metrics },
    drains: new DirectDrainApi({ ...shared, conductor: drains.conductor }),
    events: drains.ports.events,
    letters: drains.ports.letters,
    clusters: [platform.clusterName],
  };
  const errors: unknown[] = [];
  const listeners: ((tick: TickResult) => void)[] = [];
  const told = (ticks: readonly TickResult[]): void => {
    for (const tick of ticks) for (const listener of listeners) listener(tick);
  };
  const guarded = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      errors.push(error);
    }
  };

  const queue: { readonly messageId: string; readonly body: string }[] = [];
  let isConsuming = false;
  let messages = 0;
  /** SQS hands ten messages at most to a function that runs once at a time. */
  const consume = async (): Promise<void> => {
    if (isConsuming) return;
    isConsuming = true;
    while (queue.length > 0) {
      const Records = queue.splice(0, 10);
      await guarded(async () => {
        const { batchItemFailures, ticks } = await capacityWanted(ports, { Records });
        told(ticks.ticks);
        const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
        const again = Records.filter(({ messageId }) => failed.has(messageId));
        if (again.length > 0) time.at(time.nowMillis() + againMillis, () => send(again));
      });
    }
    isConsuming = false;
  };
  const send = (records: typeof queue): void => {
    queue.push(...records);
    void consume();
  };
  const takeIn = (body: unknown): void =>
    send([{ messageId: `m-${messages++}`, body: JSON.stringify(body) }]);
  const hear = async (event: InstanceEvent): Promise<void> => {
    await time.sleep(setup.eventMillis ?? usualEventMillis);
    if (event.source === 'aws.ecs') takeIn(event);
    else await guarded(() => drains.hear([event]));
  };
  platform.onEvent((event) => void hear(event));

  const tick = async (): Promise<void> => {
    const { ticks, failed } = await scalingTicks(ports, { fast: false });
    told(ticks);
    errors.push(...failed);
  };

  return {
    drains,
    ports,
    errors,
    onTick: (listener) => void listeners.push(listener),
    apply: async () => {
      const deployment = {
        clusters: ports.clusters,
        hasFastTick: false,
        pools: null,
        drainClusters: null,
        hasPrometheus: false,
      };
      const api = new DirectScalingApi({ store, time, deployment });
      await api.apply({ text: setup.policy, name: 'policy', requestedBy: 'the simulation' });
    },
    runUntil: async (atMillis) => {
      for (;;) {
        const nextMillis = (Math.floor(time.nowMillis() / minuteMillis) + 1) * minuteMillis;
        if (nextMillis > atMillis) break;
        await time.sleep(nextMillis - time.nowMillis());
        for (let count = 0; count < (setup.ticksAtOnce ?? 1); count++) void guarded(tick);
        void guarded(() => drains.sweep());
      }
      await time.sleep(Math.max(0, atMillis - time.nowMillis()));
    },
    wanted: ({ group, taskId, cpu, memoryMib }) =>
      takeIn({ group_name: group, cluster: platform.clusterName, cpu, memory: memoryMib, task_id: taskId }),
    hear,
  };
};
