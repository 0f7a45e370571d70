import type { AddressInfo, Server } from 'node:net';

/** Listens on a free port, tells the parent which, answers its messages, and ends with it. */
export const serveParent = (server: Server, report: () => unknown): void => {
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
    process.send?.({ port: (server.address() as AddressInfo).port });
  });
  process.on('message', () => process.send?.(report()));
  process.once('disconnect', () => process.exit());
};
