import { type ClientHttp2Stream, constants } from 'node:http2';
import type { FailureKind, RequestTiming } from '../../stats/measurement-sink.ts';
import { Alarm } from '../alarm.ts';
import type { RunClock } from '../engine.ts';
import type { Origin } from '../origin.ts';
import {
  type Exchange,
  type ExchangeOwner,
  type Keep,
  maxBodyBytes,
  type OutgoingRequest,
  type RequestMessage,
} from '../transport.ts';
import { classifyStreamEnd, type StreamFailure } from './classify-http2-failure.ts';
import { Http2Response, requestHeaders } from './http2-message.ts';
import type { Http2Session } from './http2-session.ts';
import type { Http2Sessions, SessionUser } from './http2-sessions.ts';

/**
 * One request at a time over HTTP/2, from waiting for a session to the last byte. A request that the server has
 * refused unseen is sent once more, and so is one that may be repeated and whose session, used before, went without a
 * byte of response. It stays one request; its service time begins anew.
 */
export class Http2Exchange implements Exchange, SessionUser {
  readonly #sessionsOf: (origin: Origin) => Http2Sessions;
  readonly #clock: RunClock;
  readonly #owner: ExchangeOwner;
  readonly #deadline: Alarm;
  #request: OutgoingRequest | undefined;
  #message: RequestMessage | undefined;
  #keep: Keep = 'nothing';
  #mayRetry = false;
  #sessions: Http2Sessions | undefined;
  #session: Http2Session | undefined;
  #stream: ClientHttp2Stream | undefined;
  #response: Http2Response | undefined;
  #writtenMicros: number | undefined;
  #connectMicros = 0;
  #bytesSent = 0;
  /** What the session had read when the request was sent. */
  #bytesReadBefore = 0;
  /** Whether the session had served others before. */
  #wasUsed = false;

  constructor(sessionsOf: (origin: Origin) => Http2Sessions, clock: RunClock, owner: ExchangeOwner) {
    this.#sessionsOf = sessionsOf;
    this.#clock = clock;
    this.#owner = owner;
    this.#deadline = new Alarm(clock, () => this.#ring());
  }

  send(request: OutgoingRequest, keep: Keep, deadlineMicros: number): void {
    this.#reset();
    if (request.form instanceof Uint8Array) throw new TypeError('HTTP/2 sends messages, not bytes');
    this.#request = request;
    this.#message = request.form;
    this.#keep = keep;
    this.#mayRetry = true;
    this.#sessions = this.#sessionsOf(request.origin);
    this.#deadline.set(deadlineMicros);
    this.#wait();
  }

