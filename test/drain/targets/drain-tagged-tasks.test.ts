import { describe, expect, it } from 'vitest';
import { reconcileBalancers } from '../../../src/drain/targets/reconcile-balancers.ts';
import { registerTargets } from '../../../src/drain/targets/register-targets.ts';
import { simulateDrains } from '../../../src/platform/local/simulated-drains.ts';
import type { SimulationSetup } from '../../../src/platform/local/simulation/simulation-setup.ts';
import { failedRequests, sumTraffic } from '../../../src/platform/local/simulation/traffic.ts';

const group = 'haproxy:web';

const aSimulation = (over: Partial<SimulationSetup> = {}): SimulationSetup => ({
  seed: 7,
  instances: 3,
  groups: [{ name: group, targetType: 'ip', requestsPerSecond: 200, deregistrationDelaySeconds: 30 }],
  batchTasks: [{ count: 9, group, networkMode: 'bridge', onSigterm: 'dies' }],
  ...over,
});

const open = (simulation: SimulationSetup) => {
  const drains = simulateDrains({ simulation });
  const haproxy = {
    knownGroups: async () => [],
    repair: async () => ({ added: 0, silenced: 0, removed: 0 }),
  };
  const ports = { ...drains.ports, haproxy, addresses: drains.platform.addresses };
  return { ...drains, ports };
};

describe('tasks of their own behind HAProxy, on an instance that leaves', () => {
  it.each(['bridge', 'awsvpc'] as const)(
    'lose no request, in network mode %s, though they die at SIGTERM',
    async (networkMode) => {
      const { ports, platform, play, storm } = open(
        aSimulation({ batchTasks: [{ count: 9, group, networkMode, onSigterm: 'dies' }] }),
      );
      await play(async () => {
        await reconcileBalancers(ports);
        await storm(1);
      });
      const [leaving] = platform.instances();
      const gone = platform.tasks().filter((task) => task.origin.instance === leaving);
      expect(gone).toHaveLength(3);
      for (const task of gone) expect(task.endedBy).toBe('stop-task');
      expect(platform.tasks().filter((task) => task.endedBy === null)).toHaveLength(6);
      expect(failedRequests(sumTraffic(platform.traffic().values()))).toBe(0);
      const drained = platform.journal.filter(({ what }) => what === 'target-draining');
      expect(drained).toHaveLength(3);
    },
  );

  it('shows requests that are lost when nobody knows what was registered', async () => {
    const { platform, play, storm } = open(aSimulation());
    await play(() => storm(1));
    expect(failedRequests(sumTraffic(platform.traffic().values()))).toBeGreaterThan(0);
  });

  it('are not registered when they begin to run there', async () => {
    const simulation = aSimulation({
      groups: [{ name: group, targetType: 'ip', deregistrationDelaySeconds: 30 }],
      batchTasks: [{ count: 3, group, networkMode: 'bridge' }],
    });
    const { ports, platform, play, hear, pool } = (() => {
      const drains = open(simulation);
      return { ...drains, pool: drains.platform.pool };
    })();
    const [leaving] = platform.instances();
    const task = platform.tasks().find(({ origin }) => origin.instance === leaving);
    const counts = await play(async () => {
      const warned = pool.interrupt([leaving?.instanceId ?? ''], 'terminate');
      await hear(warned.map(({ event }) => event));
      const detail = {
        clusterArn: `arn:aws:ecs:us-east-1:1:cluster/${platform.clusterName}`,
        taskArn: task?.taskArn,
        lastStatus: 'RUNNING',
        desiredStatus: 'RUNNING',
        version: 1,
      };
      const body = JSON.stringify({ source: 'aws.ecs', 'detail-type': 'ECS Task State Change', detail });
      return (await registerTargets(ports, { Records: [{ messageId: 'm', body }] })).counts;
    });
    expect(counts).toMatchObject({ registered: 0, ignored: 1 });
  });
});
