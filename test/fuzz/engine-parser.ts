import { type ParseOptions, ResponseParser } from '../../src/engine/http1/response-parser.ts';
import { piecesOf, type ResponseReading, type SentResponse } from './response-reading.ts';

export const trailingBytes = 'bytes after the end of the response';

const optionsFor = ({ method }: SentResponse): ParseOptions => ({
  toHead: method === 'HEAD',
  keepBody: true,
  keepHead: true,
  maxBodyBytes: 1_000_000,
});

/** Sockets read into one buffer: nothing of it may be kept. */
const readBuffer = Buffer.alloc(256 * 1024);
const parser = new ResponseParser();

const reading = (): ResponseReading => {
  const isComplete = parser.end();
  if (parser.failure !== undefined) return { outcome: 'rejected', reason: parser.failure.detail };
  if (!isComplete) return { outcome: 'rejected', reason: 'closed before the response was complete' };
  const { keepAlive, status } = parser;
  const headers = parser.headerLines();
  return { outcome: 'accepted', status, headers, body: parser.body().toString('latin1'), keepAlive };
};

/** What the engine's parser makes of a response. */
export const readWithEngine = (sent: SentResponse): ResponseReading => {
  parser.begin(optionsFor(sent));
  for (const piece of piecesOf(sent)) {
    if (parser.stage === 'failed') break;
    const used = Math.min(readBuffer.length, piece.length + 64);
    readBuffer.fill(0x23, 0, used);
    piece.copy(readBuffer);
    parser.feed(readBuffer, piece.length);
    readBuffer.fill(0x24, 0, used);
  }
  return reading();
};

/** Where the response ends by itself: undefined when it needs the peer to close, or goes wrong. */
export const endOfResponse = (sent: SentResponse): number | undefined => {
  parser.begin(optionsFor(sent));
  for (let at = 0; at < sent.bytes.length; at++) {
    sent.bytes.copy(readBuffer, 0, at, at + 1);
    parser.feed(readBuffer, 1);
    if (parser.stage === 'complete') return at + 1;
  }
  return undefined;
};
