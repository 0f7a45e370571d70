import { randomUUID } from 'node:crypto';
import type { SignedRequest } from './verify-signature.ts';

/** A route of the template: `POST /runs`, `GET /runs/{id}`. */
export interface GatewayRoute {
  readonly key: string;
  readonly functionName: string;
}

export interface MatchedRoute extends GatewayRoute {
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** The most specific route: one without parameters before one with them, as API Gateway prefers. */
export const matchRoute = (
  routes: readonly GatewayRoute[],
  method: string,
  path: string,
): MatchedRoute | undefined => {
  const matches = routes.flatMap((route) => {
    const [routeMethod, routePath = ''] = route.key.split(' ');
    if (routeMethod !== method && routeMethod !== 'ANY') return [];
    const pathParameters = matchPath(routePath, path);
    return pathParameters === undefined ? [] : [{ ...route, pathParameters }];
  });
  return matches.sort((a, b) => count(a.pathParameters) - count(b.pathParameters))[0];
};

const count = (parameters: object): number => Object.keys(parameters).length;

const matchPath = (pattern: string, path: string): Record<string, string> | undefined => {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name !== undefined && value !== '') parameters[name] = decodeURIComponent(value);
    else if (part !== value) return undefined;
  }
  return parameters;
};

const textTypes = /^(text\/|application\/(json|javascript|xml|[\w.+-]+\+(json|xml)))/;

/** Payload format 2.0 of an HTTP API. Shape: API Gateway developer guide, "Lambda integrations for HTTP APIs". */
export const gatewayEvent = (request: SignedRequest, route: MatchedRoute, accessKey: string) => {
  const url = new URL(request.target, 'http://any');
  const isText = textTypes.test(request.headers['content-type'] ?? 'text/plain');
  const query: Record<string, string> = {};
  for (const [name, value] of url.searchParams)
    query[name] = name in query ? `${query[name]},${value}` : value;
  return {
    version: '2.0',
    routeKey: route.key,
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    headers: request.headers,
    ...(Object.keys(query).length === 0 ? {} : { queryStringParameters: query }),
    ...(count(route.pathParameters) === 0 ? {} : { pathParameters: route.pathParameters }),
    requestContext: {
      accountId: '123456789012',
      apiId: 'rehearsal',
      authentication: null,
      authorizer: {
        iam: { accessKey, accountId: '123456789012', userArn: 'arn:aws:iam::123456789012:user/rehearsal' },
      },
      domainName: request.headers.host,
      domainPrefix: 'rehearsal',
      http: {
        method: request.method,
        path: url.pathname,
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: route.key,
      stage: '$default',
      time: new Date().toISOString(),
      timeEpoch: Date.now(),
    },
    ...(request.body.length === 0 ? {} : { body: request.body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: request.body.length > 0 && !isText,
  };
};

export interface GatewayAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What API Gateway makes of a function's result: a response object, or JSON of anything else. */
export const gatewayAnswer = (result: unknown): GatewayAnswer => {
  if (typeof result !== 'object' || result === null || !('statusCode' in result))
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(result)),
    };
  const {
    statusCode,
    headers = {},
    body = '',
    isBase64Encoded = false,
  } = result as {
    statusCode: number;
    headers?: Record<string, string>;
    body?: string;
    isBase64Encoded?: boolean;
  };
  return { status: statusCode, headers, body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8') };
};
