import fc from 'fast-check';
import { type Change, changed, randomChange } from './random-change.ts';
import { randomChunks, randomConnectionLine, randomFramingLine } from './random-framing.ts';
import { randomGarbage, randomHuge } from './random-garbage.ts';
import type { SentResponse } from './response-reading.ts';

const often = <T>(usual: readonly T[], rare: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof(
    { weight: 25, arbitrary: fc.constantFrom(...usual) },
    { weight: 1, arbitrary: fc.constantFrom(...rare) },
  );

const version = often(
  ['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0'],
  [
    'HTTP/0.9',
    'HTTP/2.0',
    'HTTP/1.2',
    'HTTP/3.0',
    'HTTP/0.0',
    'HTTP/0.8',
    'HTTP/1.9',
    'HTTP/2.1',
    'http/1.1',
    'RTSP/1.0',
    'ICE/1.0',
    'HTTP/1',
    'HTP/1.1',
  ],
);
const status = often(
  ['200', '200', '201', '204', '206', '301', '304', '404', '500', '503'],
  ['101', '199', '600', '999', '099', '000', '20', '2000', '2x0', '', '-20'],
);
const reason = often(
  [' OK', ' Not Found', ' ', ''],
  ['  two ', ' \x00\x01\x7f', ' \xe9', '\tOK', ' a\nb', ' a\rb', 'OK'],
);
const statusLine = fc
  .tuple(version, often([' '], ['  ', '\t', '']), status, reason)
  .map((parts) => parts.join(''));

const lineEnd = fc.oneof(
  { weight: 60, arbitrary: fc.constant('\r\n') },
  { weight: 1, arbitrary: fc.constantFrom('\n', '\r', '\r\r\n', '\n\r', '\r\n ', '\r\n\t', ' \r\n') },
);

const name = often(
  [
    'X-Test',
    'x-test',
    'Server',
    'Date',
    'ETag',
    'Set-Cookie',
    'set-cookie',
    'Content-Type',
    'a',
    "!#$%&'*+-.^_`|~09",
  ],
  ['', ' x', 'x ', 'x\t', 'x y', 'x\x00', 'x\xe9', 'x(', 'content_length', 'connectionx', 'transfer-encodin'],
);
const value = often(
  ['1', 'a b', 'text/plain', 'a, b', '"x:y"', '', '\xe9\xff', '\t tabs\tinside \t', 'timeout=5, max=100'],
  ['\x00', 'a\x01b', '\x7f', 'a\x0bb', 'x'.repeat(300)],
);
const plainLine = fc
  .tuple(name, often([': ', ':'], [' :', ':\t ', ' ', '', '::']), value)
  .map((parts) => parts.join(''));

const harmlessLine = fc.oneof(plainLine, randomConnectionLine);
const anyLine = fc.oneof(plainLine, randomFramingLine);

/** Lines up to the empty one. */
const head = (first: fc.Arbitrary<string>, lines: fc.Arbitrary<readonly string[]>): fc.Arbitrary<string> =>
  fc
    .tuple(first, lines, lineEnd, lineEnd)
    .map(([start, rest, end, last]) => `${[start, ...rest].map((each) => `${each}${end}`).join('')}${last}`);

const bodyText = fc.oneof(
  fc.constantFrom('', 'ok', 'hello world', '\r\n', 'HTTP/1.1 200 OK\r\n\r\n'),
  fc.string({ unit: fc.constantFrom('a', '0', '\r', '\n', '\xff', ';'), maxLength: 40 }),
);

/** A head and a body that agree about the body's length. */
const agreeing = fc
  .tuple(
    statusLine,
    fc.array(harmlessLine, { maxLength: 4 }),
    bodyText,
    randomChunks,
    fc.constantFrom(0, 1, 2, 3),
    fc.nat(4),
  )
  .map(([first, lines, body, chunks, framing, place]) => {
    const framed = [
      '',
      'Transfer-Encoding: chunked',
      `Content-Length: ${body.length}`,
      `content-length:${body.length} `,
    ];
    const all = [...lines];
    if (framing > 0) all.splice(Math.min(place, all.length), 0, framed[framing] ?? '');
    return `${[first, ...all].join('\r\n')}\r\n\r\n${framing === 1 ? chunks : body}`;
  });

/** Whatever the head says, something follows it. */
const careless = fc
  .tuple(head(statusLine, fc.array(anyLine, { maxLength: 6 })), fc.oneof(bodyText, randomChunks))
  .map((parts) => parts.join(''));

const interim = head(
  fc
    .tuple(
      often(['HTTP/1.1'], ['HTTP/1.0']),
      often([' 100', ' 102', ' 103', ' 199'], [' 101', ' 098']),
      reason,
    )
    .map((parts) => parts.join('')),
  fc.array(harmlessLine, { maxLength: 2 }),
);

const aResponse = fc
  .tuple(
    often([''], ['\r\n', '\n', '\r', '\r\n\r\n', ' ']),
    fc.oneof(
      { weight: 4, arbitrary: fc.constant<string[]>([]) },
      { weight: 1, arbitrary: fc.array(interim, { maxLength: 3 }) },
    ),
    fc.oneof({ weight: 3, arbitrary: agreeing }, { weight: 1, arbitrary: careless }),
    fc.oneof(
      { weight: 9, arbitrary: fc.constant('') },
      { weight: 1, arbitrary: fc.oneof(bodyText, agreeing) },
    ),
  )
  .map(([before, interims, response, after]) => [before, ...interims, response, after].join(''));

const text = fc.oneof(
  { weight: 60, arbitrary: aResponse },
  { weight: 8, arbitrary: randomGarbage },
  { weight: 1, arbitrary: randomHuge },
);

const responseBytes = fc
  .tuple(
    text,
    fc.oneof(
      { weight: 3, arbitrary: fc.constant<Change[]>([]) },
      { weight: 2, arbitrary: fc.array(randomChange, { minLength: 1, maxLength: 3 }) },
    ),
  )
  .map(([whole, changes]) => changes.reduce(changed, Buffer.from(whole, 'latin1')));

const cutPoints = (length: number): fc.Arbitrary<readonly number[]> => {
  if (length < 2) return fc.constant([]);
  const some = fc
    .uniqueArray(fc.integer({ min: 1, max: length - 1 }), { maxLength: 8 })
    .map((cuts) => cuts.toSorted((a, b) => a - b));
  const everywhere = fc.constant(Array.from({ length: Math.min(length, 2000) - 1 }, (_, i) => i + 1));
  return fc.oneof(
    { weight: 3, arbitrary: some },
    { weight: 1, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: everywhere },
  );
};

/** Responses of servers that are right, careless, broken or hostile, cut anywhere. */
export const randomResponse: fc.Arbitrary<SentResponse> = fc
  .tuple(fc.constantFrom<'GET' | 'HEAD'>('GET', 'GET', 'GET', 'GET', 'GET', 'GET', 'HEAD'), responseBytes)
  .chain(([method, bytes]) => cutPoints(bytes.length).map((cuts) => ({ method, bytes, cuts })));
