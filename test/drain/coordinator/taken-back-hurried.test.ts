import { expect, it } from 'vitest';
import { DrainSession } from '../../../src/drain/coordinator/drain-session.ts';
import { drainLimits } from '../../../src/drain/coordinator/drain-state.ts';
import { mergeDrain } from '../../../src/drain/coordinator/merge-facts.ts';
import { carryOutChanges } from '../../../src/drain/coordinator/modify-lane.ts';
import { planDrain } from '../../../src/drain/coordinator/plan-drain.ts';
import type { DrainPorts } from '../../../src/drain/drain-ports.ts';
import { leavingDocument, leavingKey } from '../../../src/drain/leaving/leaving-document.ts';
import { cancelDrain } from '../../../src/drain/operator/cancel-drain.ts';
import type { DrainTrouble, SimulatedDrains } from '../../../src/platform/local/simulated-drains.ts';
import type { SimulationSetup } from '../../../src/platform/local/simulation/simulation-setup.ts';
import { readJson } from '../../../src/store/stored-json.ts';
import { aDrain, aState, aTask, noticedAt } from '../support/a-drain.ts';
import { instanceOf, recordsOf, someDrains, tasksOf } from '../support/drain-one.ts';
import { request } from '../support/play-case.ts';

/** What was registered though ECS or somebody else had told its task to stop. */
const watchRegistrations = ({ platform }: SimulatedDrains): readonly string[] => {
  const wrong: string[] = [];
  const register = platform.balancer.register.bind(platform.balancer);
  platform.balancer.register = async (group, targets) => {
    await register(group, targets);
    for (const target of targets) {
      const task = platform.world.state.tasksByTarget.get(`${target.id}:${target.port}`);
      if (task?.desiredStatus !== 'RUNNING') wrong.push(`${target.port} was registered, of a task that ends`);
    }
  };
  return wrong;
};

const findUnserved = (drains: SimulatedDrains): readonly string[] => {
  const { instanceId, status } = instanceOf(drains);
  const unserved = status === 'ACTIVE' ? [] : [`the instance is ${status}`];
  for (const { desiredStatus, origin, taskArn } of tasksOf(drains)) {
    if (desiredStatus !== 'RUNNING') continue;
    origin.service?.groups.forEach((group, place) => {
      const health = drains.platform.world.targets.groups.get(group)?.health() ?? [];
      const own = health.find(({ id, port }) => id === instanceId && port === origin.ports[place]?.port);
      if (own?.state !== 'healthy') unserved.push(`${taskArn} is ${own?.state ?? 'not'} in ${group}`);
    });
  }
  return unserved;
};

/** An operator's hurried drain, taken back so long after it was asked for; what is wrong a minute later. */
const takeBackAfter = async (
  millis: number,
  setup: Partial<SimulationSetup>,
  trouble: DrainTrouble,
): Promise<readonly string[]> => {
  const drains = someDrains(setup, { trouble });
  const { platform, time, ports, store } = drains;
  const { instanceId } = instanceOf(drains);
  const wrong = watchRegistrations(drains);
  const records = await drains.play(async () => {
    await drains.hear([request(instanceId, time.nowMillis() + 280_000, time.nowMillis())]);
    await time.sleep(millis);
    const stored = await readJson(store, leavingKey(platform.clusterName), leavingDocument);
    const drainId = stored?.value.instances[instanceId]?.drainId ?? '';
    if (stored?.value.instances[instanceId]?.endedAtMillis !== undefined) return undefined;
    await cancelDrain(ports, drainId, 'ada');
    await drains.finished();
    await time.sleep(60_000);
    return recordsOf(drains);
  });
  if (records === undefined) return [];
  const outcomes = records.map(({ outcome }) => outcome).join();
  return [...(outcomes === 'taken-back' ? [] : [outcomes]), ...wrong, ...findUnserved(drains)];
};

const service = { name: 'web', desiredCount: 6, groups: ['web'] };
const kept = { services: [{ ...service, minimumHealthyPercent: 100, maximumPercent: 100 }] };
const movedByEcs = { services: [{ ...service, minimumHealthyPercent: 0, maximumPercent: 200 }] };

it.each<[string, Partial<SimulationSetup>, DrainTrouble]>([
  ['nothing went wrong', kept, {}],
  ['ECS has begun to move its tasks', movedByEcs, {}],
  ['steps died before they wrote down what they had done', kept, { dying: { share: 0.6, withinCalls: 20 } }],
])(
  'leaves a hurried drain that is taken back at any moment as it was, though %s',
  async (_, setup, trouble) => {
    for (let millis = 200; millis < 30_000; millis += 900)
      expect(await takeBackAfter(millis, setup, trouble), `after ${millis} ms`).toEqual([]);
  },
);

it('tells no task to stop whose call waits in line when its drain is taken back', async () => {
  const stopped: string[] = [];
  let isPaid = (): void => undefined;
  const ports = {
    time: { nowMillis: () => noticedAt + 6_000 },
    pace: { pay: async () => isPaid() },
    cluster: { stopTask: async (_: string, arn: string) => void stopped.push(arn) },
  } as unknown as DrainPorts;
  const carryOut = async (isTakenBack: boolean) => {
    const state = aState(aDrain([aTask({ targets: [] })]));
    const session = new DrainSession(ports, 'c', drainLimits, noticedAt + 60_000, state);
    isPaid = () => session.fold((now) => mergeDrain(now, 'i-1-a', (drain) => ({ ...drain, isTakenBack })));
    await carryOutChanges(session, planDrain(state, session.now(), drainLimits).due);
    return session.state.drains['i-1-a']?.tasks['task/1']?.stopAskedAtMillis;
  };
  expect(await carryOut(true)).toBeUndefined();
  expect(stopped).toEqual([]);
  expect(await carryOut(false)).toBe(noticedAt + 6_000);
  expect(stopped).toEqual(['task/1']);
});
