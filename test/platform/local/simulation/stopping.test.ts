import { describe, expect, it } from 'vitest';
import { targetOf } from '../../../../src/platform/local/simulation/cluster-state.ts';
import type { ServiceSetup } from '../../../../src/platform/local/simulation/simulation-setup.ts';
import { sumTraffic } from '../../../../src/platform/local/simulation/traffic.ts';
import { aCluster, item, type SmallCluster } from './a-cluster.ts';

const aService = (service: Partial<ServiceSetup>) =>
  aCluster({
    services: [{ name: 'web', desiredCount: 2, groups: ['web'], ...service }],
    groups: [
      {
        name: 'web',
        requestsPerSecond: 200,
        deregistrationDelaySeconds: 20,
        durations: [{ share: 1, millis: [1_000, 5_000] }],
      },
    ],
  });

const stopFirst = (platform: SmallCluster): Promise<void> =>
  platform.time.run(
    platform.cluster.stopTask(platform.clusterName, item(platform.tasks(), 0).taskArn, 'a test'),
  );

const lost = (platform: SmallCluster) => sumTraffic(platform.traffic().values());

describe('StopTask in a simulated cluster', () => {
  it('does not deregister first: requests go to a server that has closed, until ECS notices', async () => {
    const platform = aService({});
    await platform.pass(10_000);
    await stopFirst(platform);
    await platform.pass(60_000);
    expect(lost(platform)).toMatchObject({ toDeadTarget: expect.any(Number), cutOff: 0, unserved: 0 });
    expect(lost(platform).toDeadTarget).toBeGreaterThan(100);
    expect(item(platform.tasks(), 0).endedBy).toBe('stop-task');
  });

  it('loses nothing after the target is silent', async () => {
    const platform = aService({});
    await platform.pass(10_000);
    const { origin } = item(platform.tasks(), 0);
    const target = targetOf(origin.instance.instanceId, item(origin.ports, 0));
    await platform.time.run(platform.balancer.deregister('web', [target]));
    const [first] = await platform.time.run(platform.balancer.health('web'));
    expect(first).toMatchObject({ ...target, state: 'draining' });
    await platform.pass(4_000);
    await stopFirst(platform);
    await platform.pass(60_000);
    expect(lost(platform)).toMatchObject({ toDeadTarget: 0, cutOff: 0, unserved: 0 });
  });

  it('loses what comes between `draining` in the API and silence on the wire', async () => {
    const platform = aService({});
    await platform.pass(10_000);
    const { origin } = item(platform.tasks(), 0);
    const target = targetOf(origin.instance.instanceId, item(origin.ports, 0));
    await Promise.all([
      platform.time.run(platform.balancer.deregister('web', [target])),
      stopFirst(platform),
    ]);
    await platform.pass(60_000);
    expect(lost(platform).toDeadTarget).toBeGreaterThan(0);
  });

  it('answers what is in flight when SIGTERM comes, as long as the stop timeout allows', async () => {
    const patient = aService({ stopTimeoutSeconds: 30 });
    await patient.pass(10_000);
    await stopFirst(patient);
    await patient.pass(60_000);
    expect(lost(patient).cutOff).toBe(0);
    const hasty = aService({ stopTimeoutSeconds: 2 });
    await hasty.pass(10_000);
    await stopFirst(hasty);
    await hasty.pass(60_000);
    expect(lost(hasty).cutOff).toBeGreaterThan(0);
    const { sigtermAtMillis, endedAtMillis } = item(hasty.tasks(), 0);
    expect((endedAtMillis ?? 0) - (sigtermAtMillis ?? 0)).toBe(2_000);
  });

  it('cuts everything off that is in flight where SIGTERM kills at once', async () => {
    const platform = aService({ onSigterm: 'dies' });
    await platform.pass(10_000);
    await stopFirst(platform);
    await platform.pass(60_000);
    // 100 requests a second of 3 s on average.
    expect(lost(platform).cutOff).toBeGreaterThan(200);
    expect(lost(platform).cutOff).toBeLessThan(400);
  });

  it('loses nothing where the server goes on for a while after SIGTERM, as AWS advises', async () => {
    const platform = aService({ servesOnMillis: 15_000, stopTimeoutSeconds: 60 });
    await platform.pass(10_000);
    await stopFirst(platform);
    await platform.pass(90_000);
    expect(lost(platform)).toMatchObject({ toDeadTarget: 0, cutOff: 0, unserved: 0 });
  });

  it('cuts off requests that outlast the deregistration delay', async () => {
    const platform = aCluster({
      groups: [
        {
          name: 'web',
          requestsPerSecond: 200,
          deregistrationDelaySeconds: 5,
          durations: [{ share: 1, millis: [6_000, 12_000] }],
        },
      ],
    });
    await platform.pass(20_000);
    const { origin } = item(platform.tasks(), 0);
    const target = targetOf(origin.instance.instanceId, item(origin.ports, 0));
    await platform.time.run(platform.balancer.deregister('web', [target]));
    await platform.pass(20_000);
    expect(lost(platform).cutOff).toBeGreaterThan(0);
    expect(lost(platform).toDeadTarget).toBe(0);
  });

  it('takes a dead target out of the group by health checks when nobody deregisters it', async () => {
    const platform = aCluster({ services: [], batchTasks: [{ count: 2, group: 'web' }] });
    await stopFirst(platform);
    await platform.pass(60_000);
    const health = await platform.time.run(platform.balancer.health('web'));
    expect(health.map(({ state }) => state)).toEqual(['unhealthy', 'healthy']);
    const before = lost(platform).toDeadTarget;
    expect(before).toBeGreaterThan(0);
    await platform.pass(60_000);
    expect(lost(platform).toDeadTarget).toBe(before);
  });

  it('counts requests that nobody is there for', async () => {
    const platform = aCluster({ services: [] });
    await platform.pass(10_000);
    expect(platform.traffic().get('web')).toEqual({ sent: 0, toDeadTarget: 0, cutOff: 0, unserved: 1_000 });
  });
});
