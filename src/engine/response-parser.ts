import { ChunkDecoder } from './chunk-decoder.ts';
import { MalformedResponse, parseFields, parseResponseHead, type ResponseHead } from './response-head.ts';

/** How much of a response is kept. A body is kept only when somebody looks at it. */
export interface ParseOptions {
  /** The response answers a HEAD request. */
  readonly toHead: boolean;
  readonly keepBody: boolean;
  /** Bytes; a longer body fails as `body too large`. Only bodies that are kept are limited. */
  readonly maxBodyBytes: number;
}

export type ParserStage = 'head' | 'body' | 'complete' | 'failed';

export interface ParseFailure {
  readonly kind: 'parse' | 'body too large';
  readonly detail: string;
}

const headLimit = 64 * 1024;
const maxKeptBytes = Number.MAX_SAFE_INTEGER;
const prefix = Buffer.from('HTTP/1.', 'latin1');
const nothing = Buffer.alloc(0);

/** Index after the empty line that ends a head, or -1. Looks at every third byte or so, since it needs a CR LF CR LF. */
const endOfHead = (bytes: Buffer, from: number, to: number): number => {
  let at = from + 3;
  while (at < to) {
    const byte = bytes[at];
    if (byte === 0x0a) {
      if (bytes[at - 1] === 0x0d && bytes[at - 2] === 0x0a && bytes[at - 3] === 0x0d) return at + 1;
      at += 2;
    } else at += byte === 0x0d ? 1 : 4;
  }
  return -1;
};

/**
 * Reads HTTP/1.x responses from bytes cut anywhere, one response per `begin`. Interim (1xx) responses are skipped.
 * What it accepts is strict: CR LF line ends, no folded headers, one length. A byte after the end of a response
 * belongs to no request, and fails it. Bytes handed to `feed` are not retained.
 */
export class ResponseParser {
  stage: ParserStage = 'complete';
  failure: ParseFailure | undefined;
  /** Every byte since `begin`, head and framing included. */
  bytesReceived = 0;

  #options: ParseOptions = { toHead: false, keepBody: false, maxBodyBytes: maxKeptBytes };
  #head: ResponseHead | undefined;
  #headText = '';
  #partialHead: Buffer = nothing;
  #remaining = 0;
  #bodyBytes = 0;
  /** The body so far is its first `#bodyBytes` bytes. It grows by doubling, so that many small pieces cost little. */
  #body: Buffer = nothing;
  readonly #chunks = new ChunkDecoder();

  begin(options: ParseOptions): void {
    this.stage = 'head';
    this.failure = undefined;
    this.bytesReceived = 0;
    this.#options = options;
    this.#head = undefined;
    this.#headText = '';
    this.#partialHead = nothing;
    this.letBodyGo();
  }

  get status(): number {
    return this.#head?.status ?? 0;
  }

  get keepAlive(): boolean {
    return this.#head?.keepAlive ?? false;
  }

  get keepAliveSeconds(): number | undefined {
    return this.#head?.keepAliveSeconds;
  }

