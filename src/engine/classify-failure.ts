import type { FailureKind } from '../stats/measurement-sink.ts';
import type { ParserStage } from './response-parser.ts';

/** How far a connection has come when something goes wrong. */
export type ConnectionPhase = 'resolving' | 'connecting' | 'securing' | 'ready';

/** The code of an error that says the address guard refused to connect. */
export const addressNotAllowedCode = 'ADDRESS_NOT_ALLOWED';

interface SystemError {
  readonly code?: string | undefined;
  readonly syscall?: string | undefined;
}

/** What an error of a socket, or of name resolution before it, is counted as. */
export const classifySocketError = (phase: ConnectionPhase, error: SystemError): FailureKind => {
  const { code } = error;
  if (code === addressNotAllowedCode) return 'address not allowed';
  if (phase === 'ready') {
    // A TLS alert after the handshake, for example for a missing client certificate under TLS 1.3.
    return code?.startsWith('ERR_SSL') || code === 'EPROTO' ? 'tls' : 'reset';
  }
  if (phase === 'securing') return 'tls';
  if (error.syscall === 'getaddrinfo' || code === 'ENOTFOUND' || code?.startsWith('EAI_')) return 'dns';
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
