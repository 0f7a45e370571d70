import { afterEach, describe, expect, it } from 'vitest';
import type { DrainApi } from '../../../src/platform/ports/drain-api.ts';
import { aDrainRecord } from '../../api/builders.ts';
import { aProblem, openStackServer, type Reply, remoteAt } from './stack-server.ts';

const instanceId = 'i-0b662ef9931388ba0';
const { drainId } = aDrainRecord();

let close: (() => Promise<void>) | undefined;
afterEach(async () => {
  await close?.();
  close = undefined;
});

const serve = async (...replies: readonly Reply[]) => {
  const server = await openStackServer(...replies);
  close = server.close;
  const drains: DrainApi = remoteAt(server.url).drains;
  return { received: server.received, drains };
};

const anEntry = {
  drainId,
  instanceId,
  cluster: 'shop',
  heardAtMillis: 1,
  outcome: 'empty',
  marginSeconds: 79,
  missed: 0,
};

describe('drains of a stack', () => {
  it('are asked for with a signed request, again when its answer was lost; who asks is whoever signs', async () => {
    const requested = { drainId, cluster: 'shop', pace: 'hurried', created: false };
    const { drains, received } = await serve(
      (response) => response.destroy(),
      { status: 503 },
      { status: 202, body: requested },
    );
    expect(await drains.request({ instanceId, deadlineSeconds: 90, requestedBy: 'ada' })).toEqual(requested);
    expect(received).toHaveLength(3);
    for (const { method, path, body, signed } of received) {
      expect({ method, path, signed }).toEqual({ method: 'POST', path: '/drains', signed: true });
      expect(JSON.parse(body)).toEqual({ instanceId, deadlineSeconds: 90 });
    }
  });

  it('are asked for without a deadline when there is none', async () => {
    const body = { drainId, cluster: 'shop', pace: 'unhurried', created: true };
    const { drains, received } = await serve({ status: 202, body });
    await drains.request({ instanceId, deadlineSeconds: null, requestedBy: 'ada' });
    expect(JSON.parse(received[0]?.body ?? '')).toEqual({ instanceId });
  });

  it('are listed over as many pages as it takes', async () => {
    const { drains, received } = await serve(
      { status: 200, body: { drains: [anEntry, anEntry], next: 'n1' } },
      { status: 200, body: { drains: [anEntry] } },
    );
    expect(await drains.list({ limit: 150, after: 'n0' })).toEqual({ drains: [anEntry, anEntry, anEntry] });
    expect(received.map(({ query }) => query)).toEqual(['?limit=100&cursor=n0', '?limit=100&cursor=n1']);
  });

  it('stop a task by its id, however it is named', async () => {
    const step = { stage: 'settling', inFlight: null, waitMillis: 5000 };
    const { drains, received } = await serve({ status: 202, body: step });
    const task = 'arn:aws:ecs:us-east-1:123456789012:task/shop/0123abcd';
    expect(await drains.stopTask({ cluster: 'shop', task, reason: 'why not' })).toEqual(step);
    expect(received).toMatchObject([{ path: '/clusters/shop/tasks/0123abcd/stop', signed: true }]);
  });

  it.each([
    [404, 'drain-not-found', 'DrainNotFound'],
    [409, 'drain-already-ended', 'DrainAlreadyEnded'],
    [400, 'bad-request', 'BadInput'],
    [409, 'conflict', 'StoreConflict'],
    [501, 'not-available-here', 'BadInput'],
  ])('fail by name: %d %s', async (status, code, name) => {
    const { drains, received } = await serve(aProblem(status, code));
    await expect(drains.cancel(drainId, 'ada')).rejects.toMatchObject({ name });
    expect(received).toHaveLength(1);
  });

  it('of a stack that was deployed before there were any say so', async () => {
    const { drains } = await serve({ status: 404, body: { message: 'Not Found' } });
    await expect(drains.list({ limit: 1 })).rejects.toThrow('deploy it');
  });

  it('keep what a later version adds, and are unreadable when something is missing', async () => {
    const later = { ...aDrainRecord(), more: { yet: 1 } };
    const { steps: _, ...less } = aDrainRecord();
    const { drains } = await serve({ status: 200, body: later }, { status: 200, body: less });
    expect(await drains.show(drainId)).toEqual(later);
    await expect(drains.show(drainId)).rejects.toMatchObject({
      name: 'ServiceUnavailable',
      message: expect.stringContaining('steps'),
    });
  });
});
