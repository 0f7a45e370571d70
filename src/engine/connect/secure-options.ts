import { isIP } from 'node:net';
import { type ConnectionOptions, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import { PlanInvalidError } from '../../errors.ts';
import type { FileReference, TlsSettings } from '../../plan/plan.ts';
import type { Origin } from '../origin.ts';

/** What the engine speaks, by its ALPN name (RFC 7301). */
export type Protocol = 'http/1.1' | 'h2';

/**
 * How the connections of one engine are secured. All share one context, made once: reading certificates for each
 * connection would cost more than its handshake. TLS sessions are kept by origin and resumed; without keep-alive they
 * are not, since then each request stands for a new client, whose handshake is a full one.
 */
export class SecureOptions {
  readonly #tls: TlsSettings;
  readonly #resumes: boolean;
  readonly #sessions = new Map<string, Buffer>();
  #context: SecureContext | undefined;

  /**
   * `files` are the plan's by their `upload`.
   * @throws PlanInvalid when certificates or key can't be used.
   */
  constructor(tls: TlsSettings, files: ReadonlyMap<string, Uint8Array>, resumes: boolean) {
    this.#tls = tls;
    this.#resumes = resumes;
    // Without files there is nothing that can be wrong, and a plain run needs no context.
    if (tls.ca !== undefined || tls.cert !== undefined || tls.key !== undefined) {
      this.#context = contextOf(tls, files);
    }
  }

  /** For `tls.connect`. */
  forOrigin(origin: Origin, protocol: Protocol): ConnectionOptions {
    const session = this.#sessions.get(origin.key);
    this.#context ??= createSecureContext();
    return {
      // An address is no server name (RFC 6066, 3).
      servername: isIP(origin.host) === 0 ? origin.host : '',
      ALPNProtocols: [protocol],
      secureContext: this.#context,
      rejectUnauthorized: this.#tls.verify,
      ...(session === undefined ? {} : { session }),
    };
  }

  /** Keeps the TLS sessions of a connection for those after it. */
  keepSessions(origin: Origin, socket: TLSSocket): void {
    if (!this.#resumes) return;
    socket.on('session', (session) => this.#sessions.set(origin.key, session));
  }
}

const contextOf = (tls: TlsSettings, files: ReadonlyMap<string, Uint8Array>): SecureContext => {
  const read = (reference: FileReference | undefined): Buffer | undefined => {
    const bytes = reference === undefined ? undefined : files.get(reference.upload);
    if (reference !== undefined && bytes === undefined) {
      throw new PlanInvalidError(`tls: the content of ${reference.file} is not there; submit the plan again`);
    }
    return bytes === undefined ? undefined : Buffer.from(bytes);
  };
  const [ca, cert, key] = [read(tls.ca), read(tls.cert), read(tls.key)];
  try {
    return createSecureContext({
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    });
  } catch (cause) {
    const named = [tls.ca, tls.cert, tls.key].flatMap((each) => (each === undefined ? [] : [each.file]));
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PlanInvalidError(
      `tls: ${named.join(', ')} can't be used (${reason}); give PEM files that OpenSSL accepts`,
      { cause },
    );
  }
};
