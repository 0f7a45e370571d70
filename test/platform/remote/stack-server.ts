import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { ApiClient } from '../../../src/platform/remote/api-client.ts';
import { RemoteDrainApi } from '../../../src/platform/remote/remote-drain-api.ts';
import { RemoteLogsApi } from '../../../src/platform/remote/remote-logs-api.ts';
import { RemoteRunApi } from '../../../src/platform/remote/remote-run-api.ts';
import { RemoteScalingApi } from '../../../src/platform/remote/remote-scaling-api.ts';
import { RemoteScheduleApi } from '../../../src/platform/remote/remote-schedule-api.ts';
import { signedFetch } from '../../../src/platform/remote/signed-fetch.ts';
import { UploadSender } from '../../../src/platform/remote/upload-sender.ts';

export const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
export const region = 'eu-test-1';

/** What reached the server, and whether its signature is the one that its content has. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly signed: boolean;
}

/** How the server answers a request: with this, or by itself. */
export type Reply =
  | { readonly status: number; readonly body?: unknown; readonly headers?: Record<string, string> }
  | ((response: ServerResponse, received: Received) => void);

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
};

/** Signs the request once more, as the service does to check it. */
const isSigned = async (request: IncomingMessage, body: string): Promise<boolean> => {
  const { authorization = '' } = request.headers;
  const names = /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(';') ?? [];
  if (!names.includes('host')) return false;
  const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
  const date = String(request.headers['x-amz-date']).replace(
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/,
    '$1-$2-$3T$4:$5:$6Z',
  );
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 });
  const again = await signer.sign(
    {
      method: request.method ?? '',
      protocol: 'http:',
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: Object.fromEntries(names.map((name) => [name, String(request.headers[name])])),
      ...(body === '' ? {} : { body }),
    },
    { signingDate: new Date(date) },
  );
  return again.headers.authorization === authorization;
};

/** A stack's API that replies by a script, in order; the last reply stays. */
export const openStackServer = async (...replies: readonly Reply[]) => {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request).catch(() => '');
    const url = new URL(request.url ?? '/', 'http://stack');
    const one: Received = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.search,
      headers: request.headers,
      body,
      signed: await isSigned(request, body),
    };
    received.push(one);
    const reply = replies[Math.min(received.length, replies.length) - 1] ?? { status: 500 };
    if (typeof reply === 'function') return reply(response, one);
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
    response.end(reply.body === undefined ? '' : JSON.stringify(reply.body));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    received,
    close: () =>
      new Promise<void>((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
};

/** What a command talks to, at a URL, with waits that are noted and not waited for. */
export const remoteAt = (url: string, options: { readonly timeoutMillis?: number } = {}) => {
  const waits: number[] = [];
  const sleep = async (millis: number): Promise<void> => void waits.push(millis);
  const send = signedFetch({ region, credentials, ...options });
  const client = new ApiClient({ stack: 'load', apiUrl: url, send, sleep, random: () => 0.5 });
  const uploads = new UploadSender(client, { sleep, random: () => 0.5, ...options });
  return {
    api: new RemoteRunApi(client, uploads),
    schedules: new RemoteScheduleApi(client, uploads),
    drains: new RemoteDrainApi(client),
    scaling: new RemoteScalingApi(client),
    logs: new RemoteLogsApi(client),
    uploads,
    waits,
  };
};

export const aProblem = (status: number, code: string, more: Record<string, unknown> = {}): Reply => ({
  status,
  body: {
    type: `urn:stormdrain:problem:${code}`,
    title: 'A title',
    status,
    code,
    detail: `it is ${code}`,
    ...more,
  },
});
