import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { NotAllowedError } from '../../errors.ts';
import { isCredentialsError, noCredentials } from './credentials-error.ts';

type Signing = ConstructorParameters<typeof SignatureV4>[0];

export interface ApiRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  /** Absolute. */
  readonly url: URL;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Sends one request and reads the whole answer. Rejects when there is none, also after its own time limit. */
export type Send = (request: ApiRequest) => Promise<ApiResponse>;

/** API Gateway gives a function 30 seconds. */
const defaultTimeoutMillis = 35_000;

/** Requests signed with Signature Version 4, each with a signature of its own, since one is good for minutes only. */
export const signedFetch = (options: {
  readonly region: string;
  readonly credentials: Signing['credentials'];
  readonly timeoutMillis?: number;
}): Send => {
  const signer = new SignatureV4({
    service: 'execute-api',
    region: options.region,
    credentials: options.credentials,
    sha256: Sha256,
  });
  return async ({ method, url, body, headers = {} }) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const signed = await sign(signer, method, url, text, headers);
    // `fetch` sets the host itself, to what was signed.
    const { host: _, ...sent } = signed;
    const answer = await fetch(url, {
      method,
      headers: sent,
      // A redirect would take the signature to another host.
      redirect: 'error',
      signal: AbortSignal.timeout(options.timeoutMillis ?? defaultTimeoutMillis),
      ...(text === undefined ? {} : { body: text }),
    });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
};

const sign = async (
  signer: SignatureV4,
  method: string,
  url: URL,
  body: string | undefined,
  headers: Readonly<Record<string, string>>,
): Promise<Record<string, string>> => {
  try {
    const signed = await signer.sign({
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: {
        ...headers,
        host: url.host,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
    });
    return signed.headers;
  } catch (error) {
    if (error instanceof Error && isCredentialsError(error)) throw noCredentials(error);
    throw new NotAllowedError(`the request to ${url.host} can't be signed: ${String(error)}`, {
      cause: error,
    });
  }
};
