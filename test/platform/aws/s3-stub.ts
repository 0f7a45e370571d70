import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * What happens to a request: `lose-answer` carries it out and cuts the connection, `lose-request` cuts it before,
 * `cut-body` announces more bytes than it sends; a number and a name is S3's refusal.
 */
export type Mishap =
  | 'lose-answer'
  | 'lose-request'
  | 'cut-body'
  | { readonly status: number; readonly code: string };

interface StoredObject {
  readonly body: Buffer;
  readonly etag: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** One bucket of S3, as far as the store uses it, on loopback, with mishaps in the order in which they are asked for. */
export const startS3Stub = async () => {
  const objects = new Map<string, StoredObject>();
  const mishaps: (Mishap | (() => void))[] = [];
  const requests: string[] = [];

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = Buffer.concat(await Array.fromAsync(request));
    requests.push(`${request.method}`);
    let mishap = mishaps.shift();
    while (typeof mishap === 'function') {
      mishap();
      mishap = mishaps.shift();
    }
    if (mishap === 'lose-request') return void request.socket.destroy();
    if (typeof mishap === 'object') return refuse(response, mishap.status, mishap.code);
    const answer = carryOut(request, body);
    if (mishap === 'lose-answer') return void request.socket.destroy();
    if ('code' in answer) return refuse(response, answer.status, answer.code);
    const headers = { ...answer.headers, 'content-length': answer.body.length };
    response.writeHead(answer.status, headers);
    if (mishap !== 'cut-body') return void response.end(request.method === 'HEAD' ? '' : answer.body);
    response.write(answer.body.subarray(0, answer.body.length / 2));
    setImmediate(() => request.socket.destroy());
  };

  const carryOut = (request: IncomingMessage, body: Buffer) => {
    const key = new URL(request.url ?? '/', 'http://stub').pathname;
    const found = objects.get(key);
    const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = request.headers;
    if (request.method === 'PUT') {
      if (ifMatch !== undefined && found === undefined) return { status: 404, code: 'NoSuchKey' };
      const isHeld =
        ifMatch !== undefined ? found?.etag === ifMatch : ifNoneMatch !== '*' || found === undefined;
      if (!isHeld) return { status: 412, code: 'PreconditionFailed' };
      const written = anObject(body, metadataOf(request));
      objects.set(key, written);
      return { status: 200, headers: { etag: written.etag }, body: Buffer.alloc(0) };
    }
    if (found === undefined) return { status: 404, code: 'NoSuchKey' };
    if (found.etag === ifNoneMatch) return { status: 304, headers: {}, body: Buffer.alloc(0) };
    const kept = Object.entries(found.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]);
    return { status: 200, headers: { etag: found.etag, ...Object.fromEntries(kept) }, body: found.body };
  };

  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    requests,
    /** Each for one request; a function is carried out right before the next one. */
    next: (...what: readonly (Mishap | (() => void))[]) => void mishaps.push(...what),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

export const anObject = (body: Uint8Array, metadata: Readonly<Record<string, string>>): StoredObject => ({
  body: Buffer.from(body),
  etag: `"${createHash('md5').update(body).digest('hex')}"`,
  metadata,
});

const metadataOf = (request: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      name.startsWith('x-amz-meta-') ? [[name.slice('x-amz-meta-'.length), String(value)]] : [],
    ),
  );

const refuse = (response: ServerResponse, status: number, code: string): void => {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<Error><Code>${code}</Code><Message>${code}</Message><RequestId>r1</RequestId></Error>`);
};
