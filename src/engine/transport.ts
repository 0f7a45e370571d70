import type { FailureKind, RequestTiming } from '../stats/measurement-sink.ts';
import type { Origin } from './origin.ts';
import type { RequestFeatures } from './script/request-features.ts';

/** How requests travel. One transport serves one engine. */
export interface Transport {
  readonly openSockets: number;
  /** What carries the requests of one arrival or user, one at a time. */
  exchange(owner: ExchangeOwner): Exchange;
  /** Closes every connection, at work or not, and resolves when their sockets are closed. */
  closeAll(): Promise<void>;
}

export interface Exchange {
  /**
   * Sends a request. The owner hears how it ended exactly once, not before `send` has returned, and not at all when it
   * abandons it.
   */
  send(request: OutgoingRequest, keep: Keep, deadlineMicros: number): void;
  /** Gives the request under way up. */
  abandon(): void;
  /** Whoever sends has gone for good: what was kept for it may close. */
  leave(): void;
  /** Writes what was measured of the last request, all but its response time. */
  measure(timing: RequestTiming, endMicros: number): void;
}

/** Bytes. A longer body fails as `body too large`; only bodies that are kept, or decoded, are limited. */
export const maxBodyBytes: number = 10 * 1024 * 1024;

/** What anybody will look at beside the status. What is not kept reads as if it weren't there. */
export type Keep = 'nothing' | 'head' | 'head and body';

/** Who a response is for. */
export interface ExchangeOwner {
  /** The response may be read until the next request is sent; its body is let go when this returns. */
  answered(response: ReceivedResponse, endMicros: number): void;
  failed(kind: FailureKind, detail: string, endMicros: number): void;
}

/** A request as a transport takes it. */
export interface OutgoingRequest {
  readonly origin: Origin;
  readonly method: string;
  /** Sending it twice is as good as once (RFC 9110, 9.2.2), so it may be tried again on a fresh connection. */
  readonly idempotent: boolean;
  /** Its connection isn't used again after it. */
  readonly closes: boolean;
  /** Every arrival sends this same object. */
  readonly isLasting?: boolean;
  /** The bytes of `form` as text, when they are ASCII: sockets write a short text a little quicker than a buffer. */
  readonly ascii?: string | undefined;
  /** HTTP/1.1 takes either form, HTTP/2 only messages. */
  readonly form: Buffer | RequestMessage;
  /** What others do around the request; a transport itself has no part in it. */
  readonly features?: RequestFeatures | undefined;
}

/** A request taken apart. No `host`, `content-length` or `connection` among the headers unless the plan has written one. */
export interface RequestMessage {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Undefined sends none; an empty one sends `content-length: 0`. */
  readonly body: Buffer | undefined;
}

/** What is read of a response. */
export interface ReceivedResponse {
  readonly status: number;
  /** All values of a header, joined by `, `; undefined when it isn't there. `name` in lower case. */
  header(name: string): string | undefined;
  /** The values of a header's lines, one by one. `name` in lower case. */
  headerValues(name: string): readonly string[];
  /** Every header line, in order, names in lower case. */
  headerLines(): readonly (readonly [name: string, value: string])[];
  /** As it came, content codings and all; empty unless it was to be kept. Copy what outlives the response. */
  body(): Buffer;
}
