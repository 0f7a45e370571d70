import fc from 'fast-check';

const punctuation = [...' \r\n:,;="\\\t', '\r\n', '\r\n\r\n'];
const words =
  'HTTP/1.1 HTTP/1.0 200 304 100 OK 0 3 abc Content-Length Connection Transfer-Encoding chunked close keep-alive'.split(
    ' ',
  );
const lines = ['HTTP/1.1 200 OK\r\n', 'Transfer-Encoding: chunked\r\n', 'Content-Length: 3\r\n', '0\r\n'];

/** Pieces of responses in any order. */
const soup = fc
  .array(fc.constantFrom(...punctuation, ...words, ...lines), { maxLength: 24 })
  .map((pieces) => pieces.join(''));

const noise = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
/** Bytes that are a response by chance at most. */
export const randomGarbage: fc.Arbitrary<string> = fc.oneof(
  soup,
  soup.map((text) => `HTTP/1.1 200 OK\r\n${text}`),
  noise,
  noise.map((text) => `HTTP/1.1 200 OK\r\n${text}`),
);

/** Heads, trailers and extensions about as large as may be. */
export const randomHuge: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom<(filler: string) => string>(
      (filler) => `HTTP/1.1 204 ${filler}\r\n\r\n`,
      (filler) => `HTTP/1.1 200 OK\r\nx:${filler}\r\ncontent-length: 2\r\n\r\nok`,
      (filler) => `HTTP/1.1 200 OK\r\ncontent-length: 2\r\n${filler}: 1\r\n\r\nok`,
      (filler) => `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(filler.length / 6)}content-length: 2\r\n\r\nok`,
      (filler) => `HTTP/1.1 200 OK\r\nx:${' '.repeat(filler.length)}y\r\ncontent-length: 2\r\n\r\nok`,
      (filler) => `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\nx: ${filler}\r\n\r\n`,
      (filler) =>
        `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;${filler.slice(0, filler.length >> 2)}\r\na\r\n0\r\n\r\n`,
      (filler) => `HTTP/1.1 200 OK\r\ncontent-length: ${filler.length}\r\n\r\n${filler}`,
    ),
    fc.oneof(fc.integer({ min: 65_400, max: 65_600 }), fc.integer({ min: 0, max: 80_000 })),
  )
  .map(([build, size]) => build('x'.repeat(size)));
