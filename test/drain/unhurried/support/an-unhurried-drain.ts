import type { InstanceLeaving } from '../../../../src/drain/leaving/instance-leaving.ts';
import {
  type LeavingInstance,
  leavingDocument,
  leavingKey,
} from '../../../../src/drain/leaving/leaving-document.ts';
import { mergeAndWake } from '../../../../src/drain/leaving/merge-and-wake.ts';
import { updateLeaving } from '../../../../src/drain/leaving/update-leaving.ts';
import { type DrainRecord, drainRecord, recordsPrefix } from '../../../../src/drain/records/drain-record.ts';
import { drainInstance } from '../../../../src/drain/unhurried/drain-instance.ts';
import {
  type SimulatedDrains,
  type SimulatedDrainsSetup,
  simulateDrains,
} from '../../../../src/platform/local/simulated-drains.ts';
import type { SimulationSetup } from '../../../../src/platform/local/simulation/simulation-setup.ts';
import { readJson } from '../../../../src/store/stored-json.ts';

export const minutes = (count: number): number => count * 60_000;
export const hours = (count: number): number => count * 3_600_000;

/** On instance 0: two tasks of a service, one task of its own behind `jobs`, and one behind nothing. Instance 1 has room. */
export const aCluster = (overrides: Partial<SimulationSetup> = {}): SimulationSetup => ({
  seed: 3,
  instances: 3,
  groups: [
    { name: 'web', requestsPerSecond: 20, deregistrationDelaySeconds: 30 },
    { name: 'jobs', requestsPerSecond: 20, deregistrationDelaySeconds: 60 },
  ],
  services: [{ name: 'web', desiredCount: 4, groups: ['web'], onInstances: [0, 1] }],
  batchTasks: [
    { count: 2, group: 'jobs', onInstances: [0, 1], startedBy: 'tagged' },
    { count: 1, onInstances: [0], startedBy: 'batch' },
  ],
  ...overrides,
});

export interface UnhurriedWorld extends SimulatedDrains {
  readonly cluster: string;
  readonly startMillis: number;
  /** The instance that leaves, its tasks at the beginning, and those of its kind. */
  readonly instanceId: string;
  readonly tasks: Readonly<Record<'service' | 'tagged' | 'batch', readonly Task[]>>;
  /** News of it, as intake merges them. */
  news(leaving: Partial<InstanceLeaving>): Promise<void>;
  /** Has something happen later, while time passes. */
  at(millis: number, action: () => void): void;
  pass(millis: number): Promise<void>;
  entry(): Promise<LeavingInstance | undefined>;
  change(change: (entry: LeavingInstance) => LeavingInstance): Promise<void>;
  records(): Promise<readonly DrainRecord[]>;
  keys(prefix: string): Promise<readonly string[]>;
}

type Task = ReturnType<SimulatedDrains['platform']['tasks']>[number];

const keysOf = async (drains: SimulatedDrains, prefix: string): Promise<readonly string[]> => {
  const keys: string[] = [];
  for await (const key of drains.store.list(prefix)) keys.push(key);
  return keys;
};

/** A simulated cluster whose drains without hurry are carried out in this process. */
export const anUnhurriedDrain = (
  simulation: SimulationSetup = aCluster(),
  setup: Omit<SimulatedDrainsSetup, 'simulation'> = { drainInstance },
): UnhurriedWorld => {
  const drains = simulateDrains({ ...setup, simulation });
  const { platform, time, ports } = drains;
  const cluster = platform.clusterName;
  const instance = platform.instances()[0];
  if (instance === undefined) throw new RangeError('the cluster has no instance');
  const { instanceId } = instance;
  const here = platform.tasks().filter((task) => task.origin.instance === instance);
  const by = (startedBy: string): readonly Task[] => here.filter((t) => t.origin.startedBy === startedBy);
  const startMillis = time.nowMillis();
  const leavingNow = () => readJson(drains.store, leavingKey(cluster), leavingDocument);
  return {
    ...drains,
    cluster,
    startMillis,
    instanceId,
    tasks: {
      service: here.filter((task) => task.origin.service !== null),
      tagged: by('tagged'),
      batch: by('batch'),
    },
    news: async (leaving) => {
      const whole: InstanceLeaving = {
        instanceId,
        cause: 'rebalance',
        noticedAtMillis: time.nowMillis(),
        deadlineMillis: null,
        ...leaving,
      };
      await drains.play(() => mergeAndWake(ports, cluster, [whole]));
    },
    at: (millis, action) => time.at(startMillis + millis, action),
    pass: (millis) => drains.play(() => time.sleep(millis)),
    entry: async () => {
      const document = await drains.play(leavingNow);
      return document?.value.instances[instanceId];
    },
    change: async (change) => {
      await drains.play(() =>
        updateLeaving(ports, cluster, (document) => {
          const entry = document?.instances[instanceId];
          if (document === undefined || entry === undefined) throw new RangeError('it does not leave');
          return { ...document, instances: { ...document.instances, [instanceId]: change(entry) } };
        }),
      );
    },
    records: () =>
      drains.play(async () => {
        const keys = await keysOf(drains, recordsPrefix);
        const read = await Promise.all(keys.map((key) => readJson(drains.store, key, drainRecord)));
        return read.flatMap((stored) => stored?.value ?? []);
      }),
    keys: (prefix) => drains.play(() => keysOf(drains, prefix)),
  };
};
