import { readWithEngine } from './engine-parser.ts';
import type { ResponseReading, SentResponse } from './response-reading.ts';

type Accepted = Extract<ResponseReading, { readonly outcome: 'accepted' }>;

/** A response that the engine reads in another way than Node's client, on purpose. */
export interface KnownDifference {
  readonly name: string;
  readonly reason: string;
  /** A response that shows it. */
  readonly example: Pick<SentResponse, 'method'> & { readonly text: string };
  explains(sent: SentResponse, engine: ResponseReading, node: ResponseReading): boolean;
}

const onlyNodeAccepts = (engine: ResponseReading, node: ResponseReading, because: RegExp): node is Accepted =>
  engine.outcome === 'rejected' && because.test(engine.reason) && node.outcome === 'accepted';

const differInKeepAlive = (
  engine: ResponseReading,
  node: ResponseReading,
  ours: boolean,
): engine is Accepted =>
  engine.outcome === 'accepted' &&
  node.outcome === 'accepted' &&
  engine.keepAlive === ours &&
  node.keepAlive === !ours &&
  JSON.stringify({ ...engine, keepAlive: false }) === JSON.stringify({ ...node, keepAlive: false });

const optionsIn = ({ headers }: Accepted): readonly string[] =>
  headers
    .filter(([name]) => name === 'connection' || name === 'proxy-connection')
    .flatMap(([, value]) => value.toLowerCase().split(','))
    .map((option) => option.replace(/^[ \t]+|[ \t]+$/g, ''));

/** Chunks as the body of a plain response. */
const readChunks = (chunks: string): ResponseReading => {
  const text = `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${chunks}`;
  return readWithEngine({ method: 'GET', bytes: Buffer.from(text, 'latin1'), cuts: [] });
};

const isSameBody = (one: ResponseReading, other: ResponseReading): boolean =>
  one.outcome === 'accepted'
    ? other.outcome === 'accepted' && one.body === other.body
    : other.outcome === 'rejected' && one.reason === other.reason;

export const knownDifferences: readonly KnownDifference[] = [
  {
    name: 'protocols other than HTTP',
    reason:
      'Node takes RTSP and ICE for HTTP. No web server speaks them: the target is not what the plan means.',
    example: { method: 'GET', text: 'RTSP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok' },
    explains: ({ bytes }, engine, node) =>
      onlyNodeAccepts(engine, node, /does not begin with HTTP/) &&
      /(RTSP|ICE)\//.test(bytes.toString('latin1')),
  },
  {
    name: 'a change of protocol',
    reason:
      'After a 101 the connection speaks what the request asked for (RFC 9110, 15.2.2); the engine asks for nothing.',
    example: { method: 'GET', text: 'HTTP/1.1 101 Switching Protocols\r\n\r\n' },
    explains: (_sent, engine, node) => onlyNodeAccepts(engine, node, /^101 /) && node.status === 101,
  },
  {
    name: 'statuses below 100',
    reason:
      'A status is 100 to 599 (RFC 9110, 15). What is below would pass as a success where 400 and more is an error.',
    example: { method: 'GET', text: 'HTTP/1.1 099 OK\r\ncontent-length: 2\r\n\r\nok' },
    explains: (_sent, engine, node) =>
      onlyNodeAccepts(engine, node, /^not a status line/) && node.status < 100,
  },
  {
    name: 'heads over 64 KB',
    reason:
      'Node counts names, values and reason only, so that a head of blanks never ends. The engine counts all.',
    example: { method: 'GET', text: `HTTP/1.1 204 OK\r\nx:${' '.repeat(65_536)}y\r\n\r\n` },
    explains: ({ bytes }, engine, node) =>
      onlyNodeAccepts(engine, node, /over 64 KB$/) && bytes.length > 65_536,
  },
  {
    name: 'lengths over 2^53 - 1',
    reason:
      'They cannot be counted exactly. It shows only where no body follows, or Node would wait for it for ever.',
    example: { method: 'HEAD', text: 'HTTP/1.1 200 OK\r\ncontent-length: 9007199254740993\r\n\r\n' },
    explains: (_sent, engine, node) =>
      onlyNodeAccepts(engine, node, /^bad content-length "\d{16,}"$/) && node.body === '',
  },
  {
    name: 'white space after chunked',
    reason:
      'A tab after a value is no part of it (RFC 9110, 5.5). Node then misses that the body is chunked.',
    example: { method: 'GET', text: 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\t\r\n\r\n0\r\n\r\n' },
    explains: ({ bytes }, engine, node) =>
      node.outcome === 'accepted' &&
      /chunked *\t[ \t]*\r/i.test(bytes.toString('latin1')) &&
      isSameBody(engine, readChunks(node.body)),
  },
  {
    name: 'close beside keep-alive in HTTP/1.0',
    reason:
      'With close the connection does not persist, whatever else is there (RFC 9112, 9.3). Node keeps it.',
    example: {
      method: 'GET',
      text: 'HTTP/1.0 200 OK\r\nconnection: keep-alive, close\r\ncontent-length: 2\r\n\r\nok',
    },
    explains: ({ bytes }, engine, node) =>
      onlyNodeAccepts(engine, node, /^an interim response that closes/)
        ? /HTTP\/1\.0 1/.test(bytes.toString('latin1'))
        : differInKeepAlive(engine, node, false) && optionsIn(engine).includes('close'),
  },
  {
    name: 'no length in answer to HEAD',
    reason: 'Such a response has no body (RFC 9112, 6.3), so the connection is free. Node closes it.',
    example: { method: 'HEAD', text: 'HTTP/1.1 200 OK\r\n\r\n' },
    explains: ({ method }, engine, node) =>
      method === 'HEAD' &&
      differInKeepAlive(engine, node, true) &&
      !engine.headers.some(([name]) => name === 'content-length'),
  },
];
