import type { FailureKind } from '../../stats/measurement-sink.ts';
import { parseOrigin } from '../origin.ts';
import { headerText } from '../script/header-text.ts';
import type { OutgoingRequest, RequestMessage } from '../transport.ts';

/** A request whose parts can be changed for the next hop. */
export interface RedirectableRequest extends OutgoingRequest {
  readonly form: RequestMessage;
}

/** A response as far as redirects go. */
export interface RedirectResponse {
  readonly status: number;
  readonly location: string | undefined;
}

export type RedirectDecision =
  /** Not a redirect: what came is the answer. */
  | { readonly kind: 'answer' }
  | { readonly kind: 'follow'; readonly request: RedirectableRequest }
  | { readonly kind: 'refuse'; readonly failure: FailureKind; readonly detail: string };

const redirectStatuses = new Set([301, 302, 303, 307, 308]);
/** They describe a body that isn't sent any more (Fetch, "request-body-header name"). */
const bodyHeaders = new Set(['content-type', 'content-encoding', 'content-language', 'content-location']);
/** They are meant for the origin that the plan names, and for no other. */
const originHeaders = new Set(['authorization', 'proxy-authorization', 'cookie', 'host']);

const answer: RedirectDecision = { kind: 'answer' };

const refuse = (failure: FailureKind, detail: string): RedirectDecision => ({
  kind: 'refuse',
  failure,
  detail,
});

/** Whether the next request is a GET without a body, whatever this one was (RFC 9110, 15.4; Fetch, HTTP-redirect fetch). */
const turnsToGet = (status: number, method: string): boolean =>
  status === 303 ? method !== 'GET' && method !== 'HEAD' : status <= 302 && method === 'POST';

const without = (headers: RequestMessage['headers'], names: ReadonlySet<string>): RequestMessage['headers'] =>
  headers.filter(([name]) => !names.has(name.toLowerCase()));

/**
 * What becomes of a response when redirects are followed. `left` is how many more may be; `refusesHost` says why a
 * host other than the request's may not be asked. A redirect from https to http is refused: what is sent over TLS
 * would go on in the clear.
 */
export const decideRedirect = (
  request: RedirectableRequest,
  response: RedirectResponse,
  left: number,
  refusesHost: (host: string) => string | undefined,
): RedirectDecision => {
  if (!redirectStatuses.has(response.status) || !response.location) return answer;
  const { origin, form } = request;
  const location = headerText(response.location);
  const base = `${origin.key}${form.path}`;
  if (left <= 0) return refuse('too many redirects', `redirected once more, to ${location}`);
  if (!URL.canParse(location, base))
    return refuse('bad request', `redirected to ${location}, which is no URL`);
  const url = new URL(location, base);
  if (url.protocol !== 'https:' && (url.protocol !== 'http:' || origin.secure)) {
    return refuse('bad request', `redirected from ${origin.key} to ${url.href}, which is not followed`);
  }
  const next = parseOrigin(url.origin).origin;
  const leaves = next.key !== origin.key;
  const refusal = leaves ? refusesHost(next.host) : undefined;
  if (refusal !== undefined) return refuse('address not allowed', `redirected to ${url.href}: ${refusal}`);
  const toGet = turnsToGet(response.status, form.method);
  const kept = toGet ? without(form.headers, bodyHeaders) : form.headers;
  const message: RequestMessage = {
    method: toGet ? 'GET' : form.method,
    path: `${url.pathname}${url.search}`,
    headers: leaves ? without(kept, originHeaders) : kept,
    body: toGet ? undefined : form.body,
  };
  return {
    kind: 'follow',
    request: {
      ...request,
      origin: next,
      method: message.method,
      idempotent: toGet || request.idempotent,
      form: message,
    },
  };
};
