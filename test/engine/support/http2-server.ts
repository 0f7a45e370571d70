import { once } from 'node:events';
import {
  createSecureServer,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type Settings,
} from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';

export interface Http2TestServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** The headers of every request, in order of arrival. */
  readonly requests: readonly IncomingHttpHeaders[];
  /** Connections ever made. */
  readonly connections: () => number;
  readonly openConnections: () => number;
  /** Most requests that were under way at once. */
  readonly mostAtOnce: () => number;
}

/** What a test may do to the connection below, which Node keeps others from. */
export type Answer = (stream: ServerHttp2Stream, socket: Socket, nth: number) => void;

export const okStream = (stream: ServerHttp2Stream, body = 'ok'): void => {
  stream.respond({ ':status': 200 });
  stream.end(body);
};

/** A server that answers each request as the test likes; `nth` counts from 0 on its connection. */
export const http2Server = async (
  answer: Answer = (stream) => okStream(stream),
  options: {
    readonly certificate?: { readonly cert: string; readonly key: string };
    readonly settings?: Settings;
  } = {},
): Promise<Http2TestServer> => {
  const { certificate, settings = {} } = options;
  const server =
    certificate === undefined
      ? createServer({ settings })
      : (createSecureServer({ ...certificate, settings }) as unknown as Http2Server);
  const sockets = new Set<Socket>();
  const requests: IncomingHttpHeaders[] = [];
  let connections = 0;
  let atOnce = 0;
  let mostAtOnce = 0;
  let latest: Socket | undefined;
  const accept = (socket: Socket): void => {
    connections++;
    latest = socket;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
  };
  // Before Node's own listener, which begins the session.
  server.prependListener(certificate === undefined ? 'connection' : 'secureConnection', accept);
  server.on('sessionError', () => undefined);
  server.on('session', (session: ServerHttp2Session) => {
    const socket = latest;
    let nth = 0;
    session.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
      atOnce++;
      mostAtOnce = Math.max(mostAtOnce, atOnce);
      stream.on('close', () => atOnce--);
      stream.on('error', () => undefined);
      requests.push(headers);
      if (socket !== undefined) answer(stream, socket, nth++);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http${certificate === undefined ? '' : 's'}://127.0.0.1:${port}`,
    requests,
    connections: () => connections,
    openConnections: () => sockets.size,
    mostAtOnce: () => mostAtOnce,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      if (server.listening) await once(server, 'close');
    },
  };
};
