import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

export interface RawServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Heads and bodies of every request, as text, in order of arrival. */
  readonly requests: readonly string[];
  readonly connections: () => number;
}

export const ok = (body = 'ok', headers = ''): string =>
  `HTTP/1.1 200 OK\r\n${headers}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** Where the first request of the text ends, or -1 before its last byte is there. */
export const requestEnd = (text: string): number => {
  const head = text.indexOf('\r\n\r\n');
  if (head < 0) return -1;
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, head))?.[1] ?? 0);
  return text.length >= head + 4 + length ? head + 4 + length : -1;
};

/** Closes a server and its connections. */
export const closing = (server: Server, sockets: ReadonlySet<Socket>) => async (): Promise<void> => {
  for (const socket of sockets) socket.destroy();
  server.close();
  if (server.listening) await once(server, 'close');
};

/**
 * A server that answers each request as the handler likes, on the bare socket. `requestOnSocket` counts from 0.
 * Bodies are read as latin1.
 */
export const rawServer = async (
  answer: (socket: Socket, request: string, requestOnSocket: number) => void,
  accept: (socket: Socket) => void = () => {},
): Promise<RawServer> => {
  const sockets = new Set<Socket>();
  const requests: string[] = [];
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    accept(socket);
    let text = '';
    let count = 0;
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      for (let end = requestEnd(text); end >= 0; end = requestEnd(text)) {
        const request = text.slice(0, end);
        text = text.slice(end);
        requests.push(request);
        answer(socket, request, count++);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = closing(server, sockets);
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    requests,
    connections: () => connections,
    [Symbol.asyncDispose]: close,
  };
};
