import type { ReceivedResponse } from '../transport.ts';
import { ChunkDecoder } from './chunk-decoder.ts';
import { HeadScanner } from './head-scanner.ts';
import { parseHeaderLines, parseHeaderValues } from './header-lines.ts';
import { HeldBytes } from './held-bytes.ts';
import { MalformedResponse } from './malformed-response.ts';

/** How much of a response is kept: only what somebody looks at. */
export interface ParseOptions {
  /** The response answers a HEAD request. */
  readonly toHead: boolean;
  readonly keepBody: boolean;
  /** Without it there are no headers to read. */
  readonly keepHead: boolean;
  /** Bytes; a longer body fails as `body too large`. Only bodies that are kept are limited. */
  readonly maxBodyBytes: number;
}

export type ParserStage = 'head' | 'body' | 'complete' | 'failed';

export interface ParseFailure {
  readonly kind: 'parse' | 'body too large';
  readonly detail: string;
}

type Framing = 'none' | 'length' | 'chunks' | 'until close';

/** Room for heads that a connection may keep between responses. */
const keptRoom = 4 * 1024;

const beforeFirst: ParseOptions = { toHead: false, keepBody: false, keepHead: false, maxBodyBytes: 0 };

/**
 * Reads HTTP/1.x responses from bytes cut anywhere, one response per `begin`. Interim (1xx) responses are skipped. It
 * is as strict as Node's client: CR LF line ends, no folded headers, one length. A byte after the end of a response
 * belongs to no request, and fails it. Bytes handed to `feed` are not retained, and a response whose head comes in one
 * read costs no allocation while neither head nor body is kept.
 */
export class ResponseParser implements ReceivedResponse {
  stage: ParserStage = 'complete';
  failure: ParseFailure | undefined;
  /** Every byte since `begin`, head and framing included. */
  bytesReceived = 0;
  status = 0;
  /** Whether another request may follow on this connection, as far as the head tells. */
  keepAlive = false;
  /** `timeout` of a `Keep-Alive` header: how long the server keeps an idle connection. */
  keepAliveSeconds: number | undefined;

  #options = beforeFirst;
  #framing: Framing = 'none';
  /** Of a body with a length. */
  #remaining = 0;
  #chunks: ChunkDecoder | undefined;
  readonly #scanner = new HeadScanner();
  readonly #head = new HeldBytes(Buffer.allocUnsafeSlow);
  readonly #body = new HeldBytes(Buffer.allocUnsafe);

