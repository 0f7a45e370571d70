import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';

export interface SunkObject {
  readonly key: string;
  readonly encoding: string | undefined;
  readonly body: Buffer;
}

/** Takes `PutObject` as S3 does, or refuses it, or is slow. */
export interface ObjectSink {
  readonly url: string;
  readonly objects: readonly SunkObject[];
  /** How many were refused. */
  readonly refused: number;
  /** From now on. */
  behave(how: { readonly refuse?: boolean; readonly millis?: number }): void;
  close(): Promise<void>;
}

export const startObjectSink = async (): Promise<ObjectSink> => {
  const objects: SunkObject[] = [];
  let refused = 0;
  let manner: { readonly refuse?: boolean; readonly millis?: number } = {};
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    await sleep(manner.millis ?? 0);
    if (manner.refuse === true) {
      refused += 1;
      response.writeHead(503).end('<Error><Code>SlowDown</Code></Error>');
      return;
    }
    const [, , ...path] = decodeURI(request.url ?? '').split('/');
    objects.push({ key: path.join('/'), encoding: request.headers['content-encoding'], body });
    response.writeHead(200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    get refused() {
      return refused;
    },
    behave: (how) => {
      manner = how;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

/** The lines of an object. */
export const linesOf = ({ body }: SunkObject): readonly string[] =>
  gunzipSync(body).toString().trimEnd().split('\n');

/** The records of all objects below a prefix, in the order of their arrival. */
export const recordsOf = (sink: ObjectSink, prefix = ''): readonly Record<string, string>[] =>
  sink.objects
    .filter(({ key }) => key.startsWith(prefix))
    .flatMap((object) => linesOf(object).map((line) => JSON.parse(line)));
