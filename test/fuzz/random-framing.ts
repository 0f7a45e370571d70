import fc from 'fast-check';

const mostly = (usual: readonly string[], rare: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(...usual) },
    { weight: 1, arbitrary: fc.constantFrom(...rare) },
  );

const joined = (...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((each) => each.join(''));

const blank = mostly([' ', ''], ['\t', '  ', ' \t ']);
const gap = mostly([''], [' ', '\t']);

const contentLength = joined(
  fc.constantFrom('Content-Length:', 'content-length:', 'CONTENT-LENGTH:'),
  blank,
  mostly(
    ['0', '2', '5', '11'],
    ['', '-1', '+2', '2, 2', '2 2', '0x2', '2.0', 'two', '00002', '9007199254740993', '99999999999999999999'],
  ),
  gap,
);

const transferEncoding = joined(
  fc.constantFrom('Transfer-Encoding:', 'transfer-encoding:'),
  blank,
  mostly(
    ['chunked', 'Chunked', 'gzip, chunked', 'gzip'],
    [
      '',
      'chunked, gzip',
      'chunked,chunked',
      'identity',
      'chunke',
      'chunkedx',
      'xchunked',
      'gzip chunked',
      'gzip,',
    ],
  ),
  mostly([''], [' ', '\t', ',', ', ,chunked', ' ;q=1', '\x0b']),
);

const options = fc
  .array(
    mostly(
      ['close', 'keep-alive', 'Keep-Alive', 'CLOSE'],
      ['upgrade', 'x', '', 'closed', 'clos', 'keep-alive x', '\xa0close'],
    ),
    { minLength: 1, maxLength: 3 },
  )
  .chain((words) => fc.constantFrom(words.join(','), words.join(', '), words.join(' ,\t')));

const connection = joined(
  mostly(['Connection:', 'connection:'], ['Proxy-Connection:', 'Upgrade:']),
  blank,
  options,
  gap,
);

const keepAlive = joined(
  fc.constant('Keep-Alive:'),
  blank,
  fc.constantFrom('timeout=5', 'max=1, timeout=60', 'timeout', ''),
);

/** A header line, without its end, about what becomes of the connection. */
export const randomConnectionLine: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: connection },
  { weight: 1, arbitrary: keepAlive },
);

/** One that may say where the body ends, too. */
export const randomFramingLine: fc.Arbitrary<string> = fc.oneof(
  { weight: 2, arbitrary: contentLength },
  { weight: 2, arbitrary: transferEncoding },
  { weight: 3, arbitrary: randomConnectionLine },
);

const extension = fc
  .array(
    mostly(
      [';a', ';a=b', ';a="b c"', ';name=value', ';q="\\""'],
      [
        ';',
        '; a',
        ';=',
        ';a=',
        ' ',
        '\t',
        ';a="',
        ';a="\x01"',
        ';a=b"c"',
        ';a="b"c',
        ';a;;b',
        ';a="\\\x7f"',
        ';\xe9',
        ' ;a',
        ';a ',
        ';a=b=c',
      ],
    ),
    { maxLength: 2 },
  )
  .map((parts) => parts.join(''));

const chunkEnd = mostly(['\r\n', '\r\n', '\r\n'], ['\n', '\r', '', '\r\n\r\n', 'x\r\n']);
const written = (size: number): fc.Arbitrary<string> => {
  const hex = size.toString(16);
  const right = [hex, hex, hex, hex.toUpperCase(), `0${hex}`, `000000000000000000000${hex}`];
  return mostly(right, ['', 'g', '-1', '+1', '0x1', 'ffffffffffffffffff', `${hex}0`, ` ${hex}`]);
};

const chunk = fc
  .string({ unit: fc.constantFrom('a', '0', '\r', '\n', '\xff'), minLength: 1, maxLength: 20 })
  .chain((data) => joined(written(data.length), extension, chunkEnd, fc.constant(data), chunkEnd));

const trailer = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom('x: 1', 'Expires: never', 'set-cookie: a=b', 'a:', 'b:\t\xff ') },
  { weight: 1, arbitrary: randomFramingLine },
  { weight: 1, arbitrary: fc.constantFrom('bad', ' x: 1', 'x : 1', 'x: \x01', ':', '\tx', 'x: 1\n y') },
);

const trailers = fc.oneof(
  { weight: 8, arbitrary: fc.constant('\r\n') },
  {
    weight: 1,
    arbitrary: fc
      .array(trailer, { maxLength: 3 })
      .map((lines) => `${lines.map((each) => `${each}\r\n`).join('')}\r\n`),
  },
  { weight: 1, arbitrary: fc.constantFrom('', '\r', '\n', 'x: 1\r\n', 'x') },
);

/** A chunked body: most are right, some wrong somewhere. */
export const randomChunks: fc.Arbitrary<string> = fc
  .tuple(fc.array(chunk, { maxLength: 4 }), mostly(['0', '0', '000', '0;a=b'], ['', '0 ', '1']), trailers)
  .map(([chunks, last, end]) => `${chunks.join('')}${last}\r\n${end}`);
