import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { answerRequests } from '../truth/raw-server.ts';
import { seededRandom } from '../truth/service-times.ts';
import type { CertificateFiles } from './certificate.ts';
import { serveParent } from './serve-parent.ts';

/** How long the server keeps a request before it answers: evenly spread between the two. */
export interface CrowdOptions {
  readonly minMillis: number;
  readonly maxMillis: number;
  /** TLS, when there is one. */
  readonly certificate: CertificateFiles | undefined;
}

/** What it has seen so far. */
export interface CrowdReport {
  readonly requests: number;
  readonly connections: number;
}

const options = JSON.parse(process.argv[2] ?? '') as CrowdOptions;
const random = seededRandom(7);
let requests = 0;
let connections = 0;

const open = (): Server => {
  if (options.certificate === undefined) return createServer({ noDelay: true });
  const { cert, key } = options.certificate;
  return createTlsServer({ cert: readFileSync(cert), key: readFileSync(key) });
};

const server = open();
server.on(options.certificate === undefined ? 'connection' : 'secureConnection', (socket) => {
  connections++;
  socket.on('close', () => {
    connections--;
  });
  answerRequests(socket, (send) => {
    requests++;
    const millis = options.minMillis + random() * (options.maxMillis - options.minMillis);
    if (millis === 0) send();
    else setTimeout(send, millis);
  });
});

serveParent(server, (): CrowdReport => ({ requests, connections }));
