import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DirectScalingApi } from '../../../src/scaling/operator/direct-scaling-api.ts';
import { policyKey } from '../../../src/scaling/policy-store/stored-policy.ts';
import { scalingTick } from '../../../src/scaling/tick/scaling-tick.ts';
import { writeJson } from '../../../src/store/stored-json.ts';
import { Shop, start } from '../support/a-shop.ts';

const text = `version: 1
cluster: shop
services:
  web:
    minimum: 1
    maximum: 20
    cpu: { above: 30, below: 14 }
`;
const name = 'shop.yml';
const requestedBy = 'ada';
const deployment = {
  clusters: ['shop'],
  hasFastTick: true,
  pools: null,
  drainClusters: null,
  hasPrometheus: true,
};

const open = (settings: Partial<typeof deployment> = {}) => {
  const shop = new Shop();
  shop.cluster.addService();
  shop.metrics.cloudWatch.values.set('web', 50);
  const { store, time } = shop;
  const api = new DirectScalingApi({ store, time, deployment: { ...deployment, ...settings } });
  return { shop, api, tick: () => scalingTick(shop.ports, 'shop', { because: 'schedule' }) };
};

beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('a policy that is applied', () => {
  it('is what ticks decide by, and what is shown', async () => {
    const { shop, api, tick } = open();
    const applied = await api.apply({ text, name, requestedBy });
    expect(applied).toMatchObject({
      changed: true,
      warnings: [],
      standing: {
        cluster: 'shop',
        text,
        appliedAtMillis: start,
        appliedBy: 'ada',
        pausedUntilMillis: null,
        tickedAtMillis: null,
        policy: { cluster: 'shop', services: [{ service: 'web' }] },
      },
    });
    expect(await tick()).toMatchObject({ actions: [{ result: 'done' }] });
    expect(shop.cluster.changes).toEqual(['web 4 -> 5']);
    const shown = { ...applied.standing, tickedAtMillis: start };
    expect(await api.show('shop')).toEqual(shown);
    expect(await api.list()).toEqual([shown]);
  });

  it('changes nothing when it is the same, and keeps a pause when it is another', async () => {
    const { shop, api } = open();
    await api.apply({ text, name, requestedBy });
    await api.pause('shop', { forSeconds: null, requestedBy });
    shop.nowMillis += 1_000;
    const same = await api.apply({ text, name, requestedBy: 'bob' });
    expect(same).toMatchObject({ changed: false, standing: { appliedBy: 'ada' } });
    const other = await api.apply({ text: text.replace('20', '30'), name, requestedBy: 'bob' });
    expect(other).toMatchObject({
      changed: true,
      standing: { appliedBy: 'bob', pausedUntilMillis: Number.MAX_SAFE_INTEGER },
    });
  });

  it('is refused with every mistake at its place, and nothing is stored', async () => {
    const { shop, api } = open();
    const wrong = text.replace('above: 30, below: 14', 'above: 30, below: 16').replace('20', '-1');
    const applying = api.apply({ text: wrong, name, requestedBy });
    await expect(applying).rejects.toMatchObject({
      name: 'PolicyRefused',
      problems: [expect.objectContaining({ file: name, line: 6 })],
    });
    expect(await shop.json(policyKey('shop'))).toBeUndefined();
  });

  it('takes the place of one that this version can not read', async () => {
    const { shop, api } = open();
    await api.apply({ text, name, requestedBy });
    const stored = await shop.json<object>(policyKey('shop'));
    await writeJson(shop.store, policyKey('shop'), { ...stored, policy: { version: 0 } });
    await expect(api.show('shop')).rejects.toMatchObject({ name: 'DocumentInvalid' });
    expect(await api.list()).toEqual([]);
    await api.apply({ text, name, requestedBy });
    expect(await api.show('shop')).toMatchObject({ policy: { version: 1 } });
  });

  it('comes with warnings of what the deployment lacks', async () => {
    const { api } = open({ clusters: [] });
    const { warnings } = await api.apply({ text, name, requestedBy });
    expect(warnings).toEqual([expect.stringContaining('ScalingClusters')]);
  });
});

describe('a pause', () => {
  it('holds until it is over, or resumed, and is among the decisions', async () => {
    const { shop, api, tick } = open();
    await api.apply({ text, name, requestedBy });
    const paused = await api.pause('shop', { forSeconds: 3_600, requestedBy });
    expect(paused.pausedUntilMillis).toBe(start + 3_600_000);
    expect(await tick()).toMatchObject({ reason: 'paused' });
    shop.nowMillis += 60_000;
    expect(await api.resume('shop', 'bob')).toMatchObject({ pausedUntilMillis: null });
    shop.nowMillis += 1_000;
    expect(await tick()).toMatchObject({ kind: 'ticked' });
    shop.nowMillis += 60_000;
    await api.resume('shop', 'bob');
    const { decisions } = await api.explain({ cluster: 'shop', sinceMillis: start, limit: 10 });
    expect(decisions.map(({ sentence }) => sentence)).toEqual([
      expect.stringMatching(/^web/),
      'shop: resumed, by bob',
      'shop: paused until 2026-11-21T10:30:00.000Z, by ada',
    ]);
  });

  it('is refused for no time, and for a cluster without a policy', async () => {
    const { api } = open();
    await expect(api.pause('shop', { forSeconds: 0, requestedBy })).rejects.toMatchObject({
      name: 'BadInput',
    });
    await expect(api.pause('shop', { forSeconds: 60, requestedBy })).rejects.toMatchObject({
      name: 'PolicyNotFound',
    });
    await expect(api.resume('shop', requestedBy)).rejects.toMatchObject({ name: 'PolicyNotFound' });
  });
});

describe('a policy that is removed', () => {
  it('is there no more, and the cluster stays as it is', async () => {
    const { shop, api, tick } = open();
    await api.apply({ text, name, requestedBy });
    expect(await api.remove('shop')).toBe(true);
    expect(await api.remove('shop')).toBe(false);
    expect(await tick()).toMatchObject({ reason: 'no-policy' });
    expect(shop.cluster.changes).toEqual([]);
    await expect(api.show('shop')).rejects.toMatchObject({
      name: 'PolicyNotFound',
      message: expect.stringContaining('scaling apply'),
    });
    await expect(api.show('../secrets')).rejects.toMatchObject({ name: 'BadInput' });
  });
});
