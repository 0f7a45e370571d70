import { Agent, type IncomingMessage, request } from 'node:http';
import { Duplex } from 'node:stream';
import { piecesOf, type ResponseReading, type SentResponse } from './response-reading.ts';

/** Node counts the bytes of names, values and the reason, and refuses a head that reaches this many. */
export const nodeHeadLimit = 64 * 1024;

/** The client's side of a connection whose other side is this test. */
class ScriptedSocket extends Duplex {
  override _read(): void {}

  override _write(_chunk: unknown, _encoding: string, done: () => void): void {
    done();
  }

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setTimeout(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

class ScriptedAgent extends Agent {
  readonly socket = new ScriptedSocket({ highWaterMark: 1024 * 1024 });

  override createConnection(): Duplex {
    return this.socket;
  }
}

const headersOf = (response: IncomingMessage): readonly (readonly [string, string])[] => {
  const raw = response.rawHeaders;
  return Array.from({ length: raw.length / 2 }, (_, i) => [
    (raw[2 * i] ?? '').toLowerCase(),
    raw[2 * i + 1] ?? '',
  ]);
};

/** What Node's HTTP client makes of a response. `keepAlive` is whether it offers the socket for another request. */
export const readWithNode = (sent: SentResponse): Promise<ResponseReading> =>
  new Promise((resolve) => {
    const agent = new ScriptedAgent({ keepAlive: true });
    const { socket } = agent;
    let isFree = false;
    socket.once('free', () => {
      isFree = true;
    });
    const finish = (reading: ResponseReading): void => {
      resolve(reading);
      socket.destroy();
      agent.destroy();
    };
    const reject = (error: Error): void => finish({ outcome: 'rejected', reason: error.message });
    const asked = request({
      agent,
      method: sent.method,
      host: 'localhost',
      maxHeaderSize: nodeHeadLimit,
    });
    asked.maxHeadersCount = 0;
    asked.on('error', reject);
    asked.on('upgrade', () => reject(new Error('upgraded')));
    asked.on('response', (response) => {
      let body = '';
      response.on('data', (piece: Buffer) => {
        body += piece.toString('latin1');
      });
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode: status = 0 } = response;
        // The socket is offered, and an error in what follows comes, within the turn.
        setImmediate(() => {
          finish({ outcome: 'accepted', status, headers: headersOf(response), body, keepAlive: isFree });
        });
      });
    });
    asked.on('socket', () => {
      asked.end();
      setImmediate(() => {
        for (const piece of piecesOf(sent)) socket.push(piece);
        // What is complete without it has come to its end by then.
        setImmediate(() => setImmediate(() => socket.push(null)));
      });
    });
  });
