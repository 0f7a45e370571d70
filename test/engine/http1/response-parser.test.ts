import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ParseOptions, ResponseParser } from '../../../src/engine/http1/response-parser.ts';

const parse = (pieces: readonly string[], options: Partial<ParseOptions> = {}): ResponseParser => {
  const parser = new ResponseParser();
  parser.begin({ toHead: false, keepBody: true, keepHead: true, maxBodyBytes: 1000, ...options });
  // One buffer for all pieces, as sockets share one: nothing of it may be kept.
  const buffer = Buffer.alloc(200_000);
  for (const piece of pieces) {
    buffer.fill(0x23);
    parser.feed(buffer, buffer.write(piece, 'latin1'));
  }
  return parser;
};

const outcome = (parser: ResponseParser): unknown =>
  parser.stage === 'failed'
    ? { failed: parser.failure }
    : {
        stage: parser.stage,
        status: parser.status,
        keepAlive: parser.keepAlive,
        body: parser.body().toString(),
        test: parser.header('x-test'),
        bytes: parser.bytesReceived,
      };

const accepted: readonly (readonly [
  name: string,
  text: string,
  status: number,
  body: string,
  keepAlive: boolean,
])[] = [
  ['a body with a length', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', 200, 'ok', true],
  ['empty lines before it', '\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok', 200, 'ok', true],
  ['another version', 'HTTP/2.0 200 OK\r\ncontent-length: 2\r\n\r\nok', 200, 'ok', false],
  ['no reason', 'HTTP/1.1 200\r\ncontent-length:2\r\n\r\nok', 200, 'ok', true],
  ['an empty body', 'HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n', 404, '', true],
  ['204 whatever its headers say', 'HTTP/1.1 204 x\r\ncontent-length: 9\r\n\r\n', 204, '', true],
  ['304 whatever its headers say', 'HTTP/1.1 304 x\r\ntransfer-encoding: chunked\r\n\r\n', 304, '', true],
  [
    'chunks',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nA\r\n0123456789\r\n0\r\n\r\n',
    200,
    'ok0123456789',
    true,
  ],
  [
    'chunk extensions',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n2;a="b;\\"";c=d\r\nok\r\n0;z\r\n\r\n',
    200,
    'ok',
    true,
  ],
  [
    'chunk extensions of 16 KB',
    `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;a=${'b'.repeat(16_383)}\r\nok\r\n0\r\n\r\n`,
    200,
    'ok',
    true,
  ],
  [
    'trailers',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\na: 1\r\nb: 2\r\n\r\n',
    200,
    'ok',
    true,
  ],
  [
    'interim responses',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nlink: a\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok',
    200,
    'ok',
    true,
  ],
  [
    'connection: close',
    'HTTP/1.1 200 OK\r\nconnection: Keep-Alive, Close\r\ncontent-length: 2\r\n\r\nok',
    200,
    'ok',
    false,
  ],
  [
    'proxy-connection: close',
    'HTTP/1.1 200 OK\r\nProxy-Connection: close\r\ncontent-length: 2\r\n\r\nok',
    200,
    'ok',
    false,
  ],
  ['HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok', 200, 'ok', false],
  [
    'HTTP/1.0 kept alive',
    'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\nok',
    200,
    'ok',
    true,
  ],
];

const rejected: readonly (readonly [name: string, text: string, detail: RegExp])[] = [
  ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', /does not begin with HTTP/],
  ['a TLS alert', '\x15\x03\x01\x00\x02\x02\x50', /does not begin with HTTP/],
  ['a status below 100', 'HTTP/1.1 099 OK\r\n\r\n', /status line/],
  ['a version that is not', 'HTTP/2.1 200 OK\r\n\r\n', /status line/],
  ['a later version', 'HTTP/1.2 200 OK\r\n\r\n', /status line/],
  ['a short status', 'HTTP/1.1 20 OK\r\n\r\n', /status line/],
  ['a bare line feed', 'HTTP/1.1 200 OK\ncontent-length: 2\r\n\r\nok', /status line/],
  ['a folded header', 'HTTP/1.1 200 OK\r\nx: 1\r\n y\r\ncontent-length: 2\r\n\r\nok', /not a header line/],
  ['white space before the colon', 'HTTP/1.1 200 OK\r\nx : 1\r\n\r\n', /not a header line/],
  ['a header without a colon', 'HTTP/1.1 200 OK\r\nx\r\n\r\n', /not a header line/],
  ['a control character in a header', 'HTTP/1.1 200 OK\r\nx: \x01\r\n\r\n', /control character/],
  ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 2\r\n\r\nok', /twice/],
  ['a bad length', 'HTTP/1.1 200 OK\r\ncontent-length: 2, 2\r\n\r\nok', /bad content-length/],
  ['a huge length', `HTTP/1.1 200 OK\r\ncontent-length: ${'9'.repeat(30)}\r\n\r\nok`, /bad content-length/],
  [
    'a length beside chunks',
    'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n',
    /beside/,
  ],
  ['an empty transfer-encoding', 'HTTP/1.1 200 OK\r\ntransfer-encoding:\r\n\r\n', /empty transfer-encoding/],
  ['a chunk without a size', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\r\n', /bad chunk size/],
  ['a bad chunk size', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2 \r\nok', /bad chunk size/],
  ...['; a', ';', ';a ', ';a;', ';a="', ';a="b"c', ';a="\x01"', ';\xe9'].map(
    (extension): readonly [string, string, RegExp] => [
      `the chunk extension ${JSON.stringify(extension)}`,
      `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2${extension}\r\nok\r\n0\r\n\r\n`,
      /bad chunk extension/,
    ],
  ),
  [
    'chunk extensions over 16 KB',
    `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;${'a'.repeat(16_385)}`,
    /extensions too long/,
  ],
  [
    'a length among the trailers',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\ncontent-length: 0\r\n\r\n',
    /beside/,
  ],
  [
    'an interim response that closes',
    'HTTP/1.1 100 Continue\r\nconnection: close\r\n\r\nHTTP/1.1 200 OK\r\n\r\n',
    /interim/,
  ],
  [
    'a huge chunk size',
    `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${'f'.repeat(20)}\r\n`,
    /too large/,
  ],
  [
    'a chunk longer than its size',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nokk',
    /no line end after a chunk/,
  ],
  [
    'a bad trailer',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\nbad\r\n\r\n',
    /not a header line/,
  ],
  ['a change of protocol', 'HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\n', /101/],
  ['bytes after the end', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokX', /after the end/],
  ['a body after 204', 'HTTP/1.1 204 x\r\n\r\nX', /after the end/],
  ['a head over 64 KB', `HTTP/1.1 200 OK\r\nx: ${'a'.repeat(66_000)}`, /over 64 KB/],
  [
    'trailers over 64 KB',
    `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx: ${'a'.repeat(66_000)}`,
    /over 64 KB/,
  ],
];

describe('response parser', () => {
  it.each(accepted)('accepts %s', (_name, text, status, body, keepAlive) => {
    const parser = parse([text]);
    expect(parser.failure).toBeUndefined();
    expect([parser.stage, parser.status, parser.body().toString(), parser.keepAlive]).toEqual([
      'complete',
      status,
      body,
      keepAlive,
    ]);
  });

  it.each(rejected)('rejects %s', (_name, text, detail) => {
    const parser = parse([text]);
    expect(parser.stage).toBe('failed');
    expect(parser.failure).toEqual({ kind: 'parse', detail: expect.stringMatching(detail) });
  });

  it('completes a body without a length when the peer closes, and does not keep the connection', () => {
    const parser = parse(['HTTP/1.1 200 OK\r\n\r\nhel', 'lo']);
    expect(parser.stage).toBe('body');
    expect(parser.end()).toBe(true);
    expect([parser.body().toString(), parser.keepAlive]).toEqual(['hello', false]);
  });

  it('is not complete when the peer closes early', () => {
    expect(parse(['HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok']).end()).toBe(false);
    expect(parse(['HTTP/1.1 200 OK\r\ntransfer-enc']).end()).toBe(false);
    expect(parse(['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n']).end()).toBe(false);
  });

  it('expects no body in answer to HEAD', () => {
    const parser = parse(['HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n'], { toHead: true });
    expect([parser.stage, parser.body().toString()]).toEqual(['complete', '']);
  });

  it('fails a body over the limit when it is kept, whichever way its length is told', () => {
    const big = 'x'.repeat(1001);
    const texts = [
      'HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n',
      `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3e9\r\n${big}\r\n0\r\n\r\n`,
      `HTTP/1.1 200 OK\r\n\r\n${big}`,
    ];
    for (const text of texts) expect(parse([text]).failure?.kind).toBe('body too large');
    expect(parse([`HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n${big}`], { keepBody: false }).stage).toBe(
      'complete',
    );
  });

  it('reads any response cut at any points as it reads it whole', () => {
    const chunked = fc
      .array(fc.stringMatching(/^[a-z\r\n]{1,30}$/), { maxLength: 4 })
      .map(
        (chunks) =>
          `transfer-encoding: chunked\r\n\r\n${chunks.map((chunk) => `${chunk.length.toString(16)};e\r\n${chunk}\r\n`).join('')}0\r\n`,
      )
      .chain((body) =>
        fc.constantFrom(`${body}\r\n`, `${body}t: 1\r\nu: 2\r\n\r\n`, body, `${body}bad\r\n\r\n`),
      );
    const sized = fc
      .stringMatching(/^[a-z\r\n]{0,60}$/)
      .chain((body) =>
        fc.constantFrom(
          `content-length: ${body.length}\r\n\r\n${body}`,
          `content-length: 7\r\n\r\n${body}`,
          `\r\n${body}`,
        ),
      );
    const response = fc
      .tuple(
        fc.constantFrom('', 'HTTP/1.1 100 Continue\r\n\r\n', '\r\n', 'HTP'),
        fc.constantFrom(
          'HTTP/1.1 200 OK\r\n',
          'HTTP/1.0 404\r\n',
          'HTTP/1.1 204 x\r\n',
          'HTTP/1.1 2x0 OK\r\n',
        ),
        fc.constantFrom('', 'x-test: 1\r\nX-Test: 2\r\n', 'connection: close\r\n', 'x test: 1\r\n'),
        fc.oneof(chunked, sized),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(
        response,
        fc.array(fc.nat(400), { maxLength: 12 }),
        fc.boolean(),
        (text, cuts, bytewise) => {
          const points = bytewise
            ? [...text].map((_each, index) => index)
            : [...new Set([...cuts, 0])].filter((cut) => cut < text.length).sort((a, b) => a - b);
          const pieces = points.map((cut, index) => text.slice(cut, points[index + 1]));
          expect(pieces.join('')).toBe(text);
          expect(outcome(parse(pieces, { maxBodyBytes: 50 }))).toEqual(
            outcome(parse([text], { maxBodyBytes: 50 })),
          );
        },
      ),
      { numRuns: 500 },
    );
  });
});
