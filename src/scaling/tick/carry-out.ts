import { listInstanceArns } from '../../calls/cluster-reads.ts';
import { logFailure, reasonOf } from '../../calls/log-failure.ts';
import { eachOf, pacedCall } from '../../calls/paced-call.ts';
import { ClusterRefusedError } from '../../errors.ts';
import type { ScalingPolicy } from '../policy/scaling-policy.ts';
import type { ScalingAction } from '../scaling-decision.ts';
import type { ScalingPorts } from '../scaling-ports.ts';
import { carryOutPools } from './carry-out-pools.ts';
import { carryOutServices } from './carry-out-services.ts';
import { scalerName } from './find-leaving.ts';
import type { CarriedOut } from './tick-result.ts';

const drainsAtOnce = 4;

/**
 * Carries actions out, each by itself: one that fails holds no other up, but for those on the same pool, which stand on each
 * other and are made in their order. Gives what became of each, in their order. Never throws.
 */
export const carryOut = async (
  ports: ScalingPorts,
  policy: ScalingPolicy,
  actions: readonly ScalingAction[],
): Promise<readonly CarriedOut[]> => {
  const results = new Map<ScalingAction, string>();
  const attempt = async (action: ScalingAction, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
      results.set(action, 'done');
    } catch (error) {
      logFailure({ cluster: policy.cluster, action, error });
      results.set(action, reasonOf(error));
    }
  };
  const ofKind = <Kind extends ScalingAction['kind']>(...kinds: readonly Kind[]) =>
    actions.filter((action): action is Extract<ScalingAction, { readonly kind: Kind }> =>
      kinds.some((kind) => kind === action.kind),
    );
  await Promise.all([
    carryOutServices(ports, policy.cluster, ofKind('setService'), (action, result) =>
      results.set(action, result),
    ),
    carryOutPools(ports, policy, ofKind('setPool', 'terminate'), (action, result) =>
      results.set(action, result),
    ),
    eachOf(ofKind('cancelDrain'), drainsAtOnce, async (action) => {
      await attempt(action, () => takeBack(ports, policy.cluster, action));
    }),
    eachOf(ofKind('beginDrain'), drainsAtOnce, async (action) => {
      const { instanceId } = action;
      await attempt(action, async () => {
        await ports.drains.request({ instanceId, deadlineSeconds: null, requestedBy: scalerName });
      });
    }),
  ]);
  return actions.map((action) => ({ action, result: results.get(action) ?? 'not tried' }));
};

const ended: ReadonlySet<string> = new Set(['DrainAlreadyEnded', 'DrainNotFound']);

/** A drain that has ended, and may be forgotten, can't be cancelled any more, but its instance can be made to take tasks again. */
const takeBack = async (
  ports: ScalingPorts,
  cluster: string,
  { instanceId, drainId }: Extract<ScalingAction, { readonly kind: 'cancelDrain' }>,
): Promise<void> => {
  try {
    await ports.drains.cancel(drainId, scalerName);
  } catch (error) {
    if (!(error instanceof Error && ended.has(error.name))) throw error;
    const arns = await listInstanceArns(ports, cluster, [instanceId]);
    if (arns.length === 0) throw error;
    const [failure] = await pacedCall(ports, 'resourceModify', () =>
      ports.cluster.setInstanceState(cluster, arns, 'ACTIVE'),
    );
    if (failure !== undefined)
      throw new ClusterRefusedError(`${failure.arn} can't be made ACTIVE: ${failure.reason}`);
  }
};
