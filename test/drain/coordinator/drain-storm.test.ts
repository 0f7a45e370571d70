import { expect, it } from 'vitest';
import { packProgress } from '../../../src/drain/coordinator/drain-progress.ts';
import { drainLimits } from '../../../src/drain/coordinator/drain-state.ts';
import { simulateDrains } from '../../../src/platform/local/simulated-drains.ts';
import { aStorm } from '../../../src/platform/local/simulation/a-storm.ts';
import { failedRequests, sumTraffic } from '../../../src/platform/local/simulation/traffic.ts';
import { aDrain, aState, aTarget, aTask, noticedAt } from '../support/a-drain.ts';
import { recordsOf } from '../support/drain-one.ts';

it('stops every task by the deadline and fails no request when hundreds leave at once and the buckets allow it', async () => {
  const tasksPerInstance = 20;
  const leaving = 40;
  const groups = 6;
  const drains = simulateDrains({
    simulation: aStorm({ seed: 3, instances: 60, tasksPerInstance, groups, requestsPerSecond: 600 }),
  });
  const startMillis = drains.time.nowMillis();
  // Stops go on at this rate from 30 s after the notice on, and the last is due 35 s before the deadline.
  expect((leaving * tasksPerInstance) / drainLimits.stopsPerSecond).toBeLessThan(120 - 30 - 35);
  const records = await drains.play(async () => {
    await drains.storm(leaving);
    return recordsOf(drains);
  });
  const { platform } = drains;
  expect(records.map(({ outcome, missed }) => ({ outcome, missed }))).toEqual(
    Array.from({ length: leaving }, () => ({ outcome: 'empty', missed: [] })),
  );
  const left = platform.instances().slice(0, leaving);
  expect(left.flatMap((each) => each.tasks).filter((task) => task.endedBy === 'instance-gone')).toEqual([]);
  const staying = platform.instances().slice(leaving);
  expect(staying.flatMap((each) => each.tasks).filter((task) => task.endedBy === 'stop-task')).toEqual([]);
  expect(staying.filter((each) => each.status !== 'ACTIVE')).toEqual([]);
  expect(failedRequests(sumTraffic(platform.traffic().values()))).toBe(0);
  // A call for each group, and again for each wave of news; not for each instance.
  expect(platform.calls().get('deregister')?.made).toBeLessThanOrEqual(4 * groups);
  const lastDeregistered = Math.max(...records.map(({ steps }) => steps.deregistered ?? 0));
  expect(lastDeregistered - startMillis).toBeLessThan(25_000);
}, 60_000);

it('lists by instance when the whole cluster takes too long', async () => {
  const drains = simulateDrains({
    simulation: aStorm({ seed: 4, instances: 60, tasksPerInstance: 5, groups: 2, requestsPerSecond: 100 }),
    step: { limits: { ...drainLimits, listingMillis: 0 } },
  });
  const records = await drains.play(async () => {
    await drains.storm(48);
    return recordsOf(drains);
  });
  expect(drains.platform.calls().get('describeCluster')?.made).toBeGreaterThan(0);
  expect(records.map(({ outcome, missed }) => ({ outcome, missed }))).toEqual(
    Array.from({ length: 48 }, () => ({ outcome: 'empty', missed: [] })),
  );
});

it('keeps what is known of 500 instances with 20 tasks each in less than 3 MB', () => {
  const drains = Array.from({ length: 500 }, (_, instance) => {
    const instanceId = `i-${String(instance).padStart(17, '0')}`;
    const tasks = Array.from({ length: 20 }, (__, n) =>
      aTask({
        taskArn: `arn:aws:ecs:eu-central-1:123456789012:task/production/${String(instance * 20 + n).padStart(32, '0')}`,
        definition: `arn:aws:ecs:eu-central-1:123456789012:task-definition/service-${n % 10}:123`,
        service: `service-${n % 10}`,
        stopAskedAtMillis: noticedAt + 60_123,
        stoppedAtMillis: noticedAt + 70_123,
        endedAtMillis: noticedAt + 69_123,
        targets: [
          aTarget({
            group: `arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/service-${n % 10}/0123456789abcdef`,
            id: instanceId,
            port: 32_768 + n,
            triedAtMillis: noticedAt + 9_123,
            askedAtMillis: noticedAt + 9_123,
            verifiedAtMillis: noticedAt + 11_123,
            doneAtMillis: noticedAt + 41_123,
          }),
        ],
      }),
    );
    return aDrain(tasks, { instanceId, drainId: `${instanceId}-abcdef` });
  });
  const bytes = JSON.stringify(packProgress('production', aState(...drains))).length;
  expect(bytes).toBeLessThan(3_000_000);
});
