import { afterEach, describe, expect, it } from 'vitest';
import type { ScalingApi } from '../../../src/platform/ports/scaling-api.ts';
import { aRow, aStanding } from '../../cli/scaling-builders.ts';
import { aProblem, openStackServer, type Reply, remoteAt } from './stack-server.ts';

let close: (() => Promise<void>) | undefined;
afterEach(async () => {
  await close?.();
  close = undefined;
});

const serve = async (...replies: readonly Reply[]) => {
  const server = await openStackServer(...replies);
  close = server.close;
  const scaling: ScalingApi = remoteAt(server.url).scaling;
  return { received: server.received, scaling };
};

const cursor = '1795292602306.1.20261121T202322306Z.pause-web_2';
const shown: Reply = { status: 200, body: aStanding() };

describe('scaling policies of a stack', () => {
  it('are applied with a signed request, again when its answer was lost; who asks is whoever signs', async () => {
    const applied = { standing: aStanding(), changed: true, warnings: ['no fast tick'] };
    const { scaling, received } = await serve(
      (response) => response.destroy(),
      { status: 503 },
      { status: 200, body: applied },
    );
    const request = { text: 'version: 1', name: 'größe.yaml', requestedBy: 'ada' };
    expect(await scaling.apply(request)).toEqual(applied);
    expect(received).toHaveLength(3);
    for (const { method, path, body, signed } of received) {
      expect({ method, path, signed }).toEqual({ method: 'PUT', path: '/scaling/policies', signed: true });
      expect(JSON.parse(body)).toEqual({ text: 'version: 1', name: 'größe.yaml' });
    }
  });

  it('are paused and resumed, for a time or until told', async () => {
    const { scaling, received } = await serve(shown);
    await scaling.pause('shop', { forSeconds: 90, requestedBy: 'ada' });
    await scaling.pause('shop', { forSeconds: null, requestedBy: 'ada' });
    await scaling.resume('shop', 'ada');
    expect(received.map(({ path, body, signed }) => [path, body, signed])).toEqual([
      ['/scaling/policies/shop/pause', '{"forSeconds":90}', true],
      ['/scaling/policies/shop/pause', '{}', true],
      ['/scaling/policies/shop/resume', '', true],
    ]);
  });

  it('are removed, or were not there', async () => {
    const { scaling, received } = await serve({ status: 204 }, aProblem(404, 'policy-not-found'));
    expect(await scaling.remove('shop')).toBe(true);
    expect(await scaling.remove('shop')).toBe(false);
    expect(received.map(({ method, path }) => [method, path])).toEqual([
      ['DELETE', '/scaling/policies/shop'],
      ['DELETE', '/scaling/policies/shop'],
    ]);
  });

  it('can not be asked for outside their place', async () => {
    const { scaling, received } = await serve(aProblem(400, 'bad-request'));
    await expect(scaling.show('../runs')).rejects.toMatchObject({ name: 'BadInput' });
    expect(received.map(({ path }) => path)).toEqual(['/scaling/policies/..%2Fruns']);
  });

  it('are explained by the page', async () => {
    const page = { decisions: [aRow()], next: cursor };
    const { scaling, received } = await serve({ status: 200, body: page });
    const request = {
      cluster: 'shop',
      subject: 'service/web',
      sinceMillis: 1000,
      untilMillis: 2000,
      limit: 9000,
      after: cursor,
    };
    expect(await scaling.explain(request)).toEqual(page);
    await scaling.explain({ sinceMillis: 1000, limit: 5 });
    expect(
      received.map(({ query, signed }) => [Object.fromEntries(new URLSearchParams(query)), signed]),
    ).toEqual([
      [{ cluster: 'shop', subject: 'service/web', since: '1000', until: '2000', limit: '500', cursor }, true],
      [{ since: '1000', limit: '5' }, true],
    ]);
  });

  it('are refused with the problems that the stack found', async () => {
    const problem = {
      code: 'invalid',
      file: 'shop.yaml',
      line: 6,
      column: 25,
      path: 'services.api',
      value: 'sixty',
      expected: 'a number',
      sourceLine: '',
    };
    const { scaling } = await serve(aProblem(422, 'policy-refused', { problems: [problem] }));
    await expect(scaling.apply({ text: 'x', name: 'shop.yaml', requestedBy: 'ada' })).rejects.toMatchObject({
      name: 'PolicyRefused',
      problems: [problem],
    });
  });

  it.each([
    [404, 'policy-not-found', 'PolicyNotFound'],
    [409, 'conflict', 'StoreConflict'],
    [403, 'not-allowed', 'NotAllowed'],
    [400, 'bad-request', 'BadInput'],
    [501, 'not-available-here', 'BadInput'],
  ])('fail by name: %d %s', async (status, code, name) => {
    const { scaling, received } = await serve(aProblem(status, code));
    await expect(scaling.pause('shop', { forSeconds: null, requestedBy: 'ada' })).rejects.toMatchObject({
      name,
    });
    expect(received).toHaveLength(1);
  });

  it('of a stack that was deployed before there were any say so', async () => {
    const { scaling } = await serve({ status: 404, body: { message: 'Not Found' } });
    await expect(scaling.list()).rejects.toThrow('deploy it');
  });

  it('keep what a later version adds, and are unreadable when something is missing', async () => {
    const later = { ...aStanding(), more: { yet: 1 } };
    const { policy: _, ...less } = aStanding();
    const { scaling } = await serve({ status: 200, body: later }, { status: 200, body: less });
    expect(await scaling.show('shop')).toEqual(later);
    await expect(scaling.show('shop')).rejects.toMatchObject({
      name: 'ServiceUnavailable',
      message: expect.stringContaining('policy'),
    });
  });
});
