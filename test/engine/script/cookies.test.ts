import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserCookies } from '../../../src/engine/script/user-cookies.ts';
import type { Plan, Step } from '../../../src/plan/plan.ts';
import { aPlan, aRequest, aScenario } from '../support/a-plan.ts';
import { httpServer, type SeenRequest } from '../support/http-server.ts';
import { oneArrival, played } from '../support/played.ts';

const get = (url: string, overrides: Parameters<typeof aRequest>[0] = {}): Step =>
  aRequest({ url, ...overrides });
const aCookiePlan = (target: string, steps: readonly Step[], overrides: Partial<Plan> = {}): Plan =>
  aPlan({ target, cookies: true, load: oneArrival, scenarios: [aScenario(steps)], ...overrides });
const sentCookies = (requests: readonly SeenRequest[]): (string | undefined)[] =>
  requests.map(({ headers }) => headers.cookie);

describe('the cookies of a user', () => {
  it.each([
    'http://127.0.0.1:8080/a/b',
    'http://localhost/a/b',
    'http://[::1]:81/a/b',
    'http://web/a/b',
    'https://shop.test/a/b',
  ])('are kept for %s', (url) => {
    const cookies = new UserCookies();
    expect(cookies.headerFor(url)).toBeUndefined();
    cookies.take(['a=1; Path=/; HttpOnly', 'b=x y; SameSite=Strict', 'c=3; Max-Age=60; Path=/a'], url);
    expect(cookies.headerFor(url)?.split('; ').sort()).toEqual(['a=1', 'b=x y', 'c=3']);
    expect(cookies.headerFor(new URL('/z', url).href)).toBe('a=1');
  });

  it('go to whom they are for', () => {
    const cookies = new UserCookies();
    cookies.take(
      ['host=1', 'domain=2; Domain=shop.test', 'secure=3; Secure', 'path=4; Path=/in'],
      'https://www.shop.test/',
    );
    expect(cookies.headerFor('https://www.shop.test/')).toBe('host=1; domain=2; secure=3');
    expect(cookies.headerFor('http://www.shop.test/')).toBe('host=1; domain=2');
    expect(cookies.headerFor('https://api.shop.test/')).toBe('domain=2');
    expect(cookies.headerFor('https://www.shop.test/in/x')).toContain('path=4');
    expect(cookies.headerFor('https://shop.other/')).toBeUndefined();
  });

  it('are replaced and expire', () => {
    const cookies = new UserCookies();
    const url = 'http://127.0.0.1/';
    cookies.take(['a=1', 'b=1'], url);
    cookies.take(['a=2', 'b=; Max-Age=0'], url);
    expect(cookies.headerFor(url)).toBe('a=2');
    cookies.forget();
    expect(cookies.headerFor(url)).toBeUndefined();
  });

  it('are passed over when they are none', () => {
    const cookies = new UserCookies();
    const raw = Buffer.from('ü=é').toString('latin1');
    cookies.take(['', ' = ;;', 'a=1; Domain=other.test', raw], 'http://127.0.0.1/');
    expect(cookies.headerFor('http://127.0.0.1/')).toBe('ü=é');
  });

  it('are passed over when their domain could not be one', () => {
    const cookies = new UserCookies();
    const domains = ['xn--\xff', '\ud800', '%00', '[', 'a b', '\\', ''];
    for (const domain of domains) cookies.take([`a=1; Domain=${domain}`, 'b=2'], 'http://shop.test/');
    expect(cookies.headerFor('http://shop.test/')).toContain('b=2');
  });

  it('never stop a run, whatever a target sends', () => {
    const attribute = fc.oneof(
      fc.tuple(
        fc.constantFrom('Domain', 'Path', 'Max-Age', 'Expires', 'SameSite', 'x'),
        fc.string({ unit: 'binary' }),
      ),
      fc.tuple(
        fc.constant('Domain'),
        fc.constantFrom('.', '..', '[::1]', '127.0.0.1', 'xn--', 'com', 'shop.test'),
      ),
    );
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.array(attribute, { maxLength: 3 }),
        (pair, attributes) => {
          const cookies = new UserCookies();
          const line = [pair, ...attributes.map((each) => each.join('='))].join(';');
          cookies.take([line, 'b=2; Path=/'], 'http://shop.test/a%');
          expect(cookies.headerFor('http://shop.test/a%')).toMatch(/(^|; )b=/);
        },
      ),
    );
  });
});

