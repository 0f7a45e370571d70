import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CapacityRefusedError, DrainAlreadyEndedError, DrainNotFoundError } from '../../../src/errors.ts';
import type { ScalingAction } from '../../../src/scaling/scaling-decision.ts';
import { carryOut } from '../../../src/scaling/tick/carry-out.ts';
import { aCapacityPolicy, aPolicy, aPoolPolicy } from '../support/a-policy.ts';
import { Shop, watched } from '../support/a-shop.ts';
import { anInstance } from '../support/paper-cluster.ts';

const group = aPoolPolicy({ name: 'group', id: 'asg' });
const fleet = aPoolPolicy({ name: 'fleet', kind: 'ec2Fleet', id: 'fleet-1' });
const spot = aPoolPolicy({ name: 'spot', kind: 'spotFleet', id: 'sfr-1' });
const policy = aPolicy({ capacity: aCapacityPolicy({ pools: [group, fleet, spot] }) });

const aShop = (): Shop => {
  const shop = new Shop();
  shop.pools.add(group, ['i-1', 'i-2']);
  shop.pools.add(fleet, ['i-3', 'i-4', 'i-5']);
  shop.pools.add(spot, ['i-6'], { 'm6i.large': 4 });
  return shop;
};
const setPool = (pool: string, fromUnits: number, toUnits: number): ScalingAction => ({
  kind: 'setPool',
  pool,
  fromUnits,
  toUnits,
});
const terminate = (pool: string, instanceId: string, toUnits: number, weight = 1): ScalingAction => ({
  kind: 'terminate',
  pool,
  instanceId,
  weight,
  toUnits,
});
const results = async (shop: Shop, actions: readonly ScalingAction[], ports = shop.ports) =>
  (await carryOut(ports, policy, actions)).map(({ result }) => result);

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('actions on pools', () => {
  it('set targets, by calls of their buckets', async () => {
    const shop = aShop();
    expect(
      await results(shop, [setPool('group', 2, 5), setPool('fleet', 3, 4), setPool('spot', 4, 12)]),
    ).toEqual(Array(3).fill('done'));
    expect(shop.pools.changes.sort()).toEqual(['asg to 5', 'fleet-1 to 4', 'sfr-1 to 12']);
    expect(shop.paid.sort()).toEqual(['capacity', 'capacity', 'fleetModify', 'fleetModify']);
  });

  it('terminate that very instance: a group by one call, a fleet after its target was lowered', async () => {
    const shop = aShop();
    await results(shop, [
      terminate('group', 'i-2', 1),
      terminate('fleet', 'i-4', 2),
      terminate('spot', 'i-6', 0, 4),
    ]);
    expect(shop.pools.changes.filter((change) => change.startsWith('asg'))).toEqual(['asg without i-2']);
    expect(shop.pools.changes.filter((change) => change.startsWith('fleet'))).toEqual([
      'fleet-1 to 2',
      'fleet-1 without i-4',
    ]);
    expect(shop.pools.changes.filter((change) => change.startsWith('sfr'))).toEqual([
      'sfr-1 to 0',
      'sfr-1 without i-6',
    ]);
    expect(shop.pools.pools.get('autoScalingGroup asg')?.targetUnits).toBe(1);
  });

  it('lower a fleet once, by all that is terminated and bought: it can not be modified while it is being modified', async () => {
    const shop = aShop();
    const terminations = [terminate('fleet', 'i-3', 2), terminate('fleet', 'i-4', 1)];
    expect(await results(shop, terminations)).toEqual(['done', 'done']);
    expect(shop.pools.changes).toEqual(['fleet-1 to 1', 'fleet-1 without i-3', 'fleet-1 without i-4']);
    expect(shop.paid).toEqual(['fleetModify', 'fleetModify', 'fleetModify']);
    const other = aShop();
    await results(other, [...terminations, setPool('fleet', 1, 6)]);
    expect(other.pools.changes).toEqual(['fleet-1 to 6', 'fleet-1 without i-3', 'fleet-1 without i-4']);
  });

  it('terminate nothing of a fleet that could not be lowered, and the others of one where a termination failed', async () => {
    const shop = aShop();
    const failing = (failed: string, of: unknown) =>
      watched(shop.pools, (method, given) => {
        if (method === failed && given[1] === of) throw new CapacityRefusedError('no right');
      });
    const actions = [terminate('fleet', 'i-3', 2), terminate('fleet', 'i-4', 1)];
    const unset = { ...shop.ports, pools: failing('setTarget', 1) };
    expect(await results(shop, actions, unset)).toEqual(Array(2).fill('CapacityRefused: no right'));
    expect(shop.pools.changes).toEqual([]);
    const unended = { ...shop.ports, pools: failing('terminate', 'i-3') };
    expect(await results(shop, actions, unended)).toEqual(['CapacityRefused: no right', 'done']);
    expect(shop.pools.changes).toEqual(['fleet-1 to 1', 'fleet-1 without i-4']);
  });

  it('on one group are made in their order, and none after one that failed', async () => {
    const shop = aShop();
    const pools = watched(shop.pools, (method, given) => {
      if (method === 'terminate' && given[1] === 'i-1') throw new CapacityRefusedError('no right');
    });
    const actions = [
      terminate('group', 'i-1', 1),
      terminate('group', 'i-2', 0),
      setPool('group', 0, 3),
      terminate('spot', 'i-6', 0, 4),
    ];
    expect(await results(shop, actions, { ...shop.ports, pools })).toEqual([
      'CapacityRefused: no right',
      'not tried: terminate before it failed',
      'not tried: terminate before it failed',
      'done',
    ]);
    expect(shop.pools.changes.sort()).toEqual(['sfr-1 to 0', 'sfr-1 without i-6']);
  });

  it('lower no group that others have raised meanwhile: it would end what runs', async () => {
    const shop = aShop();
    await shop.pools.setTarget(group, 7);
    expect(await results(shop, [setPool('group', 2, 5)])).toEqual(['changed-by-others']);
    expect(await results(shop, [setPool('group', 2, 8)])).toEqual(['done']);
    expect(shop.pools.changes).toEqual(['asg to 7', 'asg to 8']);
  });

  it('of a pool that the policy does not name fail alone', async () => {
    const shop = aShop();
    expect(await results(shop, [setPool('other', 1, 2), setPool('group', 2, 3)])).toEqual([
      'TypeError: the policy has no pool other',
      'done',
    ]);
  });
});

