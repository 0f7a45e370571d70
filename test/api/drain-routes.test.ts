import { describe, expect, it } from 'vitest';
import {
  BadInputError,
  ClusterUnavailableError,
  DrainAlreadyEndedError,
  DrainNotFoundError,
} from '../../src/errors.ts';
import { aDrainRecord, post, recordingDrains, serving } from './builders.ts';

const instanceId = 'i-0b662ef9931388ba0';
const { drainId } = aDrainRecord();

describe('drains over HTTP', () => {
  it('are asked for with a deadline or without', async () => {
    const drains = recordingDrains();
    await serving({ drains }, async ({ url }) => {
      const response = await post(`${url}/drains`, { instanceId, deadlineSeconds: 90 });
      expect(response.status).toBe(202);
      expect(await response.json()).toEqual({ drainId, cluster: 'shop', pace: 'hurried', created: true });
      await post(`${url}/drains`, { instanceId });
    });
    expect(drains.asked).toEqual([
      { instanceId, deadlineSeconds: 90, requestedBy: 'the API' },
      { instanceId, deadlineSeconds: null, requestedBy: 'the API' },
    ]);
  });

  it.each([
    [{ instanceId: 'i-0b66' }, 'body.instanceId'],
    [{ instanceId, deadlineSeconds: 0 }, 'body.deadlineSeconds'],
    [{ instanceId, deadlineSeconds: 604_801 }, 'body.deadlineSeconds'],
    [{ instanceId, deadline: '10m' }, 'body.deadline'],
    [{ instanceId, requestedBy: 'somebody else' }, 'body.requestedBy'],
  ])('are not asked for with %j', async (body, at) => {
    const drains = recordingDrains();
    await serving({ drains }, async ({ url }) => {
      const response = await post(`${url}/drains`, body);
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: 'bad-request', errors: [{ at }] });
    });
    expect(drains.asked).toEqual([]);
  });

  it('are listed by the page, shown and taken back', async () => {
    const pages: unknown[] = [];
    const cursor = '8230095999999-i-0b662ef9931388ba0-t9pyh0.json';
    const drains = recordingDrains({
      async list(page) {
        pages.push(page);
        return { drains: [], next: cursor };
      },
    });
    await serving({ drains }, async ({ url }) => {
      expect(await (await fetch(`${url}/drains`)).json()).toEqual({ drains: [], next: cursor });
      await fetch(`${url}/drains?limit=7&cursor=${cursor}`);
      expect(await (await fetch(`${url}/drains/${drainId}`)).json()).toEqual(aDrainRecord());
      const cancelled = await fetch(`${url}/drains/${drainId}/cancel`, { method: 'POST' });
      expect(cancelled.status).toBe(202);
      expect((await fetch(`${url}/drains?cursor=../runs`)).status).toBe(400);
      expect((await fetch(`${url}/drains/web`)).status).toBe(400);
    });
    expect(pages).toEqual([{ limit: 20 }, { limit: 7, after: cursor }]);
    expect(drains.asked).toEqual([[drainId, 'the API']]);
  });

  it('stop a task with one step a request: 202 until it is stopped', async () => {
    const stages = ['deregistering', 'stopped'] as const;
    let step = 0;
    const drains = recordingDrains({
      stopTask: async () => ({ stage: stages[step++] ?? 'stopped', inFlight: 3, waitMillis: 500 }),
    });
    await serving({ drains }, async ({ url }) => {
      const stop = `${url}/clusters/shop/tasks/${'0'.repeat(32)}/stop`;
      const first = await post(stop, { reason: 'replaced' });
      expect(first.status).toBe(202);
      expect(await first.json()).toEqual({ stage: 'deregistering', inFlight: 3, waitMillis: 500 });
      expect((await fetch(stop, { method: 'POST' })).status).toBe(200);
      expect((await fetch(`${url}/clusters/shop/tasks/0f/stop`, { method: 'POST' })).status).toBe(400);
    });
  });

  it.each([
    [new DrainNotFoundError('no such drain'), 404, 'drain-not-found'],
    [new DrainAlreadyEndedError('it has ended'), 409, 'drain-already-ended'],
    [new BadInputError('the instance goes'), 400, 'bad-request'],
    [new ClusterUnavailableError('ECS is down'), 503, 'unavailable'],
  ])('fail as %s with a code of their own', async (error, status, code) => {
    const drains = recordingDrains({ cancel: () => Promise.reject(error) });
    await serving({ drains }, async ({ url }) => {
      const response = await fetch(`${url}/drains/${drainId}/cancel`, { method: 'POST' });
      expect(response.status).toBe(status);
      expect(await response.json()).toMatchObject({ code });
    });
  });

  it('can be looked at where nothing looks after clusters, and nothing else', async () => {
    const { list, show } = recordingDrains();
    await serving({ drains: { list, show } }, async ({ url }) => {
      expect((await fetch(`${url}/drains`)).status).toBe(200);
      expect((await fetch(`${url}/drains/${drainId}`)).status).toBe(200);
      for (const response of [
        await post(`${url}/drains`, { instanceId }),
        await fetch(`${url}/drains/${drainId}/cancel`, { method: 'POST' }),
        await fetch(`${url}/clusters/shop/drain-check`),
        await fetch(`${url}/clusters/shop/tasks/${'0'.repeat(32)}/stop`, { method: 'POST' }),
      ]) {
        expect(response.status).toBe(501);
        expect(await response.json()).toMatchObject({ code: 'not-available-here' });
      }
    });
  });
});
