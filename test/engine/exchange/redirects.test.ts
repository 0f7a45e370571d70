import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { addressGuard } from '../../../src/plan/allowed-targets.ts';
import type { Plan, RequestStep } from '../../../src/plan/plan.ts';
import { aPlan, aRequest, aScenario } from '../support/a-plan.ts';
import { httpServer, type SeenRequest } from '../support/http-server.ts';
import { http2Server } from '../support/http2-server.ts';
import { oneArrival, played } from '../support/played.ts';
import { ok, rawServer } from '../support/raw-server.ts';

const onePlan = (target: string, step: Partial<RequestStep>, overrides: Partial<Plan> = {}): Plan =>
  aPlan({ target, load: oneArrival, scenarios: [aScenario([aRequest(step)])], ...overrides });
const redirect = (response: ServerResponse, location: string, status = 302): void => {
  response.writeHead(status, { location }).end('elsewhere');
};
/** `/3` redirects to `/2`, that to `/1`, that to `/0`, which answers. */
const countdown = (request: SeenRequest, response: ServerResponse): void => {
  const left = Number(request.url.slice(1));
  if (left === 0) response.end('there');
  else redirect(response, String(left - 1));
};
const sentTo = (requests: readonly SeenRequest[]): string =>
  requests.map(({ method, url }) => `${method} ${url}`).join(', ');

