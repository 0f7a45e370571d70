import { VirtualTime } from '../../../src/platform/local/virtual-time.ts';
import { SharedPace } from '../../../src/quota/shared-pace.ts';
import { scalingTick } from '../../../src/scaling/tick/scaling-tick.ts';
import type { FinishedTick } from '../../../src/scaling/tick/tick-result.ts';
import { aCapacityPolicy, aPoolPolicy, aServicePolicy } from './a-policy.ts';
import { Shop, start } from './a-shop.ts';
import { aDefinition, anInstance } from './paper-cluster.ts';

const serviceCount = 1_000;
const instanceCount = 500;

/** A cluster as large as they come: 1,000 services, each with a rule of its own, on 500 instances of three pools. */
const aLargeShop = async (everyNthIsBusy: number): Promise<Shop> => {
  const shop = new Shop();
  const names = Array.from({ length: serviceCount }, (_, n) => `service-${String(n).padStart(4, '0')}`);
  const pools = [
    aPoolPolicy({ name: 'on-demand', id: 'shop-on-demand' }),
    aPoolPolicy({ name: 'fleet', kind: 'ec2Fleet', id: 'fleet-1' }),
    aPoolPolicy({ name: 'spot', kind: 'spotFleet', id: 'sfr-1', share: 3 }),
  ];
  await shop.apply({
    capacity: aCapacityPolicy({ pools }),
    services: names.map((service) => aServicePolicy({ service })),
  });
  shop.cluster.definitions.set('task-definition/web:1', aDefinition());
  for (const [place, serviceName] of names.entries()) {
    shop.cluster.addService({ serviceName, desiredCount: 2 });
    shop.metrics.cloudWatch.values.set(serviceName, (place + 1) % everyNthIsBusy === 0 ? 50 : 20);
  }
  const ids = Array.from({ length: instanceCount }, (_, n) => `i-${n.toString(16).padStart(8, '0')}`);
  const remaining = { cpu: 600, memoryMib: 3_000, gpus: 0, tcpPorts: [], udpPorts: [] };
  for (const instanceId of ids)
    shop.cluster.addInstance(anInstance({ instanceId, remaining, runningTasks: 4 }), 4);
  for (const [place, pool] of pools.entries())
    shop.pools.add(pool, ids.slice(place * 150, (place + 1) * 150));
  return shop;
};

/** The first tick lists and learns, the second one is like all others; in virtual time, behind AWS's buckets. */
const largeTicks = async (everyNthIsBusy: number): Promise<readonly FinishedTick[]> => {
  const shop = await aLargeShop(everyNthIsBusy);
  const time = new VirtualTime(start);
  const pace = new SharedPace({ store: shop.store, role: 'scaling', time });
  const ticks: FinishedTick[] = [];
  for (let minute = 0; minute < 2; minute++) {
    await time.run(time.sleep(60_000));
    const ports = { ...shop.ports, time, pace };
    const tick = await time.run(scalingTick(ports, 'shop', { because: 'schedule' }));
    if (tick.kind !== 'ticked') throw new Error(tick.reason);
    ticks.push(tick);
  }
  return ticks;
};

/** Of this process since it began, in MB. */
const mostMemoryMb = (): number => process.resourceUsage().maxRSS / 1024;

// In the second cluster nothing is wanted, so that instances may go.
const ticks = [...(await largeTicks(20)), ...(await largeTicks(Number.POSITIVE_INFINITY))];
const shown = ticks.map(({ calls, leastCalls, millis, actions, failures }) => ({
  calls,
  leastCalls,
  millis,
  setServices: actions.filter(({ action }) => action.kind === 'setService').length,
  failures,
}));
process.stdout.write(JSON.stringify({ ticks: shown, memoryMb: mostMemoryMb() }));
