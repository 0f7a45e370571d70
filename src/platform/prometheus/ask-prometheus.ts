import { CallThrottledError, MetricsRefusedError, MetricsUnavailableError } from '../../errors.ts';
import { readText } from './read-text.ts';

export interface RangeQuery {
  readonly query: string;
  /** Seconds since the epoch. */
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

export type PrometheusAnswer =
  /** What `data` of the answer holds. */
  | { readonly kind: 'answered'; readonly data: unknown }
  /** This query is wrong, or can't be carried out; others may be answered. */
  | { readonly kind: 'refused'; readonly reason: string };

export interface PrometheusAccess {
  readonly url: string;
  readonly token?: string;
  readonly timeoutSeconds?: number;
  readonly fetch?: typeof fetch;
}

/** A series of a day's minutes has 40 KB. */
const mostBytes = 2_000_000;

/**
 * One call of `query_range`. Throws `CallThrottled`, `MetricsUnavailable` when Prometheus can't be reached or fails, and
 * `MetricsRefused` when it lets nobody in, or something else answers.
 */
export const askPrometheus = async (
  access: PrometheusAccess,
  query: RangeQuery,
): Promise<PrometheusAnswer> => {
  const { url, token, timeoutSeconds = 10, fetch: send = fetch } = access;
  const address = addressOf(url);
  const body = new URLSearchParams({
    query: query.query,
    start: String(query.start),
    end: String(query.end),
    step: String(query.step),
    timeout: `${timeoutSeconds}s`,
  });
  let status: number;
  let text: string;
  try {
    const response = await send(address, {
      method: 'POST',
      body,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      // The token is for this address only.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutSeconds * 1000),
    });
    status = response.status;
    text = await readText(response, mostBytes);
  } catch (cause) {
    if (cause instanceof RangeError) return { kind: 'refused', reason: cause.message };
    throw new MetricsUnavailableError(
      `Could not read metrics from ${address}: ${reasonOf(cause)}. Check that it can be reached from here, or try again in a moment.`,
      { cause },
    );
  }
  return classifyAnswer(address, status, text);
};

/** What `fetch` refuses would look like an address that can't be reached. */
const addressOf = (url: string): string => {
  const { protocol = '', username = '', password = '' } = URL.canParse(url) ? new URL(url) : {};
  if (!/^https?:$/.test(protocol))
    throw new MetricsRefusedError(
      `Could not read metrics from Prometheus: "${url}" is no address. Give what comes before /api/v1, such as http://prometheus.internal:9090.`,
    );
  if (username !== '' || password !== '')
    throw new MetricsRefusedError(
      "Could not read metrics from Prometheus: its address has a user's name or password. Leave them out, and give a token.",
    );
  return `${url.replace(/\/+$/, '')}/api/v1/query_range`;
};

const classifyAnswer = (address: string, status: number, text: string): PrometheusAnswer => {
  const said = parseAnswer(text);
  if (said?.status === 'success') {
    const partial = warningsOf(said).find((warning) => !aboutExpression.test(warning));
    return partial === undefined
      ? { kind: 'answered', data: said.data }
      : {
          kind: 'refused',
          reason: `the answer may hold a part of the data only, which is not used: ${partial}`,
        };
  }
  const reason = [said?.errorType, said?.error].filter((part) => part !== undefined).join(': ');
  // By its documentation: 400 for parameters that are wrong or missing, 422 for an expression that can't be executed.
  if (said?.status === 'error' && (status === 400 || status === 422))
    return { kind: 'refused', reason: `Prometheus refuses the query: ${reason}` };
  const what = `Could not read metrics from ${address}: it answers ${status}${reason === '' ? '' : ` (${reason})`}`;
  if (status === 429) throw new CallThrottledError(what);
  if (status >= 500) throw new MetricsUnavailableError(`${what}. Try again in a moment.`);
  if (status === 401 || status === 403)
    throw new MetricsRefusedError(`${what}. Check the token that it is asked with.`);
  throw new MetricsRefusedError(
    `${what}, and not as Prometheus does. Check the address: it is what comes before /api/v1.`,
  );
};

/** Annotations of the query engine, which come as warnings too; others are "errors that do not inhibit the request execution". */
const aboutExpression = /^PromQL (info|warning):/;

const warningsOf = ({ warnings }: Answer): readonly string[] =>
  Array.isArray(warnings) ? warnings.map(String) : [];

interface Answer {
  readonly status: unknown;
  readonly data?: unknown;
  readonly warnings?: unknown;
  readonly errorType?: string;
  readonly error?: string;
}

const parseAnswer = (text: string): Answer | undefined => {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Answer) : undefined;
  } catch {
    return undefined;
  }
};

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
};