describe('following redirects', () => {
  it('leads to the answer, which is what expectations look at', async () => {
    await using server = await httpServer(countdown);
    const sink = await played(
      onePlan(server.url, {
        url: '/3',
        redirects: 3,
        expect: [
          { on: 'status', oneOf: [200] },
          { on: 'body', match: { how: 'equals', text: 'there' } },
        ],
      }),
    );
    expect(sink.failures).toEqual([]);
    expect(sentTo(server.requests)).toBe('GET /3, GET /2, GET /1, GET /0');
    expect([sink.started, sink.completions.length]).toEqual([1, 1]);
  });

  it('is done only when asked for', async () => {
    await using server = await httpServer(countdown);
    const sink = await played(
      onePlan(server.url, {
        url: '/3',
        expect: [{ on: 'header', name: 'location', match: { how: 'equals', text: '2' } }],
      }),
    );
    expect(sink.failures).toEqual([]);
    expect(server.requests).toHaveLength(1);
  });

  it('ends after as many as are allowed', async () => {
    await using server = await httpServer(countdown);
    const sink = await played(onePlan(server.url, { url: '/3', redirects: 2 }));
    expect(sink.failures.map(({ kind, example }) => [kind, example])).toEqual([
      ['too many redirects', 'GET /: redirected once more, to 0'],
    ]);
    expect(sentTo(server.requests)).toBe('GET /3, GET /2, GET /1');
  });

  it('is one request, whose figures are the sums of its hops', async () => {
    const hop = 'HTTP/1.1 302 Found\r\nlocation: /next\r\nconnection: close\r\ncontent-length: 4\r\n\r\ngone';
    const last = ok('here');
    let answered = 0;
    await using server = await rawServer((socket) => {
      if (answered++ < 2) socket.end(hop);
      else socket.write(last);
    });
    const sink = await played(onePlan(server.url, { redirects: 5 }));
    const [only] = sink.completions;
    expect(server.connections()).toBe(3);
    expect(only?.timing.bytesReceived).toBe(2 * hop.length + last.length);
    expect(only?.timing.bytesSent).toBe(server.requests.join('').length);
    expect(only?.timing.connectMicros).toBeGreaterThan(0);
    expect(sink.completions).toHaveLength(1);
  });

  it('counts what the hops before a failure have sent', async () => {
    await using server = await rawServer((socket, request) => {
      if (request.startsWith('GET /gone')) socket.destroy();
      else socket.write('HTTP/1.1 302 Found\r\nlocation: /gone\r\ncontent-length: 0\r\n\r\n');
    });
    const sink = await played(onePlan(server.url, { method: 'POST', redirects: 5 }));
    expect(sink.kinds).toEqual(['reset']);
    expect(sink.failures[0]?.timing.bytesSent).toBeGreaterThan(server.requests[0]?.length ?? 0);
  });

  it('has the time of one request', async () => {
    await using server = await httpServer((_request, response) => {
      setTimeout(() => redirect(response, '/again'), 40);
    });
    const sink = await played(onePlan(server.url, { redirects: 20, timeoutSeconds: 0.15 }));
    expect(sink.kinds).toEqual(['timeout before headers']);
    expect(server.requests.length).toBeLessThan(20);
  });

  it('keeps method and body with 307, and not with 303', async () => {
    for (const [status, second] of [
      [307, 'POST /b hello'],
      [303, 'GET /b '],
    ] as const) {
      await using server = await httpServer((request, response) => {
        if (request.url === '/a') redirect(response, '/b', status);
        else response.end();
      });
      const body = { format: 'text', template: 'hello' } as const;
      await played(onePlan(server.url, { method: 'POST', url: '/a', redirects: 1, body }));
      const seen = server.requests.map(({ method, url, body }) => `${method} ${url} ${body}`);
      expect(seen).toEqual(['POST /a hello', second]);
    }
  });

  it('takes no credentials to another origin', async () => {
    await using other = await httpServer((_request, response) => response.end());
    await using server = await httpServer((_request, response) => redirect(response, `${other.url}/x`));
    const sink = await played(
      onePlan(server.url, {
        redirects: 1,
        auth: { user: 'me', password: 'secret' },
        headers: [
          ['Cookie', 'a=b'],
          ['X-Kept', 'yes'],
        ],
      }),
    );
    expect(sink.failures).toEqual([]);
    expect(server.requests[0]?.headers.authorization).toBe('Basic bWU6c2VjcmV0');
    const { authorization, cookie, host, 'x-kept': kept } = other.requests[0]?.headers ?? {};
    expect([authorization, cookie, host, kept]).toEqual([
      undefined,
      undefined,
      new URL(other.url).host,
      'yes',
    ]);
  });

  it.each(['http://192.0.2.1/', 'http://169.254.169.254/latest', 'http://shop.example/'])(
    'goes nowhere that is not allowed, such as %s',
    async (location) => {
      await using server = await httpServer((_request, response) => redirect(response, location));
      const sink = await played(onePlan(server.url, { redirects: 5 }), { guard: addressGuard([]) });
      expect(sink.kinds).toEqual(['address not allowed']);
    },
  );

  it.each([
    'http://169.254.170.2/v2/credentials',
    '//169.254.170.2/v2/credentials',
    'http://2852039170/v2/credentials',
    'http://0xa9.0xfe.0252.2/',
    'http://[::ffff:169.254.170.2]/',
    'http://[64:ff9b::a9fe:aa02]/',
    'http://[fd00:ec2::23]/v1/credentials',
    'http://169.254.169.254/latest/meta-data/',
  ])(
    'never goes to the credentials of the machine it runs on at %s, whatever is listed',
    async (location) => {
      const guard = addressGuard(['127.0.0.0/8', '169.254.0.0/16', '169.254.170.2', '0.0.0.0/0', '::/0']);
      await using server = await httpServer((_request, response) => redirect(response, location));
      await using second = await http2Server((stream) => {
        stream.respond({ ':status': 302, location });
        stream.end();
      });
      for (const [url, http] of [
        [server.url, 1],
        [second.url, 2],
      ] as const) {
        const sink = await played(onePlan(url, { redirects: 5 }, { http }), { guard });
        expect(sink.kinds).toEqual(['address not allowed']);
        expect(sink.failures[0]?.example).toContain('never a target');
      }
    },
  );

  it('is checked at every hop, not only at the first', async () => {
    await using second = await httpServer((_request, response) =>
      redirect(response, 'http://169.254.170.2/'),
    );
    await using first = await httpServer((_request, response) => redirect(response, `${second.url}/next`));
    const guard = addressGuard(['169.254.0.0/16']);
    const sink = await played(onePlan(first.url, { redirects: 5 }), { guard });
    expect(sink.kinds).toEqual(['address not allowed']);
    expect(sentTo(second.requests)).toBe('GET /next');
  });

  it('goes to no name that resolves to an address that is not allowed', async () => {
    const asked: string[] = [];
    const guard = {
      refusesHost: () => undefined,
      refusesAddress(host: string, address: string) {
        if (host !== 'localhost') return undefined;
        asked.push(address);
        return `${address} is elsewhere`;
      },
    };
    await using server = await httpServer((_request, response) => redirect(response, 'http://localhost:1/x'));
    const sink = await played(onePlan(server.url, { redirects: 5 }), { guard });
    expect(sink.kinds).toEqual(['address not allowed']);
    expect(asked.length).toBeGreaterThan(0);
  });

  it('says when there is no connecting to the place', async () => {
    await using server = await httpServer((_request, response) => redirect(response, 'http://127.0.0.1:1/'));
    const sink = await played(onePlan(server.url, { redirects: 5 }));
    expect(sink.kinds).toEqual(['connect refused']);
  });
});
