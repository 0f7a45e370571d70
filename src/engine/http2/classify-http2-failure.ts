import type { FailureKind } from '../../stats/measurement-sink.ts';
import { classifySocketError } from '../connect/classify-failure.ts';

/** What is known of a stream that ended without a whole response. */
export interface StreamEnd {
  /** The stream's error code (RFC 9113, 7). */
  readonly code: number;
  readonly error: { readonly code?: string | undefined; readonly message: string } | undefined;
  /** What the server said before it went, if it did. */
  readonly goaway: { readonly code: number; readonly text: string } | undefined;
  /** The server has closed the connection. */
  readonly closed: boolean;
}

export interface StreamFailure {
  readonly kind: FailureKind;
  readonly detail: string;
  /** The server has not looked at the request (RFC 9113, 8.7), so any request may be sent again. */
  readonly refused: boolean;
}

/** RFC 9113, 7, in order of their codes. */
const names = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
];
const protocolError = 1;
const refusedStream = 7;

const nameOf = (code: number): string => names[code] ?? `error code ${code}`;

/** Node's session was going or gone when it was asked for a stream, so nothing was sent. */
const unsent = new Set(['ERR_HTTP2_GOAWAY_SESSION', 'ERR_HTTP2_INVALID_SESSION', 'ERR_HTTP2_OUT_OF_STREAMS']);

/** What a stream that ended without a whole response is counted as. */
export const classifyStreamEnd = ({ code, error, goaway, closed }: StreamEnd): StreamFailure => {
  const reset = (detail: string, refused = false): StreamFailure => ({ kind: 'reset', detail, refused });
  const byServer = goaway === undefined ? '' : ` after GOAWAY ${nameOf(goaway.code)}${goaway.text}`;
  switch (error?.code) {
    case undefined:
      if (closed) return reset(`closed before the response was complete${byServer}`);
      return reset(`RST_STREAM ${nameOf(code)} before the response was complete`, code === refusedStream);
    case 'ERR_HTTP2_STREAM_ERROR':
      // Which side has found the other at fault is not told; the response can't be read either way.
      if (code === protocolError)
        return { kind: 'parse', detail: 'stream ended by a PROTOCOL_ERROR', refused: false };
      return reset(`RST_STREAM ${nameOf(code)}${byServer}`, code === refusedStream);
    case 'ERR_HTTP2_SESSION_ERROR':
      return reset(`connection ended${byServer}`);
    case 'ERR_HTTP2_ERROR':
      return {
        kind: 'parse',
        detail: `what came is not HTTP/2 (${error?.message ?? 'no reason given'})`,
        refused: false,
      };
    default:
      if (unsent.has(error?.code ?? '')) return reset(`the connection was closing${byServer}`, true);
      return {
        kind: classifySocketError('ready', error ?? {}),
        detail: error?.message ?? '',
        refused: false,
      };
  }
};
