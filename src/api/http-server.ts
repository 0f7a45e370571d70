import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerRequest, matchPath, type ReportFailure, unknownRoute } from './answer-request.ts';
import { type ApiResponse, largestBodyBytes } from './api-message.ts';
import type { ApiPorts } from './api-ports.ts';
import { largestUploadBytes } from './documents/submission.ts';
import { problemAnswer } from './problems.ts';
import { readBody } from './read-body.ts';
import { receiveUpload, uploadPath } from './receive-upload.ts';
import { refuseForeigner } from './refuse-foreigner.ts';
import { routes } from './routes.ts';

export interface ApiServer {
  /** `http://127.0.0.1:8088` */
  readonly url: string;
  /** Takes no more requests, and returns when those under way are answered, or after a second. */
  close(): Promise<void>;
}

export interface ApiServerOptions {
  /** 0 for any that is free. Rejects with the system's error when it is taken. */
  readonly port: number;
  /** Is told the server's own URL, which upload tickets lead to. */
  readonly portsAt: (url: string) => ApiPorts;
  readonly report: ReportFailure;
}

const loopback = '127.0.0.1';

const limits = {
  maxHeaderSize: 16_384,
  headersTimeout: 10_000,
  /** The largest upload takes so long at 6 Mbit/s; on one machine, nothing does. */
  requestTimeout: 120_000,
  keepAliveTimeout: 5_000,
};
const mostConnections = 200;
const closeMillis = 1_000;

const headersOf = ({ headers }: IncomingMessage): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );

const queryOf = (search: string): Record<string, string> => {
  const query: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(search))
    query[name] = Object.hasOwn(query, name) ? `${query[name]},${value}` : value;
  return query;
};

const answer = async (
  ports: ApiPorts,
  message: IncomingMessage,
  report: ReportFailure,
): Promise<ApiResponse> => {
  const method = message.method ?? 'GET';
  const headers = headersOf(message);
  const foreign = refuseForeigner(headers);
  if (foreign !== undefined) return foreign;
  // Not by the URL class, which would take `//host/path` apart.
  const [path = '/', search = ''] = (message.url ?? '/').split(/\?(.*)/s);
  const digest = method === 'PUT' ? matchPath(uploadPath, path)?.digest : undefined;
  const body = await readBody(message, digest === undefined ? largestBodyBytes : largestUploadBytes);
  if (body === undefined) {
    const detail = 'The body is larger than it may be; files go to the address that POST /uploads gives.';
    return problemAnswer('body-too-large', detail, {}, { connection: 'close' });
  }
  if (digest !== undefined) return receiveUpload(ports.store, digest, body);
  for (const route of routes) {
    const values = route.method === method ? matchPath(route.path, path) : undefined;
    if (values === undefined) continue;
    const request = { method, path: values, query: queryOf(search), headers, body };
    return answerRequest(route, () => ports, request, report);
  }
  return unknownRoute(routes, method, path);
};

const send = (response: ServerResponse, { status, headers, body }: ApiResponse): void => {
  response.writeHead(status, {
    ...headers,
    ...(status === 204 ? {} : { 'content-length': Buffer.byteLength(body) }),
  });
  response.end(body);
};

/** The API on this machine, for this machine only: it listens on loopback, and answers nothing that a web page asks. */
export const serveApi = async ({ port, portsAt, report }: ApiServerOptions): Promise<ApiServer> => {
  const server = createServer(limits);
  server.maxConnections = mostConnections;
  server.listen(port, loopback);
  await once(server, 'listening');
  const url = `http://${loopback}:${(server.address() as AddressInfo).port}`;
  const ports = portsAt(url);
  server.on('request', (message, response) => {
    answer(ports, message, report)
      .catch((error: unknown) => {
        // Whoever leaves within a request is answered in vain, and is no matter for a log.
        const hasLeft = message.destroyed && !message.complete;
        if (!hasLeft) report(error, 'request');
        return problemAnswer('internal', 'The request could not be read.', {}, { connection: 'close' });
      })
      .then((answered) => send(response, answered));
  });
  return {
    url,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const late = setTimeout(() => server.closeAllConnections(), closeMillis);
      await closed;
      clearTimeout(late);
    },
  };
};
