import { describe, expect, it } from 'vitest';
import { checkCluster } from '../../../src/drain/operator/check-cluster.ts';
import { simulateDrains } from '../../../src/platform/local/simulated-drains.ts';
import type { SimulationSetup } from '../../../src/platform/local/simulation/simulation-setup.ts';

const check = (simulation: SimulationSetup, cluster = 'shop', clusters: readonly string[] = ['shop']) => {
  const drains = simulateDrains({ simulation });
  const work = drains.play(() => checkCluster({ ...drains.ports, clusters }, cluster));
  return { drains, work };
};

/** 60 services of 20 tasks on 120 instances: more than a page of each, and 60 groups. */
const aBigCluster: SimulationSetup = {
  seed: 3,
  instances: 120,
  slotsPerInstance: 12,
  groups: Array.from({ length: 60 }, (_, n) => ({ name: `web-${n}`, deregistrationDelaySeconds: 30 })),
  services: Array.from({ length: 60 }, (_, n) => ({
    name: `web-${n}`,
    desiredCount: 20,
    groups: [`web-${n}`],
    stopTimeoutSeconds: 30,
  })),
};

/** More pages of tasks than are read. */
const aHugeCluster: SimulationSetup = {
  ...aBigCluster,
  instances: 250,
  slotsPerInstance: 40,
  groups: Array.from({ length: 150 }, (_, n) => ({ name: `web-${n}`, deregistrationDelaySeconds: 30 })),
  services: Array.from({ length: 150 }, (_, n) => ({
    name: `web-${n}`,
    desiredCount: 30,
    groups: [`web-${n}`],
    stopTimeoutSeconds: 30,
  })),
};

describe('checking a cluster', () => {
  it('sees all of a big one, page by page', async () => {
    const checked = await check(aBigCluster).work;
    expect(checked.seen).toEqual({ instances: 120, tasks: 1200, services: 60, groups: 60 });
    expect(checked.risks.map(({ kind }) => kind)).toEqual(['agent-spot-draining']);
  });

  it('comes to the same when calls are throttled or fail', async () => {
    const faults = [
      { call: 'any', share: 0.2, does: 'is-throttled' },
      { call: 'any', share: 0.1, does: 'fails' },
    ] as const;
    const good = await check(aBigCluster).work;
    const { work, drains } = check({ ...aBigCluster, faults });
    const { seen, risks } = await work;
    expect({ seen, risks }).toEqual({ seen: good.seen, risks: good.risks });
    const throttled = [...drains.platform.calls().values()].map((count) => count.throttled);
    expect(Math.max(...throttled)).toBeGreaterThan(0);
  });

  it('looks at a part of a huge one, and says so, within what API Gateway waits', async () => {
    const { work, drains } = check(aHugeCluster);
    const from = drains.time.nowMillis();
    const { seen, risks } = await work;
    expect(seen).toEqual({ instances: 250, tasks: 4000, services: 134, groups: 120 });
    expect(
      risks
        .map(({ what }) => what)
        .slice(1)
        .sort(),
    ).toEqual([
      '120 of 134 groups were looked at',
      '120 of 134 task definitions were looked at',
      '4000 of 4500 tasks were looked at',
    ]);
    expect(drains.time.nowMillis() - from).toBeLessThan(25_000);
  });

  it.each(['describeTasks', 'listTasks', 'describeInstances', 'describeGroups'] as const)(
    'fails when %s does, again and again',
    async (call) => {
      const { work } = check({ ...aHugeCluster, faults: [{ call, does: 'fails' }] });
      await expect(work).rejects.toMatchObject({
        name: expect.stringMatching(/^(Cluster|Balancer)Unavailable$/),
      });
    },
  );

  it('changes nothing there', async () => {
    const { work, drains } = check(aBigCluster);
    await work;
    const changing = ['setInstanceState', 'stopTask', 'register', 'deregister'] as const;
    for (const call of changing) expect(drains.platform.calls().get(call)?.made ?? 0).toBe(0);
  });

  it('finds what is wrong, in what it reads', async () => {
    const { work } = check({
      seed: 1,
      instances: 2,
      groups: [
        { name: 'cut', deregistrationDelaySeconds: 0 },
        { name: 'slow', deregistrationDelaySeconds: 300 },
        { name: 'idle', isInUse: false },
      ],
      services: [
        { name: 'cut', desiredCount: 2, groups: ['cut'] },
        { name: 'slow', desiredCount: 2, groups: ['slow'], maximumPercent: 100 },
        { name: 'idle', desiredCount: 1, groups: ['idle'], stopTimeoutSeconds: 120 },
        { name: 'agent', desiredCount: 0, schedulingStrategy: 'DAEMON' },
      ],
      batchTasks: [{ count: 1, tags: { 'stormdrain.balancer': 'nowhere' } }],
    });
    const { risks } = await work;
    expect(risks.map(({ severity, kind, what }) => `${severity} ${kind}: ${what}`)).toEqual([
      'error delay-too-short: deregistration delay 0 s',
      "error group-missing: target group nowhere isn't there",
      'error no-room-to-replace: minimumHealthyPercent 100, maximumPercent 100, desiredCount 2',
      'error stop-timeout-over-budget: stopTimeout 120 s',
      'warning delay-too-long: deregistration delay 300 s',
      'warning single-task: desiredCount 1',
      "note agent-spot-draining: ECS_ENABLE_SPOT_INSTANCE_DRAINING can't be seen through the API",
      "note agent-stop-timeout: ECS_CONTAINER_STOP_TIMEOUT can't be seen through the API; 30 s is assumed",
      'note group-without-listener: target group idle is behind no listener',
    ]);
  });

  it('is refused for a cluster that nobody looks after, and for one that is not there', async () => {
    await expect(check(aBigCluster, 'web').work).rejects.toThrow(
      'cluster "web" is none of those that are looked after: "shop"',
    );
    await expect(check(aBigCluster, 'web', ['web']).work).rejects.toThrow(
      'there is no cluster "web" in this account and region',
    );
  });
});
