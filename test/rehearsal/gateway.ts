import type { IncomingMessage } from 'node:http';
import {
  type GatewayAnswer,
  type GatewayRoute,
  gatewayAnswer,
  gatewayEvent,
  matchRoute,
} from './gateway-event.ts';
import { listen } from './loopback-server.ts';
import { type SignatureScope, type SignedRequest, verifySignature } from './verify-signature.ts';

export interface Gateway {
  readonly url: string;
  /** From now on requests are taken to these functions. */
  serve(
    routes: readonly GatewayRoute[],
    invoke: (functionName: string, event: unknown) => Promise<unknown>,
  ): void;
  close(): Promise<void>;
}

/** Stands in for an HTTP API with IAM authorization: checks the signature, then the route, then invokes the function. */
export const openGateway = async (scope: SignatureScope): Promise<Gateway> => {
  let routes: readonly GatewayRoute[] = [];
  let invoke: (functionName: string, event: unknown) => Promise<unknown> = () =>
    Promise.reject(new Error('not served'));

  const answer = async (request: SignedRequest): Promise<GatewayAnswer> => {
    const route = matchRoute(routes, request.method, new URL(request.target, 'http://any').pathname);
    if (route === undefined) return message(404, 'Not Found');
    if (!(await verifySignature(request, scope, Date.now()))) return message(403, 'Forbidden');
    try {
      return gatewayAnswer(await invoke(route.functionName, gatewayEvent(request, route, scope.accessKeyId)));
    } catch {
      return message(500, 'Internal Server Error');
    }
  };

  const server = await listen((request, response) => {
    readRequest(request)
      .then(answer)
      .then(({ status, headers, body }) => response.writeHead(status, headers).end(body))
      .catch(() => response.destroy());
  });
  return {
    url: server.url,
    serve(given, invocation) {
      routes = given;
      invoke = invocation;
    },
    close: server.close,
  };
};

const message = (status: number, text: string): GatewayAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify({ message: text })),
});

const readRequest = async (request: IncomingMessage): Promise<SignedRequest> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers = Object.fromEntries(
    Object.entries(request.headersDistinct).map(([name, values = []]) => [name, values.join(',')]),
  );
  return {
    method: request.method ?? 'GET',
    target: request.url ?? '/',
    headers,
    body: Buffer.concat(chunks),
  };
};
