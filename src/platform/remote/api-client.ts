import { setTimeout as sleepFor } from 'node:timers/promises';
import type * as z from 'zod/mini';
import { ServiceUnavailableError } from '../../errors.ts';
import { apiFailure, describeNoAnswer } from './api-failure.ts';
import { type Attempted, decideRetry } from './decide-retry.ts';
import type { ApiRequest, ApiResponse, Send } from './signed-fetch.ts';

export interface ApiClientOptions {
  /** How messages name the stack. */
  readonly stack: string;
  /** Without a slash at the end. */
  readonly apiUrl: string;
  readonly send: Send;
  readonly sleep?: (millis: number) => Promise<unknown>;
  readonly random?: () => number;
}

/**
 * Requests to a stack's API: sent again while it makes sense, answers checked, failures turned into our errors.
 * Throws `ServiceUnavailable` when there is no answer.
 */
export class ApiClient {
  readonly #options: ApiClientOptions;

  constructor(options: ApiClientOptions) {
    this.#options = options;
  }

  /** `path` begins with a slash; the query's undefined values are left out. */
  async ask<Answer>(
    answer: z.ZodMiniType<Answer>,
    method: ApiRequest['method'],
    path: string,
    request: {
      readonly query?: Readonly<Record<string, string | number | undefined>>;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<Answer> {
    const { stack } = this.#options;
    const { query = {}, ...rest } = request;
    const response = await this.#send({ method, url: this.#url(path, query), ...rest });
    if (response.status >= 300) throw apiFailure(response, stack, Date.now());
    const parsed = answer.safeParse(parseJson(response.text));
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new ServiceUnavailableError(
      `the stack ${stack} gave an answer to ${method} ${path} that this version can't read (${issue?.path.join('.')}: ${issue?.message}): deploy it from the version that you use`,
    );
  }

  #url(path: string, query: Readonly<Record<string, string | number | undefined>>): URL {
    const url = new URL(`${this.#options.apiUrl}${path}`);
    // Not by URLSearchParams, which writes a space as +: signatures are made over %20.
    url.search = Object.entries(query)
      .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]))
      .join('&');
    return url;
  }

  async #send(request: ApiRequest): Promise<ApiResponse> {
    const { send, stack, sleep = sleepFor, random = Math.random } = this.#options;
    for (let attempt = 1; ; attempt++) {
      let attempted: Attempted = { kind: 'no answer' };
      let outcome: { readonly response: ApiResponse } | { readonly error: unknown };
      try {
        const response = await send(request);
        outcome = { response };
        attempted = {
          kind: 'answer',
          status: response.status,
          retryAfter: response.headers.get('retry-after') ?? undefined,
        };
      } catch (error) {
        // Ours say by themselves what to do; sending again would not help.
        if (error instanceof Error && error.name === 'NotAllowed') throw error;
        outcome = { error };
      }
      const wait = decideRetry(attempted, attempt, { random: random(), nowMillis: Date.now() });
      if (wait !== undefined) await sleep(wait);
      else if ('response' in outcome) return outcome.response;
      else
        throw new ServiceUnavailableError(
          `the stack ${stack} does not answer: ${describeNoAnswer(outcome.error, request.url.host)}`,
          { cause: outcome.error },
        );
    }
  }
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
