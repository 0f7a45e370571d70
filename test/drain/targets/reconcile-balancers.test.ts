import { describe, expect, it } from 'vitest';
import { leavingKey } from '../../../src/drain/leaving/leaving-document.ts';
import { reconcileBalancers } from '../../../src/drain/targets/reconcile-balancers.ts';
import { registerTargets } from '../../../src/drain/targets/register-targets.ts';
import { stopTaskStep } from '../../../src/drain/targets/stop-task.ts';
import { targetsKey } from '../../../src/drain/targets/targets-document.ts';
import { writeJson } from '../../../src/store/stored-json.ts';
import { aDocument, anEntry } from '../support/leaving-builders.ts';
import { aBridgePort, aMessage, aShop, aTask, taskArn, unavailableAt } from './support/a-shop.ts';

const nothing = { registered: 0, deregistered: 0, failures: [] };

describe('reconciling tasks and balancers', () => {
  it('registers a task whose event was lost, once', async () => {
    const { ports, registered } = aShop();
    expect(await reconcileBalancers(ports)).toMatchObject({ registered: 1, failures: [] });
    expect(registered()).toEqual(['10.0.0.5:80']);
    expect(await reconcileBalancers(ports)).toMatchObject(nothing);
  });

  it.each(['that stopped', 'that ECS has forgotten'])(
    'deregisters a task %s unheard, and repairs its group',
    async (how) => {
      const shop = aShop();
      await registerTargets(shop.ports, { Records: [aMessage({})] });
      if (how === 'that stopped') shop.setTask(aTask({ lastStatus: 'STOPPED', desiredStatus: 'STOPPED' }));
      else shop.forgetTask(taskArn);
      expect(await reconcileBalancers(shop.ports)).toMatchObject({ deregistered: 1, registered: 0 });
      expect(shop.registered()).toEqual([]);
      expect(shop.calls).toContain('repair haproxy:web');
      expect(await reconcileBalancers(shop.ports)).toMatchObject(nothing);
    },
  );

  it('leaves tasks of services, untagged ones and those that start alone', async () => {
    const { ports, calls } = aShop({
      tasks: [
        aTask({ taskArn: 'task/1', service: 'web' }),
        aTask({ taskArn: 'task/2', tags: {} }),
        aTask({ taskArn: 'task/3', lastStatus: 'PENDING' }),
      ],
    });
    expect(await reconcileBalancers(ports)).toMatchObject(nothing);
    expect(calls).toEqual([]);
  });

  it('does not bring a task back that is being stopped', async () => {
    const { ports, registered } = aShop();
    await registerTargets(ports, { Records: [aMessage({})] });
    await stopTaskStep(ports, {
      cluster: 'shop',
      taskArn,
      reason: '',
      settleSeconds: 5,
      budgetSeconds: 60,
    });
    expect(await reconcileBalancers(ports)).toMatchObject({ registered: 0 });
    expect(registered()).toEqual([]);
  });

  it('registers nothing on an instance that is being drained, and does when that is taken back', async () => {
    const { ports, registered } = aShop({
      tasks: [aTask({ containerInstanceArn: 'ci/1', ports: [aBridgePort] })],
    });
    const leaving = (over: object) =>
      writeJson(
        ports.store,
        leavingKey('shop'),
        aDocument([anEntry({ instanceId: 'i-1', ...over })], { cluster: 'shop' }),
      );
    await leaving({});
    expect(await reconcileBalancers(ports)).toMatchObject(nothing);
    await leaving({ cancelledAtMillis: 5 });
    expect(await reconcileBalancers(ports)).toMatchObject({ registered: 1 });
    expect(registered()).toEqual(['10.0.0.9:32768']);
  });

  it('repairs groups that are only known to HAProxy, and adds up what was found', async () => {
    const { ports, calls } = aShop({ tasks: [] });
    const haproxy = {
      ...ports.haproxy,
      knownGroups: async () => ['haproxy:one', 'haproxy:two'],
    };
    expect(await reconcileBalancers({ ...ports, haproxy })).toMatchObject({
      added: 2,
      silenced: 4,
      removed: 6,
    });
    expect([...calls].sort()).toEqual(['repair haproxy:one', 'repair haproxy:two']);
  });

  it('repairs all the rest when one group, one cluster and one document are broken', async () => {
    const shop = aShop({ before: unavailableAt('repair haproxy:one') });
    await shop.ports.store.put(targetsKey('broken'), new TextEncoder().encode('{'));
    const ports = {
      ...shop.ports,
      clusters: ['broken', 'shop'],
      haproxy: { ...shop.ports.haproxy, knownGroups: async () => ['haproxy:one', 'haproxy:two'] },
    };
    const result = await reconcileBalancers(ports);
    expect(result).toMatchObject({ registered: 1, added: 1 });
    expect(result.failures).toEqual([
      expect.stringContaining(targetsKey('broken')),
      expect.stringContaining('haproxy:one'),
    ]);
    expect(shop.calls).toContain('repair haproxy:two');
  });

  it('goes on deregistering when nothing can be registered', async () => {
    const shop = aShop({ before: unavailableAt('register haproxy:api') });
    await registerTargets(shop.ports, { Records: [aMessage({})] });
    shop.forgetTask(taskArn);
    shop.setTask(aTask({ taskArn: 'task/2', tags: { 'stormdrain.balancer': 'haproxy:api' } }));
    expect(await reconcileBalancers(shop.ports)).toMatchObject({
      registered: 0,
      deregistered: 1,
      failures: ['task/2 could not be registered now'],
    });
  });
});
