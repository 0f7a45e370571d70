import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ParseOptions, ResponseParser } from '../../../src/engine/http1/response-parser.ts';

const everything: ParseOptions = { toHead: false, keepBody: true, keepHead: true, maxBodyBytes: 1000 };

/** Sockets share one buffer: what it held is gone after each read. */
const buffer = Buffer.alloc(100_000);
const feed = (parser: ResponseParser, ...pieces: readonly string[]): ResponseParser => {
  for (const piece of pieces) {
    parser.feed(buffer, buffer.write(piece, 'latin1'));
    buffer.fill(0x23, 0, piece.length);
  }
  return parser;
};

const parse = (pieces: readonly string[], options = everything): ResponseParser => {
  const parser = new ResponseParser();
  parser.begin(options);
  return feed(parser, ...pieces);
};

const outcome = (parser: ResponseParser): unknown => ({
  stage: parser.stage,
  failure: parser.failure,
  status: parser.status,
  keepAlive: parser.keepAlive,
  keepAliveSeconds: parser.keepAliveSeconds,
  headers: parser.headerLines(),
  body: parser.body().toString('latin1'),
});

describe('headers of a response', () => {
  const text =
    'HTTP/1.1 204 x\r\nX-Test: a\r\nKeep-Alive: max=100, timeout=5\r\nEmpty:\r\nx-test:\tb \r\n\r\n';

  it.each([
    ['in one read', [text]],
    ['in two', [text.slice(0, 30), text.slice(30)]],
    ['byte by byte', [...text]],
    ['after an interim one', ['HTTP/1.1 103 x\r\nx-test: early\r\n\r\n', text]],
    ['after an interim one in the same read', [`\r\nHTTP/1.1 103 x\r\nx-test: early\r\n\r\n${text}`]],
  ])('are read when they came %s', (_name, pieces) => {
    const parser = parse(pieces);
    expect(parser.header('x-test')).toBe('a, b');
    expect(parser.headerValues('x-test')).toEqual(['a', 'b']);
    expect([parser.header('empty'), parser.header('missing'), parser.header('x-tes')]).toEqual([
      '',
      undefined,
      undefined,
    ]);
    expect(parser.headerLines()).toEqual([
      ['x-test', 'a'],
      ['keep-alive', 'max=100, timeout=5'],
      ['empty', ''],
      ['x-test', 'b'],
    ]);
  });

  it('are not there unless they were to be kept', () => {
    const parser = parse([text], { ...everything, keepHead: false });
    expect([parser.header('x-test'), parser.headerValues('x-test'), parser.headerLines()]).toEqual([
      undefined,
      [],
      [],
    ]);
    expect([parser.status, parser.keepAliveSeconds]).toEqual([204, 5]);
  });

  it('hold no trailers', () => {
    const parser = parse([
      'HTTP/1.1 200 x\r\na: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\nb: 2\r\nconnection: close\r\n\r\n',
    ]);
    expect([parser.header('a'), parser.header('b'), parser.keepAlive]).toEqual(['1', undefined, true]);
  });

  it.each([
    ['timeout=5', 5],
    ['TIMEOUT=5', 5],
    ['max=3,timeout=12', 12],
    ['max=3 timeout=12x', 12],
    ['timeout=99999999999', 999_999],
    ['timeout=', undefined],
    ['timeout', undefined],
    ['notimeout=5', undefined],
    ['', undefined],
  ])('tell the time that a connection is kept: %j is %j', (value, seconds) => {
    expect(parse([`HTTP/1.1 204 x\r\nkeep-alive: ${value}\r\n\r\n`]).keepAliveSeconds).toBe(seconds);
  });
});

