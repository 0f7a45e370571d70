import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect as connectHttp2,
  type OutgoingHttpHeaders,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { FailureKind } from '../../stats/measurement-sink.ts';
import { Alarm } from '../alarm.ts';
import type { ConnectionPhase } from '../connect/classify-failure.ts';
import type { RunClock } from '../engine.ts';
import type { Origin } from '../origin.ts';
import { type DialListener, type DialSetting, Http2Dial } from './http2-dial.ts';

/** What the sessions of one engine share. */
export interface Http2Setting extends DialSetting {
  readonly clock: RunClock;
  /** How long a session is kept without a request. */
  readonly idleSeconds: number;
  /** False: a session carries one request. */
  readonly keepAlive: boolean;
  /** Most sessions to one origin. */
  readonly maxSessions: number;
}

/** Keeps sessions, and has requests that wait for them. */
export interface SessionHolder {
  opened(session: Http2Session): void;
  /** It couldn't be connected. */
  unreachable(session: Http2Session, kind: FailureKind, detail: string): void;
  /** It may have room that it hadn't, or takes no more requests. */
  changed(session: Http2Session): void;
  closed(session: Http2Session): void;
}

/** What RFC 9113 (6.5.2) has servers allow at least; their own limit is known a moment after the first requests. */
const firstMaxStreams = 100;
/** Wide enough that no response waits for the client to grant it room. */
const streamWindowBytes = 4 * 1024 * 1024;
const sessionWindowBytes = 16 * 1024 * 1024;
/** Node refuses streams to a session that holds more; what is in flight is limited elsewhere. */
const sessionMemoryMegabytes = 1024;

/** One HTTP/2 connection. Requests begun on it count until their streams are closed. */
export class Http2Session implements DialListener {
  readonly origin: Origin;
  /** Requests under way. */
  active = 0;
  /** Requests begun, in all. */
  begun = 0;
  /** Whole responses to requests before. */
  served = 0;
  /** Resolving, connecting and securing; 0 until that is done. */
  connectMicros = 0;
  /** It takes no more requests. */
  retired = false;
  /** The server has closed it, or it broke. */
  disconnected = false;
  /** What the server said when it asked for no more requests. */
  goaway: { readonly code: number; readonly text: string } | undefined;

  readonly #setting: Http2Setting;
  readonly #holder: SessionHolder;
  readonly #dial: Http2Dial;
  readonly #idleAlarm: Alarm;
  #openedMicros = 0;
  #maxStreams = firstMaxStreams;
  #isReady = false;
  #http2: ClientHttp2Session | undefined;

  constructor(origin: Origin, setting: Http2Setting, holder: SessionHolder) {
    this.origin = origin;
    this.#setting = setting;
    this.#holder = holder;
    this.#dial = new Http2Dial(origin, setting, this);
    this.#idleAlarm = new Alarm(setting.clock, () => {
      if (this.active === 0) this.retire();
    });
  }

  get phase(): ConnectionPhase {
    return this.#dial.phase;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** A request can be sent on it now. */
  get hasRoom(): boolean {
    return this.#isReady && !this.retired && this.active < this.#maxStreams;
  }

  /** Bytes that have come from the server, framing and all. */
  get bytesRead(): number {
    return this.#dial.socket?.bytesRead ?? 0;
  }

  open(): void {
    this.#openedMicros = this.#setting.clock.nowMicros();
    this.#dial.dial();
  }

  /** Begins a request. A session that is going throws, or fails the stream. */
  request(headers: OutgoingHttpHeaders, endStream: boolean): ClientHttp2Stream {
    if (this.#http2 === undefined) throw new Error('not connected');
    this.begun++;
    if (!this.#setting.keepAlive) this.retired = true;
    const stream = this.#http2.request(headers, { endStream });
    this.active++;
    stream.once('close', () => this.#ended());
    return stream;
  }

  /** Takes no more requests, and closes when those under way are over. */
  retire(): void {
    this.#takeNoMore();
    if (this.active === 0) this.abandon();
  }

  /** Closes it now; nobody hears of requests under way. */
  abandon(): void {
    this.retired = true;
    this.#idleAlarm.close();
    // A session that Node has let go may still wait for the server to close its side.
    if (this.#http2?.destroyed === false) this.#http2.destroy();
    else this.#dial.socket?.destroy();
  }

  connected(socket: Socket): void {
    this.connectMicros = this.#setting.clock.nowMicros() - this.#openedMicros;
    const session = connectHttp2(this.origin.key, {
      createConnection: () => socket,
      maxSessionMemory: sessionMemoryMegabytes,
      settings: { enablePush: false, initialWindowSize: streamWindowBytes },
    });
    this.#http2 = session;
    session.on('connect', () => {
      this.#isReady = true;
      session.setLocalWindowSize(sessionWindowBytes);
      this.#rest();
      this.#holder.opened(this);
    });
    session.on('remoteSettings', ({ maxConcurrentStreams }) => {
      this.#maxStreams = maxConcurrentStreams ?? Number.POSITIVE_INFINITY;
      this.#holder.changed(this);
    });
    session.on('goaway', (code, _lastStream, data) => {
      const text =
        data === undefined || data.length === 0 ? '' : ` (${Buffer.from(data).toString('latin1')})`;
      this.goaway = { code, text };
      this.retire();
    });
    // Its streams tell what it is.
    session.on('error', () => this.#disconnect());
    session.on('close', () => this.#disconnect());
  }

  broke(kind: FailureKind, detail: string): void {
    const wasConnecting = !this.#isReady && !this.retired;
    // Those that wait for it hear that it can't be reached, before they could have another one opened.
    if (wasConnecting) this.retired = true;
    this.#disconnect();
    if (wasConnecting) this.#holder.unreachable(this, kind, detail);
  }

  ended(): void {
    this.#disconnect();
  }

  closed(): void {
    this.#disconnect();
    this.#holder.closed(this);
  }

  #disconnect(): void {
    this.disconnected = true;
    this.#idleAlarm.close();
    this.#takeNoMore();
  }

  #takeNoMore(): void {
    if (this.retired) return;
    this.retired = true;
    this.#holder.changed(this);
  }

  #ended(): void {
    this.active--;
    if (this.active === 0 && this.retired) this.abandon();
    if (this.active === 0 && !this.retired) this.#rest();
    this.#holder.changed(this);
  }

  #rest(): void {
    this.#idleAlarm.set(this.#setting.clock.nowMicros() + this.#setting.idleSeconds * 1e6);
  }
}
