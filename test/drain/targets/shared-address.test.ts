import { describe, expect, it } from 'vitest';
import { reconcileBalancers } from '../../../src/drain/targets/reconcile-balancers.ts';
import { registerTargets } from '../../../src/drain/targets/register-targets.ts';
import { stopTaskStep } from '../../../src/drain/targets/stop-task.ts';
import { aMessage, aShop, aTask, taskArn, unavailableAt } from './support/a-shop.ts';

type Shop = ReturnType<typeof aShop>;
const nextArn = `${taskArn}2`;
const address = '10.0.0.5:80';
const stopped = { lastStatus: 'STOPPED', desiredStatus: 'STOPPED', version: 9 };
const take = ({ ports }: Shop, ...details: readonly object[]) =>
  registerTargets(ports, {
    Records: details.map((detail, n) => ({ ...aMessage(detail), messageId: `m${n}` })),
  });
/** A task with a fixed port, and the one that took its place. */
const aPair = (options: Parameters<typeof aShop>[0] = {}) =>
  aShop({ tasks: [aTask(), aTask({ taskArn: nextArn })], ...options });

describe('an address that another task has by now', () => {
  it('stays registered when the end of the task before is heard of late', async () => {
    const shop = aPair();
    await take(shop, {});
    await take(shop, { taskArn: nextArn });
    await take(shop, stopped);
    expect(shop.registered()).toEqual([address]);
    await take(shop, { taskArn: nextArn, ...stopped });
    expect(shop.registered()).toEqual([]);
  });

  it('stays registered when the end of the one and the beginning of the other come together', async () => {
    const shop = aPair();
    await take(shop, {});
    await take(shop, { taskArn: nextArn }, stopped);
    expect(shop.registered()).toEqual([address]);
  });

  it('is registered again when it was taken while the task before was deregistered', async () => {
    let begin: () => Promise<unknown> = async () => {};
    const shop = aPair({
      before: async (call) => {
        if (call.startsWith('deregister')) await begin();
      },
    });
    await take(shop, {});
    begin = () => take(shop, { taskArn: nextArn });
    await take(shop, stopped);
    expect(shop.registered()).toEqual([address]);
  });

  it('is registered again by the next repair when whoever deregistered it died', async () => {
    let begin: () => Promise<unknown> = async () => {};
    const shop = aPair({
      before: async (call) => {
        if (call.startsWith('deregister')) await begin();
      },
    });
    await take(shop, {});
    begin = async () => {
      begin = async () => {};
      await take(shop, { taskArn: nextArn });
      await shop.ports.balancer.deregister('haproxy:web', [{ id: '10.0.0.5', port: 80 }]);
      throw Object.assign(new Error('died'), { name: 'BalancerRefused' });
    };
    const answer = await take(shop, stopped);
    expect(answer.batchItemFailures).toHaveLength(1);
    await take(shop, stopped);
    await reconcileBalancers(shop.ports);
    expect(shop.registered()).toEqual([address]);
  });
});

describe('a task that an operator stops', () => {
  const request = { cluster: 'shop', taskArn, reason: 'a test', settleSeconds: 5, budgetSeconds: 300 };

  it('is deregistered when it has stopped by itself before', async () => {
    const shop = aShop();
    await take(shop, {});
    await shop.ports.cluster.stopTask('shop', taskArn, '');
    expect((await stopTaskStep(shop.ports, request)).stage).toBe('stopped');
    expect(shop.registered()).toEqual([]);
  });

  it('is deregistered later when no balancer could be told before it was stopped', async () => {
    let trouble = unavailableAt('deregister');
    const shop = aShop({ before: (call) => trouble(call) });
    await take(shop, {});
    await stopTaskStep(shop.ports, { ...request, budgetSeconds: 0 });
    trouble = async () => {};
    await take(shop, stopped);
    expect(shop.registered()).toEqual([]);
  });
});
