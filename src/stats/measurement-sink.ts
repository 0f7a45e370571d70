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
  bytesSent: number;
  bytesReceived: number;
}

export type FailureKind =
  | 'dns'
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
  | 'address not allowed'
  | 'cut off';
