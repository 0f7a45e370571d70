import type { IncomingMessage } from 'node:http';

/** A request's body; undefined when it is longer than that, of which no more than that is kept. Rejects when it is cut off. */
export const readBody = async (message: IncomingMessage, mostBytes: number): Promise<Buffer | undefined> => {
  if (Number(message.headers['content-length'] ?? 0) > mostBytes) return undefined;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
};
