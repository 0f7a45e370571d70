import type { CapacityPolicy } from '../policy/scaling-policy.ts';
import type { ClusterStanding } from './classify-cluster.ts';
import type { UnplacedDemand } from './decide-unplaced.ts';
import type { TaskDemand } from './pack-tasks.ts';
import { type Placement, placeDemands } from './place-demands.ts';
import { Provision, type Slot } from './provision.ts';
import {
  type Amounts,
  add,
  isMissing,
  missingCapacity,
  nothing,
  type ReservationPercent,
  reservationPercent,
  reservedOn,
  sizeOf,
} from './reservation.ts';

/** Why there should be more instances than serve. */
export type CapacitySignal =
  | 'unplaced-service'
  | 'failed-requests'
  | 'reservation'
  | 'headroom'
  | 'below-minimum'
  | 'floor';

export interface CapacityPlan {
  /** With what is to be taken back and bought. */
  readonly provision: Provision;
  readonly placements: readonly Placement<UnplacedDemand>[];
  /** Those that want more than what serves, the one that wants most last. Each vetoes scale-in. */
  readonly signals: readonly CapacitySignal[];
  /** Which signal each instance that is taken back or bought is for. */
  readonly reasons: ReadonlyMap<Slot, CapacitySignal>;
  /** Of what serves, tasks that wait for room included. */
  readonly percent: ReservationPercent;
  /** Instances that are wanted and can't be had. */
  readonly unmet: number;
  /** Wanted at least, of all pools together. */
  readonly minimum: number;
}

/** Nobody replaces these, or nobody who could be counted on: their tasks will need room elsewhere. */
const unreplaced = ({ going, pools, standings }: ClusterStanding): Amounts => {
  const replacing = new Set(pools.flatMap(({ facts }) => (facts.isMaintained ? [facts.name] : [])));
  return reservedOn(
    going.filter(
      ({ pool, instanceId }) =>
        pool === null || !replacing.has(pool) || standings.get(instanceId) === 'aside',
    ),
  );
};

/** What waits for room, but for what can't be helped, and what ECS may place any time. */
const waitingOf = (placements: readonly Placement[]): Amounts =>
  placements.reduce((sum, { demand, onServing, refusal, left }) => {
    const isHopeless = refusal === 'no-type' || refusal === 'in-vain';
    return add(sum, demand.needs, demand.count - onServing - (isHopeless ? left : 0));
  }, nothing);

export const headroomDemands = ({ headroom }: CapacityPolicy): readonly TaskDemand[] =>
  headroom.map(({ count, cpu, memoryMib }, index) => ({
    group: `headroom:${index}`,
    needs: {
      cpu,
      memoryMib,
      gpus: 0,
      taskEnis: 0,
      tcpPorts: [],
      udpPorts: [],
      constraints: [],
      isDistinct: false,
    },
    count,
    running: 0,
  }));

/** Instances that would carry what was left without a place, at the least. */
const leftInstances = (placements: readonly Placement[], provision: Provision): number => {
  const left = placements.filter(({ refusal }) => refusal === 'pool' || refusal === 'maximum');
  const amounts = left.reduce((sum, one) => add(sum, one.demand.needs, one.left), nothing);
  return left.length === 0 ? 0 : Math.max(1, instancesFor(amounts, provision));
};

const instancesFor = ({ cpu, memoryMib }: Amounts, { pools }: Provision): number => {
  const sizes = pools.flatMap(({ types }) => types.slice(0, 1).map(({ size }) => size));
  const largest = {
    cpu: Math.max(...sizes.map((one) => one.cpu), 1),
    memoryMib: Math.max(...sizes.map((one) => one.memoryMib), 1),
  };
  return Math.ceil(Math.max(cpu / largest.cpu, memoryMib / largest.memoryMib));
};

