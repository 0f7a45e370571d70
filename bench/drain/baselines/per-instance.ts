import type { DrainPolicy, StormWorld } from '../drain-policy.ts';
import { type FoundTarget, findInstances, findTargets, listTasks, setDraining } from './read-cluster.ts';
import { sdkCall } from './sdk-call.ts';

const pollMillis = 2_000;
const mostPolls = 30;
const settleMillis = 5_000;
const nothingNew: ReadonlySet<string> = new Set(['draining', 'unhealthy.draining', 'unused']);

/** When the group's answer that confirms it was asked for; null when none does. */
const confirmed = async (
  { drains: { platform, time }, random }: StormWorld,
  group: string,
  targets: readonly FoundTarget[],
): Promise<number | null> => {
  for (let poll = 0; poll < mostPolls; poll++) {
    let askedAt = time.nowMillis();
    const health = await sdkCall({ time, random }, () => {
      askedAt = time.nowMillis();
      return platform.balancer.health(group);
    });
    const isSilent = ({ id, port }: FoundTarget): boolean => {
      const seen = health?.find((target) => target.id === id && target.port === port);
      return health !== undefined && (seen === undefined || nothingNew.has(seen.state));
    };
    if (targets.every(isSilent)) return askedAt;
    await time.sleep(pollMillis);
  }
  return null;
};

const drainOne = async (world: StormWorld, instanceId: string): Promise<number | null> => {
  const { random } = world;
  const { platform, time } = world.drains;
  const instances = await findInstances(world, [instanceId]);
  await setDraining(world, instances);
  const arns = (await Promise.all(instances.map((instance) => listTasks(world, instance)))).flat();
  const targets = await findTargets(world, arns, instances);
  await Promise.all(
    targets.map((target) =>
      sdkCall({ time, random }, () => platform.balancer.deregister(target.group, [target])),
    ),
  );
  const groups = [...new Set(targets.map(({ group }) => group))];
  const verified = await Promise.all(
    groups.map((group) =>
      confirmed(
        world,
        group,
        targets.filter((target) => target.group === group),
      ),
    ),
  );
  await time.sleep(settleMillis);
  await Promise.all(
    arns.map((arn) =>
      sdkCall({ time, random }, () => platform.cluster.stopTask(platform.clusterName, arn, 'spot')),
    ),
  );
  return latest(verified, settleMillis);
};

/** Null when one of them is. */
const latest = (instants: readonly (number | null)[], laterMillis = 0): number | null => {
  let last = 0;
  for (const instant of instants) {
    if (instant === null) return null;
    last = Math.max(last, instant + laterMillis);
  }
  return last;
};

/** The right order, in one invocation for each warning: each task's target is a call of its own. */
export const perInstance: DrainPolicy = {
  name: 'per instance',
  async drain(world) {
    return latest(await Promise.all(world.warned.map(({ instanceId }) => drainOne(world, instanceId))));
  },
};
