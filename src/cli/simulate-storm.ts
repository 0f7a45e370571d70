import { drainRequestMessage } from '../drain/notices/drain-request.ts';
import { type DrainRecord, recordsPrefix } from '../drain/records/drain-record.ts';
import { drainInstance } from '../drain/unhurried/drain-instance.ts';
import { type SimulatedDrains, simulateDrains } from '../platform/local/simulated-drains.ts';
import { aStorm } from '../platform/local/simulation/a-storm.ts';
import { failedRequests, sumTraffic } from '../platform/local/simulation/traffic.ts';
import type { StormRequest, StormResult } from './storm.ts';

export interface PlayedStorm {
  readonly result: StormResult;
  /** By key, as the drains wrote them. */
  readonly records: ReadonlyMap<string, Uint8Array>;
}

const spotActions = { spot: 'terminate', 'spot-stop': 'stop' } as const;

const raise = async (drains: SimulatedDrains, request: StormRequest): Promise<void> => {
  const { cause, instances, deadlineSeconds } = request;
  if (cause === 'spot' || cause === 'spot-stop') return drains.storm(instances, spotActions[cause]);
  const { time, platform, conductor } = drains;
  const noticedAtMillis = time.nowMillis();
  const deadlineMillis = noticedAtMillis + deadlineSeconds * 1000;
  const leaving = platform.instances().slice(0, instances);
  const instanceIds = leaving.map(({ instanceId }) => instanceId);
  if (cause === 'lifecycle') {
    await drains.hear(instanceIds.map((id) => platform.pool.terminate(id, deadlineSeconds).event));
    // From the last drain's end the group has its answer, and the instance is gone.
    return conductor.ended();
  }
  const requestedBy = 'the simulation';
  const message = { instanceIds, requestedAtMillis: noticedAtMillis, deadlineMillis, requestedBy };
  await drains.hear([JSON.parse(drainRequestMessage(message))]);
  await conductor.ended();
  await time.sleep(Math.max(0, deadlineMillis - time.nowMillis()));
};

const readRecords = async ({ store }: SimulatedDrains): Promise<Map<string, Uint8Array>> => {
  const records = new Map<string, Uint8Array>();
  for await (const key of store.list(recordsPrefix)) {
    const got = await store.get(key);
    if (got.kind === 'found') records.set(key, got.body);
  }
  return records;
};

const toMillis = (seconds: number): number => Math.round(seconds * 1000) / 1000;

const newest = (startMillis: number, instants: readonly (number | null)[]): number | null =>
  instants.length === 0 || instants.includes(null)
    ? null
    : toMillis((Math.max(...instants.map((at) => at ?? 0)) - startMillis) / 1000);

/** Plays a storm on a simulated cluster, in virtual time; the same request gives the same result. */
export const simulateStorm = async (request: StormRequest): Promise<PlayedStorm> => {
  const { seed, cause, deadlineSeconds, instances, tasks, groups, startMillis } = request;
  const simulation = aStorm({ seed, instances: 2 * instances, tasksPerInstance: tasks, groups });
  const drains: SimulatedDrains = simulateDrains({
    // Those that stay have room for the tasks of all.
    simulation: { ...simulation, clusterName: 'simulated', slotsPerInstance: 2 * tasks },
    startMillis,
    drainInstance: (ports, input) => drainInstance({ ...ports, conductor: drains.conductor }, input),
  });
  const records = await drains.play(async () => {
    await raise(drains, request);
    return readRecords(drains);
  });
  const written = [...records.values()].map((body): DrainRecord => JSON.parse(Buffer.from(body).toString()));
  const outcomes: Partial<Record<DrainRecord['outcome'], number>> = {};
  for (const { outcome } of written) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  const { platform } = drains;
  const traffic = sumTraffic(platform.traffic().values());
  const sum = (of: (record: DrainRecord) => number): number =>
    written.reduce((total, record) => total + of(record), 0);
  const stopsAsked = sum((record) => record.tasks.stopAsked);
  const targets = sum((record) => record.groups.reduce((total, group) => total + group.targets, 0));
  const margins = written.map(({ marginSeconds }) => marginSeconds);
  return {
    records,
    result: {
      seed,
      cause,
      deadlineSeconds,
      instances: { leaving: instances, staying: instances },
      tasksPerInstance: tasks,
      groups,
      targets,
      stopsAsked,
      lastDeregistrationSeconds: newest(
        startMillis,
        written.filter(({ groups: own }) => own.length > 0).map(({ steps }) => steps.deregistered),
      ),
      lastStopSeconds: newest(
        startMillis,
        written.filter((record) => record.tasks.stopAsked > 0).map(({ steps }) => steps.lastStop),
      ),
      emptySeconds: newest(
        startMillis,
        written.map(({ steps }) => steps.empty),
      ),
      marginSeconds:
        margins.length === 0 || margins.includes(null)
          ? null
          : toMillis(Math.min(...margins.map((margin) => margin ?? 0))),
      drainsThatMissed: written.filter(({ missed }) => missed.length > 0).length,
      outcomes,
      calls: Object.fromEntries([...platform.calls()].map(([kind, count]) => [kind, { ...count }])),
      requests: { ...traffic, failed: failedRequests(traffic) },
    },
  };
};
