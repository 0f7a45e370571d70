import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serializeMessage } from '../../../src/engine/http1/serialize-message.ts';
import { parseOrigin } from '../../../src/engine/origin.ts';
import type { RequestMessage } from '../../../src/engine/transport.ts';
import { type HttpServer, httpServer } from '../support/http-server.ts';

const { origin } = parseOrigin('http://shop.test:8080');
const aMessage = (overrides: Partial<RequestMessage> = {}): RequestMessage => ({
  method: 'GET',
  path: '/',
  headers: [],
  body: undefined,
  ...overrides,
});
const written = (overrides: Partial<RequestMessage>, closes = false): string =>
  serializeMessage(aMessage(overrides), { origin, closes }).toString('utf8');

describe('a message over HTTP/1.1', () => {
  it.each<[string, Partial<RequestMessage>, boolean, string]>([
    ['names the host', {}, false, 'GET / HTTP/1.1\r\nhost: shop.test:8080\r\n\r\n'],
    ['leaves a written host', { headers: [['Host', 'x']] }, false, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
    [
      'says that it closes',
      { headers: [['a', 'é']] },
      true,
      'GET / HTTP/1.1\r\nhost: shop.test:8080\r\na: é\r\nconnection: close\r\n\r\n',
    ],
    [
      'leaves a written connection',
      { headers: [['Connection', 'Close']] },
      true,
      'GET / HTTP/1.1\r\nhost: shop.test:8080\r\nConnection: Close\r\n\r\n',
    ],
    [
      'sends the length of an empty body',
      { method: 'POST', body: Buffer.alloc(0) },
      false,
      'POST / HTTP/1.1\r\nhost: shop.test:8080\r\ncontent-length: 0\r\n\r\n',
    ],
  ])('%s', (_what, message, closes, text) => {
    expect(written(message, closes)).toBe(text);
  });

  describe('read by another implementation', () => {
    let server: HttpServer;
    beforeAll(async () => {
      server = await httpServer((_request, response) => response.end());
    });
    afterAll(() => server[Symbol.asyncDispose]());

    const received = async (message: RequestMessage) => {
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
      socket.write(serializeMessage(message, { origin, closes: true }));
      socket.resume();
      await once(socket, 'close');
      return server.requests.at(-1);
    };

    it('is the same request', async () => {
      const name = fc.stringMatching(/^x-[a-z0-9-]{1,10}$/);
      const value = fc.stringMatching(/^[!-~äé]([ -~äé]{0,20}[!-~äé])?$/);
      const message = fc.record({
        method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'),
        path: fc.webPath().map((path) => `/${path.replace(/^\//, '')}`),
        headers: fc.uniqueArray(fc.tuple(name, value), { selector: ([each]) => each }),
        body: fc.option(
          fc.uint8Array().map((bytes) => Buffer.from(bytes)),
          { nil: undefined },
        ),
      });
      await fc.assert(
        fc.asyncProperty(message, async (sent) => {
          const seen = await received(sent);
          expect(seen?.method).toBe(sent.method);
          expect(seen?.url).toBe(sent.path);
          expect(seen?.headers.host).toBe(origin.authority);
          for (const [each, text] of sent.headers) {
            expect(Buffer.from(String(seen?.headers[each]), 'latin1').toString('utf8')).toBe(text);
          }
          expect(seen?.body.equals(sent.body ?? Buffer.alloc(0))).toBe(true);
          expect(seen?.headers['content-length']).toBe(sent.body && String(sent.body.length));
        }),
      );
    });
  });
});
