import { connect as connectPlain, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectSecure, TLSSocket } from 'node:tls';
import type { FailureKind } from '../../stats/measurement-sink.ts';
import { Alarm } from '../alarm.ts';
import type { AddressBook } from '../connect/address-book.ts';
import {
  type ConnectionPhase,
  classifySocketError,
  classifyTimeout,
  describeSocketError,
} from '../connect/classify-failure.ts';
import type { SecureOptions } from '../connect/secure-options.ts';
import type { RunClock } from '../engine.ts';
import type { Origin } from '../origin.ts';
import { type ParseOptions, ResponseParser } from './response-parser.ts';

/** Whoever sent a request hears of it exactly once, unless it abandons the connection. */
export interface ResponseListener {
  /** The whole response is in the connection's parser until the next request is sent on it. */
  responded(connection: Connection, endMicros: number): void;
  broke(connection: Connection, kind: FailureKind, detail: string, endMicros: number): void;
}

/** Keeps connections between requests. */
export interface ConnectionHolder {
  /** Ready for another request. */
  idle(connection: Connection): void;
  /** Not to be used again. */
  closing(connection: Connection): void;
  closed(connection: Connection): void;
}

/** What the connections of one engine share. */
export interface ConnectionSetting {
  readonly clock: RunClock;
  readonly addresses: AddressBook;
  readonly secure: SecureOptions;
  /** All sockets read into it, one after the other: what a read brings is looked at before the next one. */
  readonly readBuffer: Buffer;
  /** How long a connection is kept without a request; a shorter time that the server names goes first. */
  readonly idleSeconds: number;
}

/**
 * TLS reports a write as done only after the sockets have been read (`TLSWrap` finishes it in an immediate), so a quick
 * response seems to come before its request was written. A request of up to one TLS record is handed to the kernel at
 * once, whatever is reported; after a longer one the connection rests once the immediates have run.
 */
const oneRecordBytes = 16 * 1024;

/** A server that names its idle time may close a moment before it, while a request is on its way. */
const idleMarginSeconds = 1;

/** One HTTP/1.1 connection: connects on the first request, then carries one request at a time. */
export class Connection {
  readonly origin: Origin;
  readonly parser = new ResponseParser();
  /** Responses completed before the request under way. */
  served = 0;
  /** Resolving, connecting and securing; 0 until that is done. */
  connectMicros = 0;
  /** When the request under way was written; NaN when it wasn't. */
  writtenMicros = Number.NaN;

  readonly #setting: ConnectionSetting;
  readonly #holder: ConnectionHolder;
  readonly #alarm: Alarm;
  #socket: Socket | undefined;
  #phase: ConnectionPhase = 'resolving';
  #openedMicros = 0;
  #payload: Buffer | string | undefined;
  #closes = false;
  #listener: ResponseListener | undefined;
  /** Whose response is complete, and who hears so once it is known whether the connection can be used again. */
  #answered: ResponseListener | undefined;
  #abandoned = false;

  constructor(origin: Origin, setting: ConnectionSetting, holder: ConnectionHolder) {
    this.origin = origin;
    this.#setting = setting;
    this.#holder = holder;
    this.#alarm = new Alarm(setting.clock, () => this.#ring());
  }

  /** False once it is closing; it may stay with its holder until it has closed. */
  get usable(): boolean {
    return !this.#abandoned;
  }

