import type { IncomingHttpHeaders } from 'node:http';

/** One request to an AWS service, as it came over the wire. */
export interface ServiceCall {
  /** As in the signature's credential scope: `ecs`, `s3`, `sqs`, `states`, `events`, … */
  readonly service: string;
  /** As in the service's model: `RunTask`, `PutObject`, … */
  readonly action: string;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface ServiceAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: Buffer;
}

/** Which service and action a request is for, by its signature's scope and its protocol's place for the action. */
export const describeCall = (request: Omit<ServiceCall, 'service' | 'action'>): ServiceCall => {
  const service = serviceOf(request);
  return { ...request, service, action: actionOf(service, request) };
};

/** `service action`, what calls are counted by. */
export const callName = (call: Pick<ServiceCall, 'service' | 'action'>): string =>
  `${call.service} ${call.action}`;

/** The body of a JSON protocol's call. */
export const jsonBody = (call: Pick<ServiceCall, 'body'>): Readonly<Record<string, unknown>> =>
  JSON.parse(call.body.toString() || '{}');

const serviceOf = ({ headers, target }: Pick<ServiceCall, 'headers' | 'target'>): string => {
  const scope =
    /Credential=([^,]+)/.exec(headers.authorization ?? '')?.[1] ??
    new URL(target, 'http://any').searchParams.get('X-Amz-Credential') ??
    '';
  return scope.split('/')[3] ?? 'unknown';
};

const actionOf = (
  service: string,
  { method, target, headers, body }: Omit<ServiceCall, 'service' | 'action'>,
) => {
  const named = headers['x-amz-target'];
  if (typeof named === 'string') return named.split('.').at(-1) ?? 'unknown';
  const url = new URL(target, 'http://any');
  if (service === 's3') return s3Action(method, url);
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true)
    return new URLSearchParams(body.toString()).get('Action') ?? 'unknown';
  return `${method} ${url.pathname}`;
};

const s3Actions: Readonly<Record<string, string>> = {
  GET: 'GetObject',
  PUT: 'PutObject',
  HEAD: 'HeadObject',
  DELETE: 'DeleteObject',
};

const s3Action = (method: string, url: URL): string => {
  const isBucket = url.pathname.split('/').filter((part) => part !== '').length < 2;
  if (!isBucket) return s3Actions[method] ?? method;
  if (method === 'GET' && url.searchParams.has('list-type')) return 'ListObjectsV2';
  return `${method} bucket`;
};
