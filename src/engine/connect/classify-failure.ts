import type { FailureKind } from '../../stats/measurement-sink.ts';
import type { ParserStage } from '../http1/response-parser.ts';

/** How far a connection has come when something goes wrong. */
export type ConnectionPhase = 'resolving' | 'connecting' | 'securing' | 'ready';

/** The code of an error that says the address guard refused to connect. */
export const addressNotAllowedCode = 'ADDRESS_NOT_ALLOWED';

interface SystemError {
  readonly code?: string | undefined;
  readonly syscall?: string | undefined;
  /** One for each address that was tried, when there were several. */
  readonly errors?: readonly SystemError[];
}

/** This machine has no file handle, port or memory left for another socket (connect(2), socket(2)). */
const exhausted: ReadonlySet<string | undefined> = new Set([
  'EMFILE',
  'ENFILE',
  'EADDRNOTAVAIL',
  'ENOBUFS',
  'ENOMEM',
]);

/** What an error of a socket, or of name resolution before it, is counted as. */
export const classifySocketError = (phase: ConnectionPhase, error: SystemError): FailureKind => {
  // A machine without IPv6 has no local address for an IPv6 target either: what the other addresses say goes first.
  const telling = error.errors?.find(({ code }) => !exhausted.has(code)) ?? error;
  const { code } = telling;
  if (code === addressNotAllowedCode) return 'address not allowed';
  if (phase === 'ready') {
    // A TLS alert after the handshake, for example for a missing client certificate under TLS 1.3.
    return code?.startsWith('ERR_SSL') || code === 'EPROTO' ? 'tls' : 'reset';
  }
  if (phase === 'securing') return 'tls';
  if (exhausted.has(code)) return 'out of sockets';
  if (telling.syscall === 'getaddrinfo' || code === 'ENOTFOUND' || code?.startsWith('EAI_')) return 'dns';
  if (code === 'ECONNREFUSED') return 'connect refused';
  if (code === 'ETIMEDOUT') return 'connect timeout';
  return 'connect failed';
};

/** What it is counted as when the step's timeout passes. */
export const classifyTimeout = (phase: ConnectionPhase, stage: ParserStage): FailureKind => {
  if (phase === 'resolving') return 'dns';
  if (phase !== 'ready') return 'connect timeout';
  return stage === 'head' ? 'timeout before headers' : 'timeout in body';
};

const noTls = "the target doesn't speak TLS there";
const trust = 'no trusted authority vouches for its certificate (tls.ca, or tls.verify: false)';
const untrusted = (why: string): string => `${why}: ${trust}`;

/** What errors of TLS come down to, by Node's code for them. */
const tlsErrors: Readonly<Record<string, string>> = {
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'the target wants a client certificate (tls.cert and tls.key)',
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE:
    'the target broke the handshake off; it may want a client certificate (tls.cert and tls.key)',
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted('self-signed'),
  SELF_SIGNED_CERT_IN_CHAIN: untrusted('self-signed authority'),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted('unknown authority'),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted('unknown authority'),
};

/**
 * An error in words. OpenSSL's own messages begin with a thread's number and end with a place in its sources; its
 * `reason` is what they say. Connecting to several addresses fails with all their errors in one, whose own message is
 * empty.
 */
export const describeSocketError = (
  error: Error & { readonly code?: string | undefined; readonly reason?: string | undefined },
): string => {
  const known = tlsErrors[error.code ?? ''];
  if (known !== undefined) return known;
  if (error.reason !== undefined && error.reason !== '') return error.reason;
  return error.message !== '' || !(error instanceof AggregateError) ? error.message : String(error.errors[0]);
};