  abandon(): void {
    this.#deadline.close();
    if (this.#request === undefined) return;
    this.#request = undefined;
    this.#message = undefined;
    if (this.#session === undefined) this.#sessions?.withdraw(this);
    else this.#letGo();
  }

  /** Sessions are everybody's. */
  leave(): void {}

  measure(timing: RequestTiming, endMicros: number): void {
    const written = this.#writtenMicros;
    timing.serviceMicros = written === undefined ? 0 : endMicros - written;
    timing.connectMicros = this.#connectMicros;
    timing.bytesSent = written === undefined ? 0 : this.#bytesSent;
    timing.bytesReceived = this.#response?.bytesReceived ?? 0;
  }

  unreachable(kind: FailureKind, detail: string): void {
    this.#fail(kind, detail);
  }

  carriedBy(session: Http2Session): void {
    const message = this.#message;
    if (message === undefined) return;
    this.#session = session;
    this.#wasUsed = session.served > 0;
    if (session.begun === 0) this.#connectMicros = session.connectMicros;
    this.#bytesReadBefore = session.bytesRead;
    try {
      this.#begin(session, message);
    } catch (error) {
      this.#refused(session, error as Error);
    }
  }

  #begin(session: Http2Session, message: RequestMessage): void {
    const { headers, bytes } = requestHeaders(session.origin, message);
    const { body } = message;
    const now = this.#clock.nowMicros();
    const stream = session.request(headers, body === undefined);
    this.#stream = stream;
    this.#writtenMicros = now;
    this.#bytesSent = bytes + (body?.length ?? 0);
    let error: Error | undefined;
    stream.on('response', ({ ':status': status = 0 }, _flags, raw) => {
      if (this.#stream === stream) this.#response = new Http2Response(status, raw, this.#keep !== 'nothing');
    });
    stream.on('data', (chunk: Buffer) => {
      if (this.#stream === stream) this.#take(chunk);
    });
    stream.on('error', (each) => {
      error = each;
    });
    stream.on('end', () => {
      if (this.#stream === stream && this.#isWhole(stream, session)) this.#complete();
    });
    stream.on('close', () => {
      if (this.#stream !== stream) return;
      const { goaway, disconnected } = session;
      this.#broke(classifyStreamEnd({ code: stream.rstCode, error, goaway, closed: disconnected }));
    });
    if (body !== undefined) stream.end(body);
  }

  #take(chunk: Buffer): void {
    const response = this.#response;
    const keepBody = this.#keep === 'head and body';
    response?.take(chunk, keepBody);
    if (keepBody && (response?.bodyBytes ?? 0) > maxBodyBytes) {
      this.#fail('body too large', `the body is over ${maxBodyBytes} bytes`);
    }
  }

  /** A stream whose connection goes may end as if nothing was missing. */
  #isWhole({ rstCode }: ClientHttp2Stream, { disconnected }: Http2Session): boolean {
    if (rstCode !== constants.NGHTTP2_NO_ERROR || this.#response === undefined) return false;
    return this.#response.isWhole(this.#request?.method === 'HEAD') ?? !disconnected;
  }

  #complete(): void {
    const now = this.#clock.nowMicros();
    const response = this.#response;
    if (this.#session !== undefined) this.#session.served++;
    this.#over();
    if (response === undefined) return;
    this.#owner.answered(response, now);
    response.letBodyGo();
  }

  #broke(failure: StreamFailure): void {
    const isLost =
      this.#session?.disconnected === true && this.#wasUsed && this.#request?.idempotent === true;
    const repeats = failure.refused || (isLost && failure.kind === 'reset' && this.#response === undefined);
    if (!this.#mayRetry || !repeats) {
      this.#fail(failure.kind, failure.detail);
      return;
    }
    this.#mayRetry = false;
    this.#letGo();
    this.#wait();
  }

  /** Nothing was sent. Not told at once: whoever sends a request isn't prepared to hear of it before send returns. */
  #refused(session: Http2Session, error: Error & { readonly code?: string }): void {
    this.#writtenMicros = undefined;
    const request = this.#request;
    const { goaway } = session;
    const failure = classifyStreamEnd({ code: 0, error, goaway, closed: session.disconnected });
    process.nextTick(() => {
      if (this.#request !== request || this.#session !== session) return;
      if (failure.refused || session.retired) session.retire();
      if (failure.refused) this.#broke(failure);
      else this.#fail('bad request', error.message);
    });
  }

  #wait(): void {
    this.#reset();
    this.#sessions?.enqueue(this);
  }

  #reset(): void {
    this.#session = undefined;
    this.#response = undefined;
    this.#writtenMicros = undefined;
    this.#connectMicros = 0;
  }

  #ring(): void {
    const session = this.#session;
    if (session === undefined) {
      const { kind, detail } = this.#sessions?.timeout() ?? { kind: 'no free connection', detail: '' };
      this.#sessions?.withdraw(this);
      this.#fail(kind, detail);
      return;
    }
    // Not a byte in all this time: rather than slow, the server may be gone without a word.
    if (session.bytesRead === this.#bytesReadBefore) session.retire();
    const kind = this.#response === undefined ? 'timeout before headers' : 'timeout in body';
    this.#fail(kind, 'timed out while waiting for the response');
  }

  #fail(kind: FailureKind, detail: string): void {
    const now = this.#clock.nowMicros();
    this.#response?.letBodyGo();
    this.#over();
    this.#owner.failed(kind, detail, now);
  }

  #over(): void {
    this.#deadline.close();
    // An arrival may think for long, and its body may be large.
    this.#request = undefined;
    this.#message = undefined;
    this.#letGo();
  }

  /** What happens on the stream from now on is nobody's concern; an upload that isn't over ends. */
  #letGo(): void {
    const stream = this.#stream;
    this.#stream = undefined;
    if (stream === undefined || (stream.readableEnded && stream.writableFinished)) return;
    stream.close(constants.NGHTTP2_CANCEL);
  }
}
