import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LoopbackServer {
  /** Without a trailing slash. */
  readonly url: string;
  close(): Promise<void>;
}

/** An HTTP server on a free port of 127.0.0.1. */
export const listen = async (listener: RequestListener): Promise<LoopbackServer> => {
  const server = createServer(listener);
  server.keepAliveTimeout = 30_000;
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
};