describe('an engine with cookies', () => {
  it('goes on when a target sends a cookie for a domain that could not be one', async () => {
    await using server = await httpServer((_request, response) => {
      response.setHeader('set-cookie', ['a=1; Domain=xn--\xff', 'b=2']);
      response.end();
    });
    const sink = await played(aCookiePlan(server.url, [get('/'), get('/again')]));
    expect([sink.completions.length, sentCookies(server.requests)]).toEqual([2, [undefined, 'b=2']]);
  });

  it('sends what it was given, after what the plan has written', async () => {
    await using server = await httpServer((request, response) => {
      if (request.url === '/login') response.setHeader('set-cookie', ['sid=1; Path=/', 'cart=2; Path=/shop']);
      response.end();
    });
    const sink = await played(
      aCookiePlan(server.url, [
        get('/login'),
        get('/me'),
        get('/shop/1', { headers: [['Cookie', 'plan=3']] }),
      ]),
    );
    expect(sink.failures).toEqual([]);
    expect(sentCookies(server.requests)).toEqual([undefined, 'sid=1', 'plan=3; cart=2; sid=1']);
  });

  it('takes and sends cookies at each hop of a redirect', async () => {
    await using server = await httpServer((request, response) => {
      if (request.url === '/login') {
        response.writeHead(302, { location: '/home', 'set-cookie': 'sid=1' }).end();
      } else response.end();
    });
    await played(aCookiePlan(server.url, [get('/login', { redirects: 1 })]));
    expect(sentCookies(server.requests)).toEqual([undefined, 'sid=1']);
  });

  it('gives each arrival cookies of its own', async () => {
    let given = 0;
    await using server = await httpServer((_request, response) => {
      response.setHeader('set-cookie', `n=${given++}`);
      response.end();
    });
    const load = { model: 'open', arrivals: 'even', stages: [{ seconds: 0.2, from: 100, to: 100 }] } as const;
    const sink = await played(aCookiePlan(server.url, [get('/1'), get('/2')], { load }));
    expect(sink.arrivals).toHaveLength(20);
    const seen = server.requests.filter(({ url }) => url === '/1').map(({ headers }) => headers.cookie);
    expect(seen).toEqual(Array.from({ length: 20 }, () => undefined));
    const second = server.requests.filter(({ url }) => url === '/2').map(({ headers }) => headers.cookie);
    expect(new Set(second).size).toBe(20);
  });

  it('lets a user of the closed model keep its own from one iteration to the next', async () => {
    let given = 0;
    await using server = await httpServer((request, response) => {
      if (request.headers.cookie === undefined) response.setHeader('set-cookie', `user=${given++}`);
      response.end();
    });
    const think: Step = { kind: 'think', minSeconds: 0.02, maxSeconds: 0.02 };
    const load = { model: 'closed', stages: [{ seconds: 0.4, from: 2, to: 2 }] } as const;
    await played(aCookiePlan(server.url, [get('/'), think], { load }));
    const cookies = sentCookies(server.requests);
    expect(cookies.filter((each) => each === undefined)).toHaveLength(2);
    expect(new Set(cookies)).toEqual(new Set([undefined, 'user=0', 'user=1']));
    expect(cookies.length).toBeGreaterThan(6);
  });

  it('does without them unless the plan asks', async () => {
    await using server = await httpServer((_request, response) => {
      response.setHeader('set-cookie', 'a=1');
      response.end();
    });
    await played(aCookiePlan(server.url, [get('/1'), get('/2')], { cookies: false }));
    expect(sentCookies(server.requests)).toEqual([undefined, undefined]);
  });
});
