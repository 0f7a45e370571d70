import type { FailureKind, RequestTiming } from '../stats/measurement-sink.ts';
import type { ArrivalScope } from './arrival-scope.ts';
import type { CompiledRequest } from './compile-request.ts';
import type { Connection, OutgoingRequest, ResponseListener } from './connection.ts';
import type { ConnectionPool } from './connection-pool.ts';
import type { ParseOptions, ResponseParser } from './response-parser.ts';

/** Who a response is for. Hears of each request once, unless it gave the request up. */
export interface ExchangeOwner {
  /** The response may be read until another request is sent. */
  answered(response: ResponseParser, endMicros: number): void;
  failed(kind: FailureKind, detail: string, endMicros: number): void;
}

const maxBodyBytes = 10 * 1024 * 1024;
const dropped: ParseOptions = { toHead: false, keepBody: false, maxBodyBytes };
const kept: ParseOptions = { toHead: false, keepBody: true, maxBodyBytes };
const none: ParseOptions = { toHead: true, keepBody: false, maxBodyBytes };

const nothing: OutgoingRequest = { bytes: Buffer.alloc(0), closes: false };

/**
 * One request at a time, from taking a connection to the last byte. A kept connection that turns out dead, before a
 * byte of response, is replaced once by a fresh one when the method allows it, as browsers do (RFC 9112, 9.3.1): the
 * server closed it while it was idle. It stays one request; its service time begins anew.
 */
export class Exchange implements ResponseListener {
  readonly #pool: ConnectionPool;
  readonly #owner: ExchangeOwner;
  #connection: Connection | undefined;
  #outgoing = nothing;
  #outgoingBytes = 0;
  #options = dropped;
  #deadlineMicros = 0;
  #mayRetry = false;
  /** Afterwards the connection may be at work for somebody else. */
  #underWay = false;
  /** The request under way is the first on its connection, so connecting was done for it. */
  #isFirst = false;

  constructor(pool: ConnectionPool, owner: ExchangeOwner) {
    this.#pool = pool;
    this.#owner = owner;
  }

  /** @throws BadRequest when the request can't be made for this arrival. */
  send(request: CompiledRequest, scope: ArrivalScope, keepBody: boolean, deadlineMicros: number): void {
    this.#connection = undefined;
    this.#outgoing = { bytes: request.bytes(scope), closes: request.closes };
    this.#outgoingBytes = this.#outgoing.bytes.length;
    this.#options = request.toHead ? none : keepBody ? kept : dropped;
    this.#deadlineMicros = deadlineMicros;
    const connection = this.#pool.take(request.origin);
    this.#mayRetry = request.idempotent && connection.served > 0;
    this.#sendOn(connection);
  }

  /** Gives the request under way up, with its connection. */
  abandon(): void {
    if (this.#underWay) this.#connection?.abandon();
    this.#underWay = false;
  }

  /** Writes what was measured of the last request, but for its response time. */
  measure(timing: RequestTiming, endMicros: number): void {
    const connection = this.#connection;
    const written = connection?.writtenMicros;
    timing.serviceMicros = written === undefined ? 0 : endMicros - written;
    timing.connectMicros = connection !== undefined && this.#isFirst ? connection.connectMicros : 0;
    timing.bytesSent = written === undefined ? 0 : this.#outgoingBytes;
    timing.bytesReceived = connection?.parser.bytesReceived ?? 0;
  }

  responded(connection: Connection, endMicros: number): void {
    this.#underWay = false;
    // An arrival may think for long, and its body may be large.
    this.#outgoing = nothing;
    this.#owner.answered(connection.parser, endMicros);
  }

  broke(connection: Connection, kind: FailureKind, detail: string, endMicros: number): void {
    if (this.#mayRetry && kind === 'reset' && connection.parser.bytesReceived === 0) {
      this.#mayRetry = false;
      this.#sendOn(this.#pool.fresh(connection.origin));
      return;
    }
    this.#underWay = false;
    this.#owner.failed(kind, detail, endMicros);
  }

  #sendOn(connection: Connection): void {
    this.#connection = connection;
    this.#underWay = true;
    this.#isFirst = connection.served === 0;
    connection.send(this.#outgoing, this.#options, this.#deadlineMicros, this);
  }
}
