import { createServer as createPlainServer, type Socket } from 'node:net';
import { createServer as createSecureServer } from 'node:tls';
import { parentPort, workerData } from 'node:worker_threads';
import { ok, requestEnd } from './raw-server.ts';

interface Setting {
  readonly certificate: { readonly cert: string; readonly key: string } | undefined;
  readonly counts: Int32Array;
}

const { certificate, counts } = workerData as Setting;

const serve = (socket: Socket): void => {
  Atomics.add(counts, 1, 1);
  socket.on('error', () => {});
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    if (requestEnd(text) < 0) return;
    text = '';
    socket.write(ok(), () => {
      Atomics.add(counts, 0, 1);
      Atomics.notify(counts, 0);
    });
  });
};

const server = certificate === undefined ? createPlainServer(serve) : createSecureServer(certificate, serve);
server.listen(0, '127.0.0.1', () => parentPort?.postMessage(server.address()));
