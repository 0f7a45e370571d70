import { logFailure, reasonOf } from '../../calls/log-failure.ts';
import { eachOf, pacedCall } from '../../calls/paced-call.ts';
import type { PoolPolicy, ScalingPolicy } from '../policy/scaling-policy.ts';
import type { ScalingAction } from '../scaling-decision.ts';
import type { ScalingPorts } from '../scaling-ports.ts';
import { bucketOfChanging, bucketOfReading } from './read-pools.ts';

type PoolAction = Extract<ScalingAction, { readonly kind: 'setPool' | 'terminate' }>;
type Tell = (action: PoolAction, result: string) => void;
/** Tells what became of the actions, `done` unless the work says that it was in vain; false when it failed. */
type Attempt = (actions: readonly PoolAction[], work: () => Promise<unknown>) => Promise<boolean>;

const changedByOthers = 'changed-by-others';

/** Changes pools: one pool's failures hold no other up. */
export const carryOutPools = async (
  ports: ScalingPorts,
  policy: ScalingPolicy,
  actions: readonly PoolAction[],
  tell: Tell,
): Promise<void> => {
  const attempt: Attempt = async (attempted, work) => {
    try {
      const result = (await work()) === changedByOthers ? changedByOthers : 'done';
      for (const action of attempted) tell(action, result);
      return true;
    } catch (error) {
      for (const action of attempted) {
        logFailure({ cluster: policy.cluster, action, error });
        tell(action, reasonOf(error));
      }
      return false;
    }
  };
  const byPool = new Map<string, PoolAction[]>();
  for (const action of actions) byPool.set(action.pool, [...(byPool.get(action.pool) ?? []), action]);
  await eachOf([...byPool], byPool.size, async ([name, ofPool]) => {
    const pool = policy.capacity?.pools.find((one) => one.name === name);
    if (pool === undefined)
      await attempt(ofPool, () => Promise.reject(new TypeError(`the policy has no pool ${name}`)));
    else if (pool.kind === 'autoScalingGroup') await changeGroup(ports, pool, ofPool, attempt, tell);
    else await changeFleet(ports, pool, ofPool, attempt);
  });
};

/** Each termination lowers the target itself, so they are made in their order, and none after one that failed. */
const changeGroup = async (
  ports: ScalingPorts,
  group: PoolPolicy,
  actions: readonly PoolAction[],
  attempt: Attempt,
  tell: Tell,
): Promise<void> => {
  let failed: PoolAction | undefined;
  for (const action of actions) {
    const change = (): Promise<unknown> =>
      action.kind === 'setPool'
        ? raiseGroup(ports, group, action.toUnits)
        : pacedCall(ports, bucketOfChanging(group.kind), () =>
            ports.pools.terminate(group, action.instanceId),
          );
    if (failed !== undefined) tell(action, `not tried: ${failed.kind} before it failed`);
    else if (!(await attempt([action], change))) failed = action;
  }
};

/** A group that is lowered ends instances of its own choice, whatever runs on them: one that others have raised is left alone. */
const raiseGroup = async (ports: ScalingPorts, group: PoolPolicy, toUnits: number): Promise<unknown> => {
  const [now] = await pacedCall(ports, bucketOfReading(group.kind), () =>
    ports.pools.describePools(group.kind, [group.id]),
  );
  if (now !== undefined && now.targetUnits > toUnits) return changedByOthers;
  return pacedCall(ports, bucketOfChanging(group.kind), () => ports.pools.setTarget(group, toUnits));
};

/**
 * A fleet that is being modified can't be modified, which takes it seconds: what all actions together make of its target is
 * set at once, and before anything is terminated, or it would be replaced.
 */
const changeFleet = async (
  ports: ScalingPorts,
  fleet: PoolPolicy,
  actions: readonly PoolAction[],
  attempt: Attempt,
): Promise<void> => {
  const bucket = bucketOfChanging(fleet.kind);
  const toUnits = actions.at(-1)?.toUnits ?? 0;
  const setTarget = () => pacedCall(ports, bucket, () => ports.pools.setTarget(fleet, toUnits));
  if (!(await attempt(actions, setTarget))) return;
  for (const action of actions)
    if (action.kind === 'terminate')
      await attempt([action], () =>
        pacedCall(ports, bucket, () => ports.pools.terminate(fleet, action.instanceId)),
      );
};