/**
 * What the signals want, each on top of what the ones before it have got: so the largest want counts, and two signals of one
 * demand buy it once. Pure.
 * @param floor Minimum that holds for now; 0 for none.
 * @param isLateBelieved As if what is overdue would come all the same.
 */
export const planCapacity = (
  cluster: ClusterStanding,
  policy: CapacityPolicy,
  demands: readonly UnplacedDemand[],
  floor: number,
  isLateBelieved = false,
): CapacityPlan => {
  const provision = new Provision(cluster, policy, isLateBelieved);
  const reasons = new Map<Slot, CapacitySignal>();
  const signals: CapacitySignal[] = [];
  let unmet = 0;
  const note = (signal: CapacitySignal, isWanted: boolean, missing: number): void => {
    unmet = Math.max(unmet, missing);
    const opened = [...provision.takenBack, ...provision.bought].filter((slot) => !reasons.has(slot));
    for (const slot of opened) reasons.set(slot, signal);
    if (opened.length > 0) signals.push(signal);
    else if (isWanted || missing > 0) signals.unshift(signal);
  };

  const placements = placeDemands(provision, demands);
  const beyond = placements.filter(
    ({ demand, onServing, refusal }) =>
      onServing < demand.count && refusal !== 'no-type' && refusal !== 'in-vain',
  );
  const isOfServices = beyond.some(({ demand }) => demand.from === 'unplaced-service');
  note(
    isOfServices ? 'unplaced-service' : 'failed-requests',
    beyond.length > 0,
    leftInstances(placements, provision),
  );

  const waiting = waitingOf(placements);
  const reserved = add(add(reservedOn(cluster.serving), unreplaced(cluster)), waiting);
  const size = sizeOf(cluster.serving);
  const missing = (): Amounts => {
    const counted = [...provision.coming, ...provision.takenBack, ...provision.bought];
    const held = counted.reduce((sum, slot) => (slot.size === null ? sum : add(sum, slot.size)), size);
    const returned = provision.takenBack.flatMap(({ instance }) => (instance === null ? [] : [instance]));
    return missingCapacity(add(reserved, reservedOn(returned)), held, policy.reservation);
  };
  while (isMissing(missing()) && provision.open(null) !== undefined);
  const isSizeAwaited = [...provision.coming, ...provision.bought].some((slot) => slot.size === null);
  note(
    'reservation',
    isMissing(missingCapacity(reserved, size, policy.reservation)),
    isSizeAwaited ? 0 : instancesFor(missing(), provision),
  );

  const spare = placeDemands(provision, headroomDemands(policy));
  note(
    'headroom',
    spare.some(({ demand, onServing }) => onServing < demand.count),
    leftInstances(spare, provision),
  );

  const minimum = Math.min(policy.maximum, Math.max(policy.minimum, floor));
  let short = 0;
  for (const pool of cluster.pools) {
    const { name, minimum: least } = pool.policy;
    while (provision.stayingOf(name) < least && provision.openIn(pool) !== undefined);
    short += Math.max(0, least - provision.stayingOf(name));
  }
  const serving = cluster.pools.reduce((sum, pool) => sum + pool.serving.length, 0);
  const believed = cluster.pools.reduce((sum, pool) => {
    const { owedUnits, overdueUnits, late, starting, types } = pool;
    const units = owedUnits + (isLateBelieved ? overdueUnits : 0);
    const coming = starting.length + (isLateBelieved ? late.length : 0);
    return sum + coming + Math.ceil(units / (types[0]?.weight ?? 1));
  }, serving);
  const there = (): number => believed + provision.takenBack.length + provision.bought.length;
  while (there() < minimum && provision.openMore() !== undefined);
  note(
    floor > policy.minimum ? 'floor' : 'below-minimum',
    serving < minimum,
    Math.max(short, minimum - there(), 0),
  );
  return {
    provision,
    placements,
    signals,
    reasons,
    percent: reservationPercent(reserved, size),
    unmet,
    minimum,
  };
};