  begin(options: ParseOptions): void {
    this.stage = 'head';
    this.failure = undefined;
    this.bytesReceived = 0;
    this.status = 0;
    this.keepAlive = false;
    this.keepAliveSeconds = undefined;
    this.#options = options;
    this.#framing = 'none';
    this.#scanner.beginHead();
    if (this.#head.length > 0) this.#head.clear(keptRoom);
    if (this.#body.length > 0) this.#body.clear(0);
  }

  /** All values of a header, joined by `, `; undefined when it isn't there, or heads aren't kept. `name` in lower case. */
  header(name: string): string | undefined {
    const values = this.headerValues(name);
    return values.length < 2 ? values[0] : values.join(', ');
  }

  headerValues(name: string): readonly string[] {
    return parseHeaderValues(this.#head.buffer, this.#head.length, name);
  }

  headerLines(): readonly (readonly [name: string, value: string])[] {
    return parseHeaderLines(this.#head.buffer, this.#head.length);
  }

  /** Empty unless the body was to be kept. */
  body(): Buffer {
    return this.#body.buffer.subarray(0, this.#body.length);
  }

  /** Nobody looks at the body any more; kept connections are many, and bodies may be large. */
  letBodyGo(): void {
    if (this.#body.length > 0) this.#body.clear(0);
  }

  /** Takes the first `length` bytes of the buffer; look at `stage` afterwards. */
  feed(bytes: Buffer, length: number): void {
    this.bytesReceived += length;
    let at = 0;
    try {
      // An interim response is followed by another head.
      while (at < length && this.stage === 'head') at = this.#readHead(bytes, at, length);
      if (at < length && this.stage === 'body') at = this.#readBody(bytes, at, length);
    } catch (error) {
      if (!(error instanceof MalformedResponse)) throw error;
      this.#fail('parse', error.message);
    }
    if (at < length && this.stage === 'complete') this.#fail('parse', 'bytes after the end of the response');
  }

  /** The peer closed. Completes a body that ends by closing; returns whether the response is complete. */
  end(): boolean {
    if (this.stage === 'body' && this.#framing === 'until close') this.stage = 'complete';
    return this.stage === 'complete';
  }

  #fail(kind: ParseFailure['kind'], detail: string): void {
    this.stage = 'failed';
    this.failure = { kind, detail };
  }

  #readHead(bytes: Buffer, from: number, to: number): number {
    const end = this.#scanner.feed(bytes, from, to);
    if (end < 0) return to;
    const { fields, isVersion11, status } = this.#scanner;
    const staysOpen = !fields.closes && (isVersion11 || fields.staysOpen);
    if (status < 200) {
      if (status === 101) throw new MalformedResponse('101 without having asked for another protocol');
      if (!staysOpen) throw new MalformedResponse('an interim response that closes the connection');
      this.#scanner.beginHead();
      return end;
    }
    this.status = status;
    this.keepAliveSeconds = fields.keepAliveSeconds;
    this.#framing = this.#framingOf(status);
    this.keepAlive = staysOpen && this.#framing !== 'until close';
    if (this.#options.keepHead) this.#scanner.copyHead(bytes, this.#head);
    this.#scanner.letHeadGo();
    this.#beginBody();
    return end;
  }

  /** How the body ends (RFC 9112, 6.3). */
  #framingOf(status: number): Framing {
    const { chunked, length, transferEncoded } = this.#scanner.fields;
    if (this.#options.toHead || status === 204 || status === 304 || length === 0) return 'none';
    if (length > 0) return 'length';
    return transferEncoded && chunked ? 'chunks' : 'until close';
  }

  #beginBody(): void {
    this.stage = this.#framing === 'none' ? 'complete' : 'body';
    if (this.#framing === 'length') {
      this.#remaining = this.#scanner.fields.length;
      if (this.#options.keepBody && this.#remaining > this.#options.maxBodyBytes) this.#failTooLarge();
    } else if (this.#framing === 'chunks') {
      this.#chunks ??= new ChunkDecoder();
      this.#chunks.begin();
      this.#scanner.beginTrailers();
    }
  }

  #readBody(bytes: Buffer, from: number, to: number): number {
    if (this.#framing === 'chunks') return this.#readChunks(bytes, from, to);
    if (this.#framing === 'until close') {
      this.#keep(bytes, from, to, this.#options.maxBodyBytes);
      return to;
    }
    const end = Math.min(to, from + this.#remaining);
    this.#keep(bytes, from, end, this.#body.length + this.#remaining);
    this.#remaining -= end - from;
    if (this.#remaining === 0) this.stage = 'complete';
    return end;
  }

  #readChunks(bytes: Buffer, from: number, to: number): number {
    const chunks = this.#chunks;
    let at = from;
    while (chunks !== undefined && at < to && this.stage === 'body') {
      if (chunks.atTrailers) {
        const end = this.#scanner.feed(bytes, at, to);
        if (end >= 0) this.stage = 'complete';
        return end < 0 ? to : end;
      }
      at = chunks.feed(bytes, at, to);
      const taken = Math.min(chunks.dataBytes, to - at);
      if (taken === 0) continue;
      this.#keep(bytes, at, at + taken, this.#options.maxBodyBytes);
      chunks.tookData(taken);
      at += taken;
    }
    return at;
  }

  /** `most` bytes are expected of the whole body. */
  #keep(bytes: Buffer, from: number, to: number, most: number): void {
    if (!this.#options.keepBody) return;
    if (this.#body.length + to - from > this.#options.maxBodyBytes) this.#failTooLarge();
    else this.#body.add(bytes, from, to, most);
  }

  #failTooLarge(): void {
    this.letBodyGo();
    this.#fail('body too large', `the body is over ${this.#options.maxBodyBytes} bytes`);
  }
}
