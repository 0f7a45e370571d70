/** How often a request is sent at most, and how long is waited in between. */
export const retryLimits = {
  attempts: 5,
  baseMillis: 250,
  mostMillis: 5000,
  mostAskedMillis: 20_000,
} as const;

/** What a request came to: an answer's status and its `retry-after`, or no answer at all. */
export type Attempted =
  | { readonly kind: 'answer'; readonly status: number; readonly retryAfter?: string | undefined }
  | { readonly kind: 'no answer' };

/** Milliseconds that `retry-after` asks for, in seconds or as a date; undefined when it can't be read. */
export const parseRetryAfter = (text: string, nowMillis: number): number | undefined => {
  if (/^\d+(\.\d+)?$/.test(text.trim())) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMillis);
};

/**
 * Milliseconds to wait before the request is sent again; undefined when it isn't. Full jitter: a random part of a
 * doubling span; a wait that the server asks for is kept, unless it is longer than anybody at a terminal waits.
 * All requests of the API may be sent twice: what they ask for is absolute, or carries an idempotency key.
 */
export const decideRetry = (
  attempted: Attempted,
  attempt: number,
  facts: { readonly random: number; readonly nowMillis: number },
): number | undefined => {
  if (attempt >= retryLimits.attempts) return undefined;
  if (attempted.kind === 'answer' && attempted.status !== 429 && attempted.status < 500) return undefined;
  // Not implemented: it will not be, however often it is asked for.
  if (attempted.kind === 'answer' && attempted.status === 501) return undefined;
  const span = Math.min(retryLimits.mostMillis, retryLimits.baseMillis * 2 ** attempt);
  const jitter = facts.random * span;
  const asked =
    attempted.kind === 'answer' && attempted.retryAfter !== undefined
      ? parseRetryAfter(attempted.retryAfter, facts.nowMillis)
      : undefined;
  if (asked === undefined) return jitter;
  return asked > retryLimits.mostAskedMillis ? undefined : asked + facts.random * retryLimits.baseMillis;
};
