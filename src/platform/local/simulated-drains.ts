import { eachOf, inBatches } from '../../calls/paced-call.ts';
import {
  type DrainStepInput,
  type DrainStepOptions,
  type DrainStepResult,
  drainStep,
} from '../../drain/coordinator/drain-step.ts';
import type { DrainPorts } from '../../drain/drain-ports.ts';
import {
  type IntakeCounts,
  type IntakePorts,
  instancesLeaving,
} from '../../drain/leaving/instances-leaving.ts';
import { type SweepResult, sweepDrains } from '../../drain/leaving/sweep-drains.ts';
import { type Random, seededRandom } from '../../plan/random.ts';
import { SharedPace } from '../../quota/shared-pace.ts';
import type { CallBucket } from '../ports/call-pace.ts';
import type { DeadLetter } from '../ports/dead-letters.ts';
import type { StormdrainEvent } from '../ports/event-sink.ts';
import { LocalConductor } from './local-conductor.ts';
import { MemoryStore } from './memory-store.ts';
import { MortalProcess } from './simulation/mortal-process.ts';
import { type SimulatedPlatform, simulateCluster } from './simulation/simulate-cluster.ts';
import type { SimulationSetup } from './simulation/simulation-setup.ts';
import { VirtualTime } from './virtual-time.ts';

export interface SimulatedDrainsSetup {
  readonly simulation: SimulationSetup;
  /** Milliseconds since the epoch. */
  readonly startMillis?: number;
  /** Of one call to the object store; from the first to below the second. */
  readonly storeMillis?: readonly [number, number];
  readonly step?: DrainStepOptions;
  readonly trouble?: DrainTrouble;
  /** Another drain's steps than the product's own, for comparison. */
  readonly takeStep?: (
    ports: DrainPorts,
    input: DrainStepInput,
    options: DrainStepOptions,
  ) => Promise<DrainStepResult>;
  /** A whole drain without hurry; none are carried out unless given. */
  readonly drainInstance?: (
    ports: DrainPorts & IntakePorts,
    input: { readonly cluster: string; readonly drainId: string },
  ) => Promise<void>;
}

/** What goes wrong around a drain. Shares are 0 to 1. */
export interface DrainTrouble {
  /** Of the steps, those that die after at most so many calls, of ports and of the object store. */
  readonly dying?: { readonly share: number; readonly withinCalls: number };
  /** Of the steps, those that are carried out by two processes at once. */
  readonly doubled?: number;
  /** Somebody in the same account who asks nobody before he makes calls. */
  readonly neighbour?: { readonly bucket: CallBucket; readonly perSecond: number; readonly seconds: number };
}

/** All of it, and how it truly went. What takes time is to be awaited within `play`. */
export interface SimulatedDrains {
  readonly platform: SimulatedPlatform;
  readonly ports: DrainPorts & IntakePorts;
  readonly store: MemoryStore;
  readonly conductor: LocalConductor;
  readonly time: VirtualTime;
  readonly told: readonly StormdrainEvent[];
  readonly letters: readonly DeadLetter[];
  readonly steps: StepFigures;
  /** Lets time pass until the work has ended. */
  play<Value>(work: () => Promise<Value>): Promise<Value>;
  /** Events as EventBridge delivers them, through the queue: ten a batch, and again when they could not be taken in. */
  hear(events: readonly unknown[]): Promise<IntakeCounts>;
  /** What is done every minute besides. */
  sweep(): Promise<SweepResult>;
  /** Until all that was conducted has ended. */
  finished(): Promise<void>;
  /** Spot warnings for the first instances at once, until their drains and their time are over. */
  storm(instances: number, action?: 'terminate' | 'stop' | 'hibernate'): Promise<void>;
}

export interface StepFigures {
  taken: number;
  died: number;
  longestMillis: number;
  /** What steps threw that did not die. */
  readonly errors: unknown[];
}

interface Process {
  readonly life: MortalProcess;
  readonly ports: DrainPorts & IntakePorts;
}

/** Lambda's, for the function that carries out a step. */
const stepTimeoutMillis = 60_000;
const visibilityMillis = 5_000;
const mostDeliveries = 20;

