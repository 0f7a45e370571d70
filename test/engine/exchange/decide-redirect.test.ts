import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideRedirect, type RedirectableRequest } from '../../../src/engine/exchange/decide-redirect.ts';
import { parseOrigin } from '../../../src/engine/origin.ts';
import type { RequestMessage } from '../../../src/engine/transport.ts';

const everywhere = (): undefined => undefined;
const aMessage = (overrides: Partial<RequestMessage> = {}): RequestMessage => ({
  method: 'POST',
  path: '/a/b?c=d',
  headers: [
    ['Accept', '*/*'],
    ['Content-Type', 'text/plain'],
    ['Authorization', 'Basic eA=='],
    ['Cookie', 'a=b'],
    ['Host', 'other'],
  ],
  body: Buffer.from('body'),
  ...overrides,
});
const aRedirectable = (
  message: Partial<RequestMessage> = {},
  from = 'http://shop.test',
): RedirectableRequest => {
  const form = aMessage(message);
  return {
    origin: parseOrigin(from).origin,
    method: form.method,
    idempotent: form.method !== 'POST',
    closes: false,
    form,
  };
};
const redirected = (
  location: string,
  {
    status = 302,
    request = aRedirectable(),
    left = 1,
    refusesHost = everywhere as (host: string) => string | undefined,
  } = {},
) => decideRedirect(request, { status, location }, left, refusesHost);
const followed = (...args: Parameters<typeof redirected>): RedirectableRequest => {
  const decision = redirected(...args);
  if (decision.kind !== 'follow') throw new Error(JSON.stringify(decision));
  return decision.request;
};
const urlOf = ({ origin, form }: RedirectableRequest): string => `${origin.key}${form.path}`;
const namesOf = ({ form }: RedirectableRequest): string => form.headers.map(([name]) => name).join(' ');

describe('a redirect', () => {
  it.each([
    ['/x', 'http://shop.test/x'],
    ['x?y=z#part', 'http://shop.test/a/x?y=z'],
    ['?q', 'http://shop.test/a/b?q'],
    ['../../..', 'http://shop.test/'],
    ['//other.test:81/x', 'http://other.test:81/x'],
    ['https://user:word@shop.test/x y', 'https://shop.test/x%20y'],
    ['HTTP://SHOP.test:80', 'http://shop.test/'],
    [Buffer.from('/grün', 'utf8').toString('latin1'), 'http://shop.test/gr%C3%BCn'],
    ['/gr\u00fcn', 'http://shop.test/gr%C3%BCn'],
  ])('to %s goes to %s', (location, url) => {
    expect(urlOf(followed(location))).toBe(url);
  });

  it.each([
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [303, 'POST', 'GET'],
    [303, 'PUT', 'GET'],
    [303, 'HEAD', 'HEAD'],
    [301, 'PUT', 'PUT'],
    [302, 'HEAD', 'HEAD'],
    [307, 'POST', 'POST'],
    [308, 'POST', 'POST'],
    [308, 'DELETE', 'DELETE'],
  ])('with %i makes a %s a %s', (status, method, next) => {
    const request = followed('/x', { status, request: aRedirectable({ method }) });
    expect([request.method, request.form.method]).toEqual([next, next]);
    expect(request.form.body?.toString()).toBe(next === method ? 'body' : undefined);
    expect(namesOf(request).includes('Content-Type')).toBe(next === method);
    expect(request.idempotent).toBe(next !== 'POST');
  });

  it.each([200, 300, 304, 305, 306, 404])('is not what %i means', (status) => {
    expect(redirected('/x', { status }).kind).toBe('answer');
  });

  it('needs a place to go', () => {
    expect(redirected('').kind).toBe('answer');
    expect(decideRedirect(aRedirectable(), { status: 302, location: undefined }, 1, everywhere).kind).toBe(
      'answer',
    );
  });

  it.each([
    ['http://shop.test:80/x', 'Accept Authorization Cookie Host'],
    ['http://shop.test:81/x', 'Accept'],
    ['https://shop.test/x', 'Accept'],
    ['http://www.shop.test/x', 'Accept'],
  ])('to %s sends %s', (location, names) => {
    expect(namesOf(followed(location))).toBe(names);
  });

  it.each([
    [
      'http://shop.test/x',
      'https://shop.test',
      'bad request',
      'redirected from https://shop.test to http://shop.test/x, which is not followed',
    ],
    [
      'ftp://shop.test/x',
      'http://shop.test',
      'bad request',
      'redirected from http://shop.test to ftp://shop.test/x, which is not followed',
    ],
    ['http://[', 'http://shop.test', 'bad request', 'redirected to http://[, which is no URL'],
    [
      'http://evil.test/',
      'http://shop.test',
      'address not allowed',
      'redirected to http://evil.test/: no evil.test',
    ],
  ])('to %s from %s fails as %s', (location, from, failure, detail) => {
    const decision = redirected(location, {
      request: aRedirectable({}, from),
      refusesHost: (host) => (host === 'evil.test' ? `no ${host}` : undefined),
    });
    expect(decision).toEqual({ kind: 'refuse', failure, detail });
  });

  it('is one too many when none is left', () => {
    expect(redirected('/x', { left: 0 })).toEqual({
      kind: 'refuse',
      failure: 'too many redirects',
      detail: 'redirected once more, to /x',
    });
  });

  it('never takes credentials elsewhere, nor asks a host that is refused', () => {
    const place = fc.oneof(
      fc.webUrl({ withQueryParameters: true }),
      fc.webPath(),
      fc.constantFrom('//shop.test/x', 'http://shop.test:8080', 'https://shop.test', '/'),
      fc.string(),
    );
    fc.assert(
      fc.property(
        place,
        fc.constantFrom(301, 302, 303, 307, 308),
        fc.constantFrom('http://shop.test', 'https://shop.test'),
        (location, status, from) => {
          const asked: string[] = [];
          const decision = redirected(location, {
            status,
            request: aRedirectable({}, from),
            refusesHost: (host) => {
              asked.push(host);
              return host.endsWith('.com') ? 'no' : undefined;
            },
          });
          if (decision.kind !== 'follow') return;
          const { origin, form } = decision.request;
          expect(form.path).toMatch(/^\/[!-~]*$/);
          expect(form.path).not.toContain('#');
          if (from.startsWith('https:')) expect(origin.secure).toBe(true);
          if (origin.key === from) expect(namesOf(decision.request)).toContain('Authorization Cookie Host');
          else {
            expect(namesOf(decision.request)).not.toMatch(/Authorization|Cookie|Host/);
            expect(asked).toEqual([origin.host]);
            expect(origin.host).not.toMatch(/\.com$/);
          }
        },
      ),
    );
  });
});
