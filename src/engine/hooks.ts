/*
 * What a plan's hooks are called with. A hook may return a promise; the request, or the next step, waits for it. An
 * error thrown by a hook fails the request as `failed hook`, and so does one that isn't done by the request's deadline.
 * Time spent in `before` is part of the request's response time and not of its service time, time spent in `after` is
 * part of neither, nor of the next request's.
 */

/** A request before it is sent, its templates filled in. `before` may change all of it but where it goes: the origin stays the step's. */
export interface HookRequest {
  readonly method: string;
  /** Path and query. */
  path: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string | Uint8Array;
}

/** A response as `after` sees it, before expectations and captures do, until the request is over: later there is nothing to read. */
export interface HookResponse {
  readonly status: number;
  header(name: string): string | undefined;
  text(): string;
  /** Undefined when the body isn't JSON. */
  json(): unknown;
}

/** The arrival that a hook is called for, until the request is over: later `get` finds nothing and `set` does nothing. */
export interface HookContext {
  readonly scenario: string;
  readonly step: string;
  /** A variable: the plan's, a data column, a capture, or what a hook has set. */
  get(name: string): string | undefined;
  set(name: string, value: string): void;
  /** The next number of the arrival's seeded stream, in [0, 1). */
  random(): number;
}

export type BeforeHook = (request: HookRequest, context: HookContext) => void | Promise<void>;
export type AfterHook = (response: HookResponse, context: HookContext) => void | Promise<void>;
export type Hook = BeforeHook | AfterHook;
