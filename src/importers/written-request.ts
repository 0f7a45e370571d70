import type { MethodKey } from './carry-method.ts';

export type WrittenPart = string | { readonly file: string; readonly name?: string; readonly type?: string };

/** Texts are templates. */
export type WrittenBody =
  | { readonly json: unknown }
  | { readonly form: Readonly<Record<string, string>> }
  | { readonly body: string }
  | { readonly upload: string }
  | { readonly multipart: Readonly<Record<string, WrittenPart>> };

export type HeaderList = readonly (readonly [name: string, value: string])[];

/** A request step as it is written in a plan. */
export interface WrittenRequest {
  readonly method: MethodKey;
  /** A template: a path, or an absolute URL. */
  readonly url: string;
  readonly name?: string;
  readonly headers: HeaderList;
  readonly body?: WrittenBody;
  readonly auth?: { readonly user: string; readonly password: string };
  readonly redirects?: number;
  readonly timeout?: string;
  readonly expect?: Readonly<Record<string, unknown>>;
  readonly capture?: Readonly<Record<string, unknown>>;
  /** Where the source says it, for what no plan may say. */
  readonly line?: number;
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

/** The step in the order that people write it, without what it doesn't have. */
export const writeRequest = (request: WrittenRequest): Readonly<Record<string, unknown>> => {
  const { method, url, headers, body, ...settings } = request;
  const { name, auth, redirects, timeout, expect, capture } = settings;
  const step = {
    [method]: url,
    name,
    headers: Object.fromEntries(headers),
    ...body,
    auth,
    redirects,
    timeout,
    expect,
    capture,
  };
  const keepsEmpty = (key: string): boolean => ['json', 'form', 'multipart'].includes(key);
  return Object.fromEntries(
    Object.entries(step).filter(
      ([key, value]) => !isEmpty(value) || (keepsEmpty(key) && value !== undefined),
    ),
  );
};

/** Headers that every request has with the same value, and the requests without them. */
export const hoistHeaders = <Request extends WrittenRequest>(
  requests: readonly Request[],
): { readonly shared: HeaderList; readonly requests: readonly Request[] } => {
  const [first, ...others] = requests;
  if (first === undefined || others.length === 0) return { shared: [], requests };
  const has = (request: Request, name: string, value: string): boolean =>
    request.headers.some(([other, its]) => other.toLowerCase() === name.toLowerCase() && its === value);
  const shared = first.headers.filter(
    ([name, value]) =>
      name.toLowerCase() !== 'content-type' && others.every((request) => has(request, name, value)),
  );
  const names = new Set(shared.map(([name]) => name.toLowerCase()));
  return {
    shared,
    requests: requests.map((request) => ({
      ...request,
      headers: request.headers.filter(([name]) => !names.has(name.toLowerCase())),
    })),
  };
};
