/** A request as routes see it, whoever received it. */
export interface ApiRequest {
  readonly method: string;
  /** Values of the path's `{parts}`, decoded. */
  readonly path: Readonly<Record<string, string>>;
  /** A parameter that was given several times has its values joined by commas. */
  readonly query: Readonly<Record<string, string>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
  /** The ARN of whoever signed the request, where that is known. */
  readonly caller?: string;
}

export interface ApiResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a handler makes of a request; without a document the body is empty. */
export interface Answer {
  readonly status: number;
  readonly document?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** API Gateway takes 10 MB and Lambda 6 MB; the largest plan, escaped in JSON, fits into this. */
export const largestBodyBytes = 4_000_000;

export const encodeAnswer = ({ status, document, headers = {} }: Answer, mediaType: string): ApiResponse => ({
  status,
  headers: {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(document === undefined ? {} : { 'content-type': mediaType }),
    ...headers,
  },
  body: document === undefined ? '' : JSON.stringify(document),
});