describe('actions on drains', () => {
  it('ask for them without hurry and take them back, in the name of the scaler', async () => {
    const shop = aShop();
    const actions: readonly ScalingAction[] = [
      { kind: 'beginDrain', pool: 'group', instanceId: 'i-1', weight: 1 },
      { kind: 'cancelDrain', instanceId: 'i-2', drainId: 'i-2-1' },
    ];
    expect(await results(shop, actions)).toEqual(['done', 'done']);
    expect(shop.drained).toEqual([
      { instanceId: 'i-1', deadlineSeconds: null, requestedBy: 'stormdrain scaling' },
    ]);
    expect(shop.cancelled).toEqual(['i-2-1']);
  });

  it.each([
    ['come too late', new DrainAlreadyEndedError('it has ended')],
    ['come when it is forgotten', new DrainNotFoundError('no such drain')],
  ])('that %s make the instance take tasks again', async (_, error) => {
    const shop = aShop();
    const drains = watched(shop.ports.drains, () => {
      throw error;
    });
    const actions: readonly ScalingAction[] = [{ kind: 'cancelDrain', instanceId: 'i-2', drainId: 'd' }];
    const ports = { ...shop.ports, drains };
    expect(await results(shop, actions, ports)).toEqual([String(error)]);
    shop.cluster.addInstance(anInstance({ instanceId: 'i-2', status: 'DRAINING' }), 1);
    expect(await results(shop, actions, ports)).toEqual(['done']);
    expect(shop.cluster.changes).toEqual(['container-instance/i-2 ACTIVE']);
  });
});

describe('actions on services', () => {
  const setService = (service: string, from: number, to: number): ScalingAction => ({
    kind: 'setService',
    service,
    from,
    to,
  });

  it('count as done when that is what there is: somebody has died behind the call', async () => {
    const shop = aShop();
    shop.cluster.addService({ serviceName: 'web', desiredCount: 5 });
    expect(await results(shop, [setService('web', 4, 5), setService('gone', 1, 2)])).toEqual([
      'done',
      'changed-by-others',
    ]);
    expect(shop.cluster.changes).toEqual([]);
  });

  it('make those grow first that are to grow', async () => {
    const shop = aShop();
    const names = Array.from({ length: 30 }, (_, n) => `s${n}`);
    for (const serviceName of names) shop.cluster.addService({ serviceName, desiredCount: 4 });
    await results(
      shop,
      names.map((name, n) => setService(name, 4, n < 15 ? 3 : 5)),
    );
    expect(shop.cluster.changes).toHaveLength(30);
    const asked = shop.cluster.changes.slice(0, 8).filter((change) => change.endsWith('5'));
    expect(asked.length).toBeGreaterThan(3);
    expect(shop.paid.filter((bucket) => bucket === 'serviceRead')).toHaveLength(3);
  });
});
