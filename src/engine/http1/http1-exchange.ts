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
} from '../transport.ts';
import type { Connection, ResponseListener } from './connection.ts';
import type { ConnectionSource, ConnectionUser } from './connection-source.ts';
import type { ParseOptions } from './response-parser.ts';
import { serializeMessage } from './serialize-message.ts';

const parseOptions = (toHead: boolean): Readonly<Record<Keep, ParseOptions>> => ({
  nothing: { toHead, keepHead: false, keepBody: false, maxBodyBytes },
  head: { toHead, keepHead: true, keepBody: false, maxBodyBytes },
  'head and body': { toHead, keepHead: true, keepBody: true, maxBodyBytes },
});
const toHead = parseOptions(true);
const toOthers = parseOptions(false);

const nothing: Buffer = Buffer.alloc(0);

const bytesOf = (request: OutgoingRequest): Buffer =>
  request.form instanceof Uint8Array ? request.form : serializeMessage(request.form, request);

/**
 * One request at a time over HTTP/1.1, from taking a connection to the last byte. A kept connection that turns out
 * dead, before a byte of response, is replaced once by a fresh one when the method allows it, as browsers do (RFC
 * 9112, 9.3.1): the server closed it while it was idle. It stays one request; its service time begins anew.
 */
export class Http1Exchange implements Exchange, ResponseListener, ConnectionUser {
  readonly #connections: ConnectionSource;
  readonly #clock: RunClock;
  readonly #owner: ExchangeOwner;
  /** Where a connection is waited for, while one is. */
  #waitsFor: Origin | undefined;
  #waitAlarm: Alarm | undefined;
  #connection: Connection | undefined;
  /** What was sent last, and how it was prepared: a request that doesn't vary is the same object each time. */
  #request: OutgoingRequest | undefined;
  #keep: Keep = 'nothing';
  #payload: Buffer | string = nothing;
  #bytesSent = 0;
  #closes = false;
  #options = toOthers.nothing;
  #deadlineMicros = 0;
  #mayRetry = false;
  /** Afterwards the connection may be at work for somebody else. */
  #underWay = false;
  /** The request under way is the first on its connection, so connecting was done for it. */
  #isFirst = false;
  /** NaN while it isn't written. */
  #writtenMicros = Number.NaN;
  #connectMicros = 0;
  #bytesReceived = 0;

  constructor(connections: ConnectionSource, clock: RunClock, owner: ExchangeOwner) {
    this.#connections = connections;
    this.#clock = clock;
    this.#owner = owner;
  }

  send(request: OutgoingRequest, keep: Keep, deadlineMicros: number): void {
    this.#connection = undefined;
    this.#writtenMicros = Number.NaN;
    this.#connectMicros = 0;
    this.#bytesReceived = 0;
    if (request !== this.#request || keep !== this.#keep) this.#prepare(request, keep);
    this.#deadlineMicros = deadlineMicros;
    this.#mayRetry = request.idempotent;
    const connection = this.#connections.take(request.origin, this);
    if (connection === undefined) this.#wait(request.origin);
    else this.#sendOn(connection);
  }

  granted(connection: Connection): void {
    this.#waitsFor = undefined;
    this.#waitAlarm?.close();
    this.#sendOn(connection);
  }

  abandon(): void {
    this.#withdraw();
    if (this.#underWay) this.#connection?.abandon();
    this.#underWay = false;
  }

  leave(): void {
    this.#connections.leave();
  }

  measure(timing: RequestTiming, endMicros: number): void {
    if (this.#connection !== undefined) this.#note(this.#connection);
    const written = this.#writtenMicros;
    const isWritten = !Number.isNaN(written);
    timing.serviceMicros = isWritten ? endMicros - written : 0;
    timing.connectMicros = this.#connectMicros;
    timing.bytesSent = isWritten ? this.#bytesSent : 0;
    timing.bytesReceived = this.#bytesReceived;
  }

  responded(connection: Connection, endMicros: number): void {
    this.#underWay = false;
    this.#note(connection);
    this.#connection = undefined;
    this.#letGo();
    this.#owner.answered(connection.parser, endMicros);
    connection.parser.letBodyGo();
  }

  broke(connection: Connection, kind: FailureKind, detail: string, endMicros: number): void {
    const wasKept = connection.served > 0;
    if (this.#mayRetry && wasKept && kind === 'reset' && connection.parser.bytesReceived === 0) {
      this.#mayRetry = false;
      this.#sendOn(this.#connections.fresh(connection.origin));
      return;
    }
    this.#underWay = false;
    this.#note(connection);
    // It holds what has come of the body.
    this.#connection = undefined;
    this.#letGo();
    this.#owner.failed(kind, detail, endMicros);
  }

  #prepare(request: OutgoingRequest, keep: Keep): void {
    this.#request = request;
    this.#keep = keep;
    this.#payload = request.ascii ?? bytesOf(request);
    this.#bytesSent = this.#payload.length;
    this.#closes = request.closes;
    this.#options = (request.method === 'HEAD' ? toHead : toOthers)[keep];
  }

  /** An arrival may think for long, and what it sent may be large, unless all arrivals send the same bytes. */
  #letGo(): void {
    const request = this.#request;
    if (request?.isLasting === true && (request.ascii ?? request.form) === this.#payload) return;
    this.#request = undefined;
    this.#payload = nothing;
  }

  /** Remembers what was measured: the connection may be at work for somebody else when it is asked for. */
  #note(connection: Connection): void {
    this.#writtenMicros = connection.writtenMicros;
    this.#connectMicros = this.#isFirst ? connection.connectMicros : 0;
    this.#bytesReceived = connection.parser.bytesReceived;
  }

  #wait(origin: Origin): void {
    this.#waitsFor = origin;
    this.#waitAlarm ??= new Alarm(this.#clock, () => {
      this.#withdraw();
      this.#letGo();
      const detail = 'timed out while all connections were at work';
      this.#owner.failed('no free connection', detail, this.#clock.nowMicros());
    });
    this.#waitAlarm.set(this.#deadlineMicros);
  }

  #withdraw(): void {
    if (this.#waitsFor === undefined) return;
    this.#connections.withdraw(this.#waitsFor, this);
    this.#waitsFor = undefined;
    this.#waitAlarm?.close();
  }

  #sendOn(connection: Connection): void {
    this.#connection = connection;
    this.#underWay = true;
    this.#isFirst = connection.served === 0;
    connection.send(this.#payload, this.#closes, this.#options, this.#deadlineMicros, this);
  }
}