/** The composition root of a drain on a simulated cluster: the product's own parts, with AWS and the clock simulated. */
export const simulateDrains = (setup: SimulatedDrainsSetup): SimulatedDrains => {
  const { startMillis = Date.UTC(2026, 10, 21, 9, 31), storeMillis = [15, 60], trouble = {} } = setup;
  const { seed } = setup.simulation;
  const time = new VirtualTime(startMillis);
  const platform = simulateCluster(setup.simulation, time);
  const random = seededRandom(seed, 1);
  const ill = seededRandom(seed, 2);
  const [least, most] = storeMillis;
  const store = new MemoryStore({ time, latencyMillis: () => least + (most - least) * random() });
  const told: StormdrainEvent[] = [];
  const letters: DeadLetter[] = [];
  const steps: StepFigures = { taken: 0, died: 0, longestMillis: 0, errors: [] };
  const idle: Process[] = [];

  const begin = (): Process => {
    const life = new MortalProcess();
    const own = life.using(store);
    const clock = life.using(time, 'waits');
    const ports = {
      store: own,
      cluster: life.using(platform.cluster),
      balancer: life.using(platform.balancer),
      capacity: life.using(platform.capacity),
      pace: new SharedPace({ store: own, role: 'drain', time: clock, random }),
      events: life.using({ tell: async (event: StormdrainEvent) => void told.push(event) }),
      letters: life.using({ keep: async (letter: DeadLetter) => void letters.push(letter) }),
      time: clock,
      random,
      clusters: [platform.clusterName],
      conductor,
    };
    return { life, ports };
  };

  const inProcess = async <Value>(
    process: Process,
    timeoutMillis: number,
    work: (ports: Process['ports']) => Promise<Value>,
  ): Promise<Value> => {
    let isOver = false;
    time.at(time.nowMillis() + timeoutMillis, () => {
      if (!isOver) process.life.kill('the process took too long');
    });
    try {
      return await Promise.race([work(process.ports), process.life.died]);
    } finally {
      isOver = true;
      process.life.live();
      if (!process.life.isDead) idle.push(process);
    }
  };

  const takeStep = async (input: DrainStepInput): Promise<DrainStepResult> => {
    const process = idle.pop() ?? begin();
    const { dying } = trouble;
    if (dying !== undefined && ill() < dying.share)
      process.life.dieAfter(Math.floor(ill() * dying.withinCalls), ill() < 0.5);
    const begunAt = time.nowMillis();
    steps.taken++;
    try {
      return await inProcess(process, stepTimeoutMillis, (ports) =>
        (setup.takeStep ?? drainStep)(ports, input, setup.step ?? {}),
      );
    } catch (error) {
      if (process.life.isDead) steps.died++;
      else steps.errors.push(error);
      throw error;
    } finally {
      steps.longestMillis = Math.max(steps.longestMillis, time.nowMillis() - begunAt);
    }
  };

  const conductor = new LocalConductor({
    time,
    step: async (input) => {
      if (ill() >= (trouble.doubled ?? 0)) return takeStep(input);
      const [result] = await Promise.allSettled([takeStep(input), takeStep(input)]);
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    },
    drainInstance: async (input) => setup.drainInstance?.(begin().ports, input),
  });

  const { ports } = begin();
  const hear = async (events: readonly unknown[]): Promise<IntakeCounts> => {
    const messages = events.map((event, n) => ({ messageId: `m-${n}`, body: JSON.stringify(event) }));
    const counts: Record<keyof IntakeCounts, number> = {
      leaving: 0,
      known: 0,
      ignored: 0,
      unreadable: 0,
      unknownInstance: 0,
    };
    await eachOf(inBatches(messages, 10), 4, async (batch) => {
      let left = batch;
      for (let delivery = 0; left.length > 0 && delivery < mostDeliveries; delivery++) {
        if (delivery > 0) await time.sleep(visibilityMillis);
        const answer = await instancesLeaving(ports, { Records: left });
        const failed = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
        left = left.filter(({ messageId }) => failed.has(messageId));
        for (const name of Object.keys(counts) as (keyof IntakeCounts)[]) counts[name] += answer.counts[name];
      }
    });
    return counts;
  };

  const storm: SimulatedDrains['storm'] = async (instances, action = 'terminate') => {
    const leaving = platform.instances().slice(0, instances);
    const warned = platform.pool.interrupt(
      leaving.map(({ instanceId }) => instanceId),
      action,
    );
    const endMillis = Math.max(...warned.map(({ deadlineMillis }) => deadlineMillis)) + 1;
    await hear(warned.map(({ event }) => event));
    await conductor.ended();
    await time.sleep(Math.max(0, endMillis - time.nowMillis()));
  };

  const { neighbour } = trouble;
  if (neighbour !== undefined) disturb(platform, time, neighbour, seededRandom(seed, 3));
  return {
    platform,
    ports,
    store,
    conductor,
    time,
    told,
    letters,
    steps,
    play: (work) => time.run(work()),
    hear,
    sweep: () => sweepDrains(ports),
    finished: () => conductor.ended(),
    storm,
  };
};

/** Calls that change nothing and are paid for all the same. */
const idleCalls = ({ clusterName, cluster, balancer, capacity, pools, metrics }: SimulatedPlatform) =>
  ({
    clusterRead: () => cluster.describeCluster(clusterName),
    resourceRead: () => cluster.describeTasks(clusterName, ['none']),
    definitionRead: () => cluster.describeTaskDefinition('none'),
    protection: () => cluster.protectedTasks(clusterName, ['none']),
    resourceModify: () => cluster.stopTask(clusterName, 'none', ''),
    serviceRead: () => cluster.describeServices(clusterName, ['none']),
    serviceModify: async () => undefined,
    fleetRead: () => pools.describePools('ec2Fleet', ['none']),
    fleetModify: () => pools.terminate({ kind: 'ec2Fleet', id: 'none' }, 'none'),
    metricRead: () => metrics.read([], { fromMillis: 0, toMillis: 0 }),
    balancerAny: () => balancer.health('none'),
    balancerTargets: () => balancer.deregister('none', []),
    capacity: () =>
      capacity.recordHeartbeat({
        autoScalingGroupName: '',
        lifecycleHookName: '',
        lifecycleActionToken: '',
        instanceId: '',
      }),
  }) satisfies Record<CallBucket, () => Promise<unknown>>;

const disturb = (
  platform: SimulatedPlatform,
  time: VirtualTime,
  { bucket, perSecond, seconds }: NonNullable<DrainTrouble['neighbour']>,
  random: Random,
): void => {
  const call = idleCalls(platform)[bucket];
  const untilMillis = time.nowMillis() + seconds * 1000;
  const again = (): void => {
    if (time.nowMillis() > untilMillis) return;
    call().catch(() => undefined);
    time.at(time.nowMillis() + (2_000 * random()) / perSecond, again);
  };
  again();
};
