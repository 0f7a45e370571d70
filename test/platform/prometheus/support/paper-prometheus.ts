import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface AskedQuery {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly fields: Readonly<Record<string, string>>;
}

/** What it answers; null for never. */
export type Answering = (asked: AskedQuery) => {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
} | null;

export interface PaperPrometheus {
  readonly url: string;
  readonly asked: readonly AskedQuery[];
  close(): Promise<void>;
}

/** A server that is asked as Prometheus is, and answers what a test says. */
export const openPaperPrometheus = async (answering: Answering): Promise<PaperPrometheus> => {
  const asked: AskedQuery[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const query = {
        path: `${request.method} ${request.url}`,
        headers: request.headers,
        fields: Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString())),
      };
      asked.push(query);
      const answer = answering(query);
      if (answer === null) return;
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
      response.end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

/** Samples of one series: seconds and text, as Prometheus writes them. */
export type Samples = readonly (readonly [number, string])[];

export const matrix = (...series: readonly Samples[]): string =>
  JSON.stringify({
    status: 'success',
    data: {
      resultType: 'matrix',
      result: series.map((values, index) => ({ metric: { index: `${index}` }, values })),
    },
  });

export const refusal = (errorType: string, error: string): string =>
  JSON.stringify({ status: 'error', errorType, error });
