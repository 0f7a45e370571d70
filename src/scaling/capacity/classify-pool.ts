import type { InstanceSnapshot, PoolMember, PoolSnapshot } from '../cluster-snapshot.ts';
import type { PoolPolicy } from '../policy/scaling-policy.ts';
import type { CapacityMemory } from '../scaling-memory.ts';
import type { Standing } from './classify-instances.ts';
import type { LaunchType } from './launch-types.ts';
import { mergeOwed, overdueUnits } from './owed-units.ts';

/** What a pool has, what is on its way, and whether it may be asked for more. */
export interface PoolStanding {
  readonly policy: PoolPolicy;
  readonly facts: PoolSnapshot;
  /** Smallest first; empty when nobody knows. */
  readonly types: readonly LaunchType[];
  /** Instances that its target asks for; those that are owed are taken to be of the smallest type. */
  readonly instances: number;
  /** Of them, those that take tasks. */
  readonly serving: readonly InstanceSnapshot[];
  /** On their way, and believed in. */
  readonly starting: readonly StartingMember[];
  readonly owedUnits: number;
  /** On their way for longer than a boot takes: not waited for. */
  readonly late: readonly StartingMember[];
  readonly overdueUnits: number;
  /** What it has beyond its target because its weights don't divide that: a target so much higher launches nothing. */
  readonly surplusUnits: number;
  /** Why it isn't asked for more; null when it may be. */
  readonly refuses: 'short' | 'failing' | 'ending' | null;
  /** To be remembered. */
  readonly owed: CapacityMemory['owed'][string];
}

export interface StartingMember {
  readonly member: PoolMember;
  readonly sinceMillis: number;
  /** Known when it is registered already, but doesn't take tasks yet. */
  readonly instance: InstanceSnapshot | undefined;
}

export interface PoolContext {
  readonly atMillis: number;
  readonly bootSeconds: number;
  readonly standings: ReadonlyMap<string, Standing>;
  readonly instances: ReadonlyMap<string, InstanceSnapshot>;
  /** Of those that others take away, whether ECS knows them or not. */
  readonly leaving: ReadonlySet<string>;
  readonly startingSince: CapacityMemory['startingSince'];
}

const isStarting = (standing: Standing | undefined): boolean =>
  standing === undefined || standing === 'returning' || standing === 'registering';

/** So many in a row that never register are no accident: more of the same would come to nothing too. */
const mostFailures = 2;

/** Pure. */
export const classifyPool = (
  policy: PoolPolicy,
  facts: PoolSnapshot,
  types: readonly LaunchType[],
  known: CapacityMemory['owed'][string] | undefined,
  context: PoolContext,
): PoolStanding => {
  const { atMillis, bootSeconds, standings, instances, leaving, startingSince } = context;
  const serving: InstanceSnapshot[] = [];
  const starting: StartingMember[] = [];
  const late: StartingMember[] = [];
  let kept = 0;
  let keptUnits = 0;
  let launchedUnits = 0;
  let heaviest = 0;
  let isEnding = false;
  for (const member of facts.members) {
    if (member.state === 'ending') continue;
    const { instanceId, weight } = member;
    const instance = instances.get(instanceId);
    launchedUnits += weight;
    // A maintained pool replaces what others take away; until it has, it owes the replacement.
    if (leaving.has(instanceId)) {
      if (!facts.isMaintained) kept++;
      continue;
    }
    kept++;
    keptUnits += weight;
    heaviest = Math.max(heaviest, weight);
    const standing = standings.get(instanceId);
    if (standing === 'drained') isEnding = true;
    if (standing === 'serving' && instance !== undefined) serving.push(instance);
    if (!isStarting(standing)) continue;
    const sinceMillis = startingSince[instanceId] ?? atMillis;
    const isLate = atMillis - sinceMillis >= bootSeconds * 1000;
    (isLate ? late : starting).push({ member, sinceMillis, instance });
  }
  const owedInAll = facts.isMaintained ? Math.max(0, facts.targetUnits - keptUnits) : 0;
  const owed = mergeOwed(known, owedInAll, atMillis);
  const overdue = overdueUnits(owed, atMillis, bootSeconds);
  // As much as a whole instance is being replaced or isn't wanted, and of a termination that stopped half-way nobody knows.
  const surplus = keptUnits - facts.targetUnits;
  const isUndivided = surplus > 0 && surplus < heaviest && !isEnding;
  const isShort = overdue > 0 && facts.targetUnits > launchedUnits;
  const registered = [...instances.values()].filter(({ pool }) => pool === policy.name);
  const lastRegistered = Math.max(...registered.map(({ registeredAtMillis }) => registeredAtMillis), 0);
  const failures = late.filter((one) => one.instance === undefined && one.sinceMillis >= lastRegistered);
  return {
    policy,
    facts,
    types,
    instances: kept + Math.ceil(owedInAll / (types[0]?.weight ?? 1)),
    serving,
    starting,
    owedUnits: owedInAll - overdue,
    late,
    overdueUnits: overdue,
    surplusUnits: isUndivided ? surplus : 0,
    refuses: !facts.isMaintained
      ? 'ending'
      : isShort
        ? 'short'
        : failures.length >= mostFailures
          ? 'failing'
          : null,
    owed,
  };
};
