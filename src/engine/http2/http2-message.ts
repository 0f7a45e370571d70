import type { OutgoingHttpHeaders } from 'node:http2';
import type { Origin } from '../origin.ts';
import type { ReceivedResponse, RequestMessage } from '../transport.ts';

/** They belong to a connection of HTTP/1.1, or say in its way where the body ends (RFC 9113, 8.2.2). */
const leftOut = new Set([
  'connection',
  'content-length',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/** Node writes one byte for each character of a header. */
const asBytes = (text: string): string =>
  /[^\0-\x7f]/.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text;

/**
 * A message as the header fields of HTTP/2, and their size: names and values, before compression. A `host` that is
 * written becomes the authority. `content-length` is the body's.
 */
export const requestHeaders = (
  origin: Origin,
  message: RequestMessage,
): { readonly headers: OutgoingHttpHeaders; readonly bytes: number } => {
  const { method, path, body } = message;
  const headers: Record<string, string | string[]> = {
    ':method': method,
    ':scheme': origin.secure ? 'https' : 'http',
    ':authority': origin.authority,
    ':path': path,
  };
  for (const [written, text] of message.headers) {
    const name = written.toLowerCase();
    const value = asBytes(text);
    if (leftOut.has(name) || (name === 'te' && value.trim().toLowerCase() !== 'trailers')) continue;
    if (name === 'host') headers[':authority'] = value;
    else headers[name] = name in headers ? [headers[name] ?? '', value].flat() : value;
  }
  if (body !== undefined) headers['content-length'] = String(body.length);
  let bytes = 0;
  for (const [name, value] of Object.entries(headers)) {
    for (const each of typeof value === 'string' ? [value] : value) bytes += name.length + each.length;
  }
  return { headers, bytes };
};

/** A response while it comes in. */
export class Http2Response implements ReceivedResponse {
  readonly status: number;
  /** Header names and values, decompressed, and the body as it came. */
  bytesReceived = 0;
  bodyBytes = 0;
  readonly #lines: (readonly [name: string, value: string])[] = [];
  #chunks: Buffer[] = [];
  #length: number | undefined;

  /** `raw` are names and values by turns, pseudo-headers among them. Without `keepHead` they are counted only. */
  constructor(status: number, raw: readonly string[], keepHead: boolean) {
    this.status = status;
    for (let at = 0; at < raw.length; at += 2) {
      const name = raw[at] ?? '';
      const value = raw[at + 1] ?? '';
      this.bytesReceived += name.length + value.length;
      if (name === 'content-length') this.#length = Number(value);
      if (keepHead && !name.startsWith(':')) this.#lines.push([name, value]);
    }
  }

  header(name: string): string | undefined {
    const values = this.headerValues(name);
    return values.length === 0 ? undefined : values.join(', ');
  }

  headerValues(name: string): readonly string[] {
    return this.#lines.filter(([each]) => each === name).map(([, value]) => value);
  }

  headerLines(): readonly (readonly [name: string, value: string])[] {
    return this.#lines;
  }

  body(): Buffer {
    const [first] = this.#chunks;
    if (this.#chunks.length > 1 || first === undefined) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] ?? Buffer.alloc(0);
  }

  take(chunk: Buffer, keep: boolean): void {
    this.bytesReceived += chunk.length;
    this.bodyBytes += chunk.length;
    if (keep) this.#chunks.push(chunk);
  }

  /** Whether it is as long as it says; undefined when it doesn't. An answer to HEAD has no body, nor have 204 and 304. */
  isWhole(toHead: boolean): boolean | undefined {
    if (toHead || this.status === 204 || this.status === 304) return true;
    return this.#length === undefined ? undefined : this.#length === this.bodyBytes;
  }

  letBodyGo(): void {
    this.#chunks = [];
  }
}
