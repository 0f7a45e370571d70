/**
 * Where an engine puts what it measured, as it happens. Called on the hot path: arguments are numbers and interned
 * strings, nothing is returned. Times are microseconds; `at` is an instant in microseconds since the run's start.
 *
 * Invariants the engine keeps: every arrival it takes is reported once, as `arrived` or `dropped`; every
 * `requestStarted` is followed by exactly one `requestCompleted` or `requestFailed` of the same step.
 */
export interface MeasurementSink {
  /** An arrival was begun `lagMicros` after its instant `at`. Closed model: an iteration of a user, lag 0. */
  arrived(at: number, lagMicros: number): void;
  /** An arrival at `at` was not begun; `reason` is one of a small fixed set. */
  dropped(at: number, reason: string): void;
  requestStarted(step: number, at: number): void;
  /** The whole response came and met every expectation. `connectMicros` is 0 on a kept-alive connection. */
  requestCompleted(step: number, at: number, timing: RequestTiming): void;
  requestFailed(step: number, at: number, timing: RequestTiming, kind: FailureKind, example: string): void;
}

/** Reused between calls: copy what you keep. */
export interface RequestTiming {
  /** Request written to last byte. 0 when nothing was written. */
  serviceMicros: number;
  /** Arrival instant (first step) or end of the step before plus think time, to last byte. */
  responseMicros: number;
  connectMicros: number;
  /** As HTTP/1.1 has it on the connection; of HTTP/2 fields and body, without framing and compression. */
  bytesSent: number;
  bytesReceived: number;
}

export type FailureKind =
  | 'dns'
  /** The step's time passed while every allowed connection was at work. */
  | 'no free connection'
  /** The generator's machine has no socket, port or file handle left: its own fault, not the target's. */
  | 'out of sockets'
  | 'connect refused'
  | 'connect timeout'
  | 'connect failed'
  | 'tls'
  | 'reset'
  | 'timeout before headers'
  | 'timeout in body'
  | 'parse'
  | 'body too large'
  | 'unexpected status'
  | 'failed expectation'
  | 'failed capture'
  | 'bad request'
  | 'failed hook'
  | 'too many redirects'
  | 'address not allowed'
  | 'cut off';