  /** All values of a header, joined by `, `; undefined when it isn't there. `name` in lower case. */
  header(name: string): string | undefined {
    let found: string | undefined;
    const lineEnd = this.#headText.indexOf('\r\n');
    if (lineEnd < 0) return undefined;
    parseFields(this.#headText, lineEnd + 2, (each, value) => {
      if (each === name) found = found === undefined ? value : `${found}, ${value}`;
    });
    return found;
  }

  /** Empty unless the body was asked for. */
  bodyText(): string {
    return this.#body.toString('utf8', 0, this.#bodyBytes);
  }

  /** Nobody looks at the body any more; kept connections are many, and bodies may be large. */
  letBodyGo(): void {
    this.#body = nothing;
    this.#bodyBytes = 0;
  }

  /** Takes the first `length` bytes of the buffer; look at `stage` afterwards. */
  feed(bytes: Buffer, length: number): void {
    this.bytesReceived += length;
    try {
      let at = 0;
      // A head may end where a body of no bytes ends too, so the stage is looked at after each part.
      while (at < length && this.stage === 'head') at = this.#readHead(bytes, at, length);
      if (this.stage === 'body') at = this.#readBody(bytes, at, length);
      if (this.stage === 'complete' && at < length) {
        throw new MalformedResponse('bytes after the end of the response');
      }
    } catch (error) {
      if (!(error instanceof MalformedResponse)) throw error;
      this.#fail('parse', error.message);
    }
  }

  /** The peer closed. Completes a body that ends by closing; returns whether the response is complete. */
  end(): boolean {
    if (this.stage === 'body' && this.#head?.framing.kind === 'until close') this.stage = 'complete';
    return this.stage === 'complete';
  }

  #fail(kind: ParseFailure['kind'], detail: string): void {
    this.stage = 'failed';
    this.failure = { kind, detail };
  }

  #readHead(bytes: Buffer, from: number, to: number): number {
    const before = this.#partialHead.length;
    const all = before === 0 ? bytes : Buffer.concat([this.#partialHead, bytes.subarray(from, to)]);
    const start = before === 0 ? from : 0;
    const limit = before === 0 ? to : all.length;
    for (let i = 0; i < prefix.length && start + i < limit; i++) {
      if (all[start + i] !== prefix[i])
        throw new MalformedResponse('the response does not begin with HTTP/1.');
    }
    const end = endOfHead(all, Math.max(start, start + before - 3), limit);
    if ((end < 0 ? limit : end) - start > headLimit) throw new MalformedResponse('response head over 64 KB');
    if (end < 0) {
      this.#partialHead = before === 0 ? Buffer.from(bytes.subarray(from, to)) : all;
      return to;
    }
    this.#partialHead = nothing;
    this.#takeHead(all.toString('latin1', start, end - 4));
    return before === 0 ? end : from + (end - before);
  }

  #takeHead(text: string): void {
    const head = parseResponseHead(text, this.#options.toHead);
    if (head.status === 101) throw new MalformedResponse('101 without having asked for another protocol');
    if (head.status < 200) return;
    this.#head = head;
    this.#headText = text;
    this.stage = 'body';
    if (head.framing.kind === 'chunked') this.#chunks.reset();
    if (head.framing.kind !== 'length') return;
    this.#remaining = head.framing.bytes;
    if (this.#remaining === 0) this.stage = 'complete';
    else if (this.#options.keepBody && this.#remaining > this.#options.maxBodyBytes) this.#failTooLarge();
  }

  #readBody(bytes: Buffer, from: number, to: number): number {
    switch (this.#head?.framing.kind) {
      case 'length': {
        const end = Math.min(to, from + this.#remaining);
        this.#remaining -= end - from;
        this.#keep(bytes, from, end);
        if (this.#remaining === 0 && this.stage === 'body') this.stage = 'complete';
        return end;
      }
      case 'chunked': {
        const end = this.#chunks.feed(bytes, from, to, (start, stop) => this.#keep(bytes, start, stop));
        if (this.#chunks.ended && this.stage === 'body') this.stage = 'complete';
        return end;
      }
      default:
        this.#keep(bytes, from, to);
        return to;
    }
  }

  #keep(bytes: Buffer, from: number, to: number): void {
    if (!this.#options.keepBody || from === to) return;
    const needed = this.#bodyBytes + to - from;
    if (needed > this.#options.maxBodyBytes) {
      this.#failTooLarge();
      return;
    }
    if (needed > this.#body.length) this.#growBody(needed);
    bytes.copy(this.#body, this.#bodyBytes, from, to);
    this.#bodyBytes = needed;
  }

  /** A body in one piece gets just its length, others never more than theirs, or what may be kept, when it is not known. */
  #growBody(needed: number): void {
    const sized = this.#head?.framing.kind === 'length';
    const most = sized ? needed + this.#remaining : this.#options.maxBodyBytes;
    const grown = Buffer.allocUnsafe(Math.max(needed, Math.min(2 * this.#body.length, most)));
    this.#body.copy(grown, 0, 0, this.#bodyBytes);
    this.#body = grown;
  }

  #failTooLarge(): void {
    this.letBodyGo();
    this.#fail('body too large', `the body is over ${this.#options.maxBodyBytes} bytes`);
  }
}