describe('a response parser that is used again', () => {
  it('keeps nothing of the response before', () => {
    const parser = parse([
      'HTTP/1.1 200 OK\r\nx-test: a\r\nkeep-alive: timeout=5\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    ]);
    parser.begin(everything);
    expect(outcome(parser)).toEqual(outcome(parse([])));
    const next = 'HTTP/1.1 500 x\r\ntransfer-encoding: chunked\r\n\r\n1\r\n!\r\n0\r\n\r\n';
    feed(parser, next);
    expect([parser.status, parser.body().toString(), parser.header('x-test'), parser.bytesReceived]).toEqual([
      500,
      '!',
      undefined,
      next.length,
    ]);
  });

  it('begins anew after a response that was given up anywhere', () => {
    const text =
      'HTTP/1.1 200 OK\r\na: b\r\ntransfer-encoding: chunked\r\n\r\n2;x="y"\r\nok\r\n0\r\nt: 1\r\n\r\n';
    for (let end = 0; end < text.length; end++) {
      const parser = parse([text.slice(0, end >> 1), text.slice(end >> 1, end)]);
      parser.begin(everything);
      expect(outcome(feed(parser, text.slice(0, 20), text.slice(20)))).toEqual(outcome(parse([text])));
    }
  });

  it('fails a response that nobody asked for', () => {
    const parser = parse(['HTTP/1.1 204 x\r\n\r\n']);
    feed(parser, 'HTTP/1.1 204 x\r\n\r\n');
    expect(parser.failure).toEqual({ kind: 'parse', detail: 'bytes after the end of the response' });
  });
});

describe('a response that comes in one read', () => {
  it.each([
    [
      'with a length',
      'HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 2\r\nKeep-Alive: timeout=5\r\nETag: $\r\n\r\nok',
    ],
    ['in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nETag: $\r\n\r\n2\r\nok\r\n0\r\n\r\n'],
  ])('%s costs no memory while nothing of it is kept', (_name, text) => {
    const parser = new ResponseParser();
    const options = { ...everything, keepBody: false, keepHead: false };
    const length = buffer.write(text, 'latin1');
    const parseMany = (): number => {
      const before = process.memoryUsage().heapUsed;
      for (let i = 0; i < 40_000; i++) {
        // A head that was there before, and one that was not, by turns.
        buffer[text.indexOf('$')] = i % 2 === 0 ? 0x61 : 0x61 + (i % 25);
        parser.begin(options);
        parser.feed(buffer, length);
        if (parser.stage !== 'complete') throw new Error(parser.stage);
      }
      return process.memoryUsage().heapUsed - before;
    };
    // A collection in between makes it less, compiling code more.
    const grown = Array.from({ length: 5 }, parseMany);
    expect(grown.toSorted((a, b) => a - b)[2]).toBeLessThan(400_000);
  });
});

describe('a head that came before', () => {
  const head = (change: string): string =>
    `HTTP/1.1 200 OK\r\nServer: x\r\n${change}\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok`;

  it('is read as the first time, by any connection', () => {
    const first = outcome(parse([...head('a: 12')]));
    for (let i = 0; i < 20; i++) expect(outcome(parse([head('a: 12')]))).toEqual(first);
  });

  it('is not taken for one of the same length that differs in a byte', () => {
    const text = head('a: 12');
    const differing = fc.tuple(fc.nat(text.length - 1), fc.nat(255)).map(([at, byte]) => {
      return text.slice(0, at) + String.fromCharCode(byte) + text.slice(at + 1);
    });
    fc.assert(
      fc.property(differing, (other) => {
        // Often enough to be remembered, whatever came before.
        for (let i = 0; i < 9; i++) parse([text]);
        // A head in pieces is never compared with others.
        expect(outcome(parse([other]))).toEqual(outcome(parse([...other])));
      }),
      { numRuns: 2000 },
    );
  });

  it('is not taken for one that is cut off or goes on', () => {
    const text = head('a: 12');
    for (let i = 0; i < 9; i++) parse([text]);
    for (let end = 0; end < text.length; end++) {
      expect(outcome(parse([text.slice(0, end)]))).toEqual(outcome(parse([...text.slice(0, end)])));
    }
    const longer = text.replace('\r\n\r\nok', '\r\nb: 2\r\n\r\nok');
    expect(outcome(parse([longer]))).toEqual(outcome(parse([...longer])));
  });

  it('is not taken for a shorter one by what is left in the buffer of the read before', () => {
    const text = head(`a: ${'x'.repeat(200)}`);
    for (let i = 0; i < 9; i++) parse([text]);
    for (let length = 0; length < text.length; length++) {
      const parser = parse([]);
      buffer.write(text, 'latin1');
      parser.feed(buffer, length);
      expect([length, parser.stage]).toEqual([length, length < text.length - 2 ? 'head' : 'body']);
    }
  });

  it('has the body that follows it', () => {
    for (let i = 0; i < 20; i++) {
      const body = String(i).padStart(2);
      expect(
        parse([head('a: 12').replace(/ok$/, body)])
          .body()
          .toString(),
      ).toBe(body);
    }
  });

  it('may answer HEAD now and GET then', () => {
    for (let i = 0; i < 20; i++) {
      expect(parse([head('a: 12').slice(0, -2)], { ...everything, toHead: true }).stage).toBe('complete');
      expect(parse([head('a: 12')]).stage).toBe('complete');
    }
  });
});
