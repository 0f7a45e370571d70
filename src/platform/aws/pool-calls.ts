import { CapacityRefusedError, CapacityUnavailableError } from '../../errors.ts';
import type { PoolFacts, PoolMemberFacts, PoolReference, Purchase } from '../ports/instance-pools.ts';
import type { AwsFailure } from './aws-failure.ts';
import { passFailure } from './pass-failure.ts';

/** Pools of one kind, as their own API has them. */
export type PoolId = PoolReference['id'];

/** A call about pools. Throws `CallThrottled`, `CapacityUnavailable` or `CapacityRefused`. */
export const askPools = <Answer>(
  action: string,
  call: () => Promise<Answer>,
  expected: (failure: AwsFailure) => { readonly answer: Answer } | undefined = () => undefined,
): Promise<Answer> =>
  passFailure(call, {
    action,
    advice:
      "Check the pools' names or ids in the policy, their own limits, and that the stack's parameters name them: the role may only change those.",
    kinds: { unavailable: CapacityUnavailableError, refused: CapacityRefusedError },
    expected,
  });

/** EC2 may divide even a short answer. */
const mostPages = 20;

/**
 * All pages of one answer. The first is paid for by whoever asked; the others, of which there should be none, by `payMore`.
 */
export const allPages = async <Item>(
  what: string,
  read: (
    NextToken: string | undefined,
  ) => Promise<{ readonly items: readonly Item[]; readonly next: string | undefined }>,
  payMore: () => Promise<void>,
): Promise<readonly Item[]> => {
  const all: Item[] = [];
  let token: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    if (page > 0) await payMore();
    const { items, next } = await read(token);
    all.push(...items);
    if (next === undefined || next === '') return all;
    token = next;
  }
  throw new CapacityUnavailableError(
    `Could not ${what}: the answer had no end after ${mostPages} pages. Try again in a moment.`,
  );
};

/** Of each type the first that is given; weights of 1 are left out. */
export const weightsOf = (
  overrides: readonly {
    readonly InstanceType?: string | undefined;
    readonly WeightedCapacity?: number | string | undefined;
  }[],
): Readonly<Record<string, number>> => {
  const weights = new Map<string, number>();
  for (const { InstanceType, WeightedCapacity } of overrides)
    if (InstanceType !== undefined && WeightedCapacity !== undefined && !weights.has(InstanceType))
      weights.set(InstanceType, Number(WeightedCapacity));
  return Object.fromEntries([...weights].filter(([, weight]) => weight > 0 && weight !== 1));
};

/** What EC2 lists of a fleet: instances that run. When they are in service, it doesn't say. */
export const fleetMembers = (
  instances:
    | readonly {
        readonly InstanceId?: string | undefined;
        readonly InstanceType?: string | undefined;
        readonly SpotInstanceRequestId?: string | undefined;
      }[]
    | undefined,
): readonly PoolMemberFacts[] =>
  (instances ?? []).flatMap(({ InstanceId, InstanceType, SpotInstanceRequestId }): PoolMemberFacts[] =>
    InstanceId === undefined
      ? []
      : [
          {
            instanceId: InstanceId,
            type: InstanceType ?? '',
            state: 'inService',
            isProtected: false,
            purchase: SpotInstanceRequestId ? 'spot' : 'onDemand',
          },
        ],
  );

/** A total below the part that is bought so is refused by EC2 ("TargetCapacity cannot be less than OnDemandTargetCapacity"). */
export const keptPart = (
  keeps: Purchase,
  units: number | undefined,
): Pick<PoolFacts, 'minimumUnits' | 'keeps'> =>
  units === undefined || units <= 0 ? { minimumUnits: null } : { minimumUnits: units, keeps };
