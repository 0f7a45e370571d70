import { connect as connectPlain, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectSecure, TLSSocket } from 'node:tls';
import type { FailureKind } from '../../stats/measurement-sink.ts';
import type { AddressBook } from '../connect/address-book.ts';
import {
  type ConnectionPhase,
  classifySocketError,
  describeSocketError,
} from '../connect/classify-failure.ts';
import type { SecureOptions } from '../connect/secure-options.ts';
import type { Origin } from '../origin.ts';

export interface DialSetting {
  readonly addresses: AddressBook;
  readonly secure: SecureOptions;
}

/** Hears of each at most once, and of nothing before `dial` has returned. */
export interface DialListener {
  /** The socket speaks HTTP/2, or is to be spoken to as if it did. */
  connected(socket: Socket): void;
  /** It can't be connected, or broke later. */
  broke(kind: FailureKind, detail: string): void;
  /** The server has sent its last byte. */
  ended(): void;
  closed(): void;
}

/** Connects a socket for HTTP/2: by ALPN over TLS, with prior knowledge without (RFC 9113, 3.2 and 3.3). */
export class Http2Dial {
  phase: ConnectionPhase = 'resolving';
  socket: Socket | undefined;
  readonly #origin: Origin;
  readonly #setting: DialSetting;
  readonly #listener: DialListener;

  constructor(origin: Origin, setting: DialSetting, listener: DialListener) {
    this.#origin = origin;
    this.#setting = setting;
    this.#listener = listener;
  }

  dial(): void {
    const { host, port, secure } = this.#origin;
    const literal = isIP(host) !== 0;
    const refusal = literal ? this.#setting.addresses.refusal(host, host) : undefined;
    if (refusal !== undefined) {
      process.nextTick(() => {
        this.#listener.broke('address not allowed', refusal.message);
        this.#listener.closed();
      });
      return;
    }
    if (literal) this.phase = 'connecting';
    const options = { host, port, lookup: this.#lookup };
    const socket = secure
      ? connectSecure({ ...options, ...this.#setting.secure.forOrigin(this.#origin, 'h2') })
      : connectPlain(options);
    this.socket = socket;
    socket.setNoDelay(true);
    if (socket instanceof TLSSocket) {
      this.#setting.secure.keepSessions(this.#origin, socket);
      socket.on('connect', () => {
        this.phase = 'securing';
      });
      socket.on('secureConnect', () => this.#secured(socket));
    } else socket.on('connect', () => this.#connected(socket));
    socket.on('error', (error) => this.#failed(error));
    socket.on('end', () => this.#listener.ended());
    socket.on('close', () => {
      if (this.phase !== 'ready') {
        this.#listener.broke(classifySocketError(this.phase, {}), 'closed while connecting');
      }
      this.#listener.closed();
    });
  }

  readonly #lookup: LookupFunction = (host, options, done) => {
    this.#setting.addresses.lookup(host, options, (error, address, family) => {
      this.phase = 'connecting';
      done(error, address, family);
    });
  };

  #secured(socket: TLSSocket): void {
    const { alpnProtocol } = socket;
    if (alpnProtocol === 'h2') this.#connected(socket);
    else
      this.#speaksOther(socket, alpnProtocol === false || alpnProtocol === null ? 'no ALPN' : alpnProtocol);
  }

  #speaksOther(socket: Socket, instead: string): void {
    this.#listener.broke('tls', `${this.#origin.authority} doesn't speak HTTP/2 (${instead})`);
    socket.destroy();
  }

  #connected(socket: Socket): void {
    this.phase = 'ready';
    this.#listener.connected(socket);
  }

  #failed(error: NodeJS.ErrnoException): void {
    const detail = describeSocketError(error);
    // The alert by which a server refuses the one protocol it was offered (RFC 7301, 3.2).
    const refusesHttp2 = this.phase === 'securing' && /no application protocol/i.test(detail);
    this.#listener.broke(
      classifySocketError(this.phase, error),
      refusesHttp2 ? `${this.#origin.authority} doesn't speak HTTP/2 (${detail})` : detail,
    );
  }
}