  /** A text is ASCII. With `closes` the connection isn't used again after the response. */
  send(
    payload: Buffer | string,
    closes: boolean,
    options: ParseOptions,
    deadlineMicros: number,
    listener: ResponseListener,
  ): void {
    this.#payload = payload;
    this.#closes = closes;
    this.#listener = listener;
    this.writtenMicros = Number.NaN;
    this.parser.begin(options);
    this.#alarm.set(deadlineMicros);
    if (this.#phase === 'ready') this.#write();
    else this.#connect();
  }

  /** Closes it. A listener hears nothing any more. */
  abandon(): void {
    this.#answered = undefined;
    this.#close();
  }

  #close(): void {
    const isNews = !this.#abandoned;
    this.#abandoned = true;
    this.#listener = undefined;
    this.#alarm.close();
    if (isNews) this.#holder.closing(this);
    if (this.#socket === undefined) this.#holder.closed(this);
    else this.#socket.destroy();
  }

  #connect(): void {
    const { origin } = this;
    const { addresses, clock, readBuffer, secure } = this.#setting;
    this.#openedMicros = clock.nowMicros();
    const literal = isIP(origin.host) !== 0;
    const refusal = literal ? addresses.refusal(origin.host, origin.host) : undefined;
    if (refusal !== undefined) {
      // Not at once: whoever sends a request isn't prepared to hear of it before send returns.
      process.nextTick(() => this.#break('address not allowed', refusal.message));
      return;
    }
    if (literal) this.#phase = 'connecting';
    const options = {
      host: origin.host,
      port: origin.port,
      lookup: this.#lookup,
      onread: { buffer: readBuffer, callback: this.#read },
    };
    const socket = origin.secure
      ? connectSecure({ ...options, ...secure.forOrigin(origin, 'http/1.1') })
      : connectPlain(options);
    this.#socket = socket;
    socket.setNoDelay(true);
    if (socket instanceof TLSSocket) {
      secure.keepSessions(origin, socket);
      socket.on('connect', () => {
        this.#phase = 'securing';
      });
      socket.on('secureConnect', () => this.#opened());
    } else socket.on('connect', () => this.#opened());
    socket.on('error', (error) =>
      this.#break(classifySocketError(this.#phase, error), describeSocketError(error)),
    );
    socket.on('end', () => this.#ended());
    socket.on('close', () => {
      this.#ended();
      this.#alarm.close();
      this.#holder.closed(this);
    });
  }

  readonly #lookup: LookupFunction = (host, options, done) => {
    this.#setting.addresses.lookup(host, options, (error, address, family) => {
      this.#phase = 'connecting';
      done(error, address, family);
    });
  };

  #opened(): void {
    this.#phase = 'ready';
    this.connectMicros = this.#setting.clock.nowMicros() - this.#openedMicros;
    if (this.#listener !== undefined) this.#write();
  }

  #write(): void {
    const payload = this.#payload;
    if (payload === undefined) return;
    this.writtenMicros = this.#setting.clock.nowMicros();
    if (typeof payload === 'string') this.#socket?.write(payload, 'latin1');
    else this.#socket?.write(payload);
  }

  readonly #read = (length: number, buffer: Uint8Array): boolean => {
    // Bytes that answer nothing: the next answer could not be told from them.
    if (this.#listener === undefined) this.#close();
    else {
      this.parser.feed(buffer as Buffer, length);
      const { failure, stage } = this.parser;
      if (failure !== undefined) this.#break(failure.kind, failure.detail);
      else if (stage === 'complete') this.#complete(false);
    }
    return true;
  };

  #complete(peerClosed: boolean): void {
    const listener = this.#listener;
    const now = this.#setting.clock.nowMicros();
    this.#listener = undefined;
    this.served++;
    const length = this.#payload?.length ?? 0;
    // An idle connection doesn't hold the body it sent.
    this.#payload = undefined;
    if (peerClosed || !this.parser.keepAlive || this.#closes) this.#close();
    else if (!this.origin.secure || length <= oneRecordBytes) this.#rest(this.origin.secure, now);
    else {
      // Told at once, whoever sends another request would need another connection.
      this.#answered = listener;
      setImmediate(() => this.#restLater(now));
      return;
    }
    listener?.responded(this, now);
  }

  #restLater(endMicros: number): void {
    const listener = this.#answered;
    this.#answered = undefined;
    this.#rest(false, endMicros);
    listener?.responded(this, endMicros);
  }

  /**
   * Waits for the next request. A response that came before its request was written to the end leaves a connection
   * nobody can use; with `isWritten` that isn't so, whatever the socket reports.
   */
  #rest(isWritten: boolean, nowMicros: number): void {
    if (this.#abandoned) return;
    if (!isWritten && this.#socket?.writableLength !== 0) {
      this.#close();
      return;
    }
    this.#alarm.set(nowMicros + this.#idleMicros());
    this.#holder.idle(this);
  }

  #idleMicros(): number {
    const named = this.parser.keepAliveSeconds;
    const seconds = named === undefined ? this.#setting.idleSeconds : named - idleMarginSeconds;
    return Math.max(0.1, Math.min(seconds, this.#setting.idleSeconds)) * 1e6;
  }

  #break(kind: FailureKind, detail: string): void {
    const listener = this.#listener;
    this.#close();
    listener?.broke(this, kind, detail, this.#setting.clock.nowMicros());
  }

  #ended(): void {
    if (this.#listener === undefined) this.#close();
    else if (this.parser.end()) this.#complete(true);
    else if (this.#phase === 'ready') this.#break('reset', 'closed before the response was complete');
    else this.#break(classifySocketError(this.#phase, {}), 'closed while connecting');
  }

  #ring(): void {
    // Without a request under way it is the idle time that has passed.
    if (this.#listener === undefined) {
      this.#close();
      return;
    }
    const kind = classifyTimeout(this.#phase, this.parser.stage);
    this.#break(
      kind,
      `timed out while ${this.#phase === 'ready' ? 'waiting for the response' : this.#phase}`,
    );
  }
}
