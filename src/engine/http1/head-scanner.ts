import { byteClasses, carriageReturn, colon, lineFeed, tokenByte, valueByte } from './byte-classes.ts';
import { FramingFields } from './framing-fields.ts';
import { HeldBytes } from './held-bytes.ts';
import { MalformedResponse, quoteBytes } from './malformed-response.ts';
import { type HeadFacts, RecentHeads } from './recent-heads.ts';
import { isVersion11At, misplacedIn, statusAt, statusLineBytes } from './status-line.ts';

/** Bytes of a head, or of all trailers. */
const headLimit = 64 * 1024;

/** Room for an unfinished head that is kept for the next one. */
const keptRoom = 4 * 1024;

/** One for all connections: they are answered alike. */
const recentHeads = new RecentHeads();

/** Where the scan goes on: before the status is read, in the reason, or in the header lines. */
type Part = 'status' | 'reason' | 'fields';

/**
 * Reads a response's status line and headers, or the trailers after a chunked body, in the buffer they came in. Each
 * byte is looked at once, wherever the bytes are cut; only a head in several pieces is copied, to put it together.
 */
export class HeadScanner implements HeadFacts {
  status = 0;
  isVersion11 = false;
  readonly fields = new FramingFields();

  readonly #pieces = new HeldBytes(Buffer.allocUnsafeSlow);
  #part: Part = 'status';
  /** Next byte to look at, its line's start, and that line's colon (-1 while it is not there). */
  #at = 0;
  #lineStart = 0;
  #colonAt = -1;
  /** The head that was read last, in the pieces or else in the buffer that was fed. */
  #start = 0;
  #end = 0;

  beginHead(): void {
    this.status = 0;
    this.fields.clear();
    this.#part = 'status';
    this.letHeadGo();
  }

  /** Trailers are checked and dropped: what they say of the body's end or the connection comes too late. */
  beginTrailers(): void {
    this.#part = 'fields';
    this.letHeadGo();
  }

  /** Nobody looks at the head's bytes any more. */
  letHeadGo(): void {
    if (this.#pieces.length > 0) this.#pieces.clear(keptRoom);
  }

  /**
   * Takes bytes[from..to) and returns where the head ended, or -1 when it goes on.
   * @throws MalformedResponse
   */
  feed(bytes: Buffer, from: number, to: number): number {
    if (this.#pieces.length > 0) {
      const before = this.#pieces.length;
      this.#pieces.add(bytes, from, to, headLimit);
      const end = this.#scanFrom(0, this.#pieces.buffer, this.#pieces.length);
      return end < 0 ? -1 : from + end - before;
    }
    const mayBeRecent = this.#part === 'status' && from === 0;
    const recentEnd = mayBeRecent ? recentHeads.recall(bytes, to, this) : -1;
    if (recentEnd >= 0) {
      this.#start = 0;
      this.#end = recentEnd;
      return recentEnd;
    }
    let start = from;
    if (this.#part === 'status') {
      // An empty line too many, left over from the response before; Node's client skips it as well.
      while (start < to && (bytes[start] === carriageReturn || bytes[start] === lineFeed)) start++;
    }
    this.#at = start;
    this.#lineStart = start;
    this.#colonAt = -1;
    const end = this.#scanFrom(start, bytes, to);
    if (end < 0 && start < to) this.#hold(bytes, start, to);
    if (end >= 0 && mayBeRecent && start === 0) recentHeads.remember(bytes, end, to, this);
    return end;
  }

  /** Copies the head that has just ended, which was fed in `bytes`. */
  copyHead(bytes: Buffer, into: HeldBytes): void {
    const source = this.#pieces.length > 0 ? this.#pieces.buffer : bytes;
    into.add(source, this.#start, this.#end, this.#end - this.#start);
  }

  #hold(bytes: Buffer, start: number, to: number): void {
    this.#pieces.add(bytes, start, to, headLimit);
    this.#at -= start;
    this.#lineStart -= start;
    if (this.#colonAt >= 0) this.#colonAt -= start;
  }

  #scanFrom(start: number, bytes: Buffer, to: number): number {
    const limit = Math.min(to, start + headLimit);
    const end = this.#scan(bytes, limit);
    if (end < 0 && limit < to) throw new MalformedResponse('response head or trailers over 64 KB');
    this.#start = start;
    this.#end = end;
    return end;
  }

  #scan(bytes: Buffer, to: number): number {
    if (this.#part === 'status' && !this.#readStatus(bytes, to)) return -1;
    if (this.#part === 'reason' && !this.#skipReason(bytes, to)) return -1;
    let at = this.#at;
    let lineStart = this.#lineStart;
    let colonAt = this.#colonAt;
    for (;;) {
      if (colonAt < 0) {
        while (at < to && ((byteClasses[bytes[at] as number] as number) & tokenByte) !== 0) at++;
        if (at === to) break;
        if (at === lineStart && bytes[at] === carriageReturn) {
          if (at + 1 === to) break;
          if (bytes[at + 1] !== lineFeed) throw new MalformedResponse('no line end after the headers');
          return at + 2;
        }
        if (at === lineStart || bytes[at] !== colon) {
          throw new MalformedResponse(`not a header line: ${quoteBytes(bytes, lineStart, at + 1)}`);
        }
        colonAt = at++;
      }
      while (at < to && ((byteClasses[bytes[at] as number] as number) & valueByte) !== 0) at++;
      if (at === to || (at + 1 === to && bytes[at] === carriageReturn)) break;
      if (bytes[at] !== carriageReturn || bytes[at + 1] !== lineFeed) {
        throw new MalformedResponse(`control character in header ${quoteBytes(bytes, lineStart, colonAt)}`);
      }
      const nameBytes = colonAt - lineStart;
      // Only names as long as those that matter are looked at.
      if (nameBytes === 14 || nameBytes === 10 || nameBytes === 17 || nameBytes === 16) {
        this.fields.take(bytes, lineStart, colonAt, at);
      }
      at += 2;
      lineStart = at;
      colonAt = -1;
    }
    this.#at = at;
    this.#lineStart = lineStart;
    this.#colonAt = colonAt;
    return -1;
  }

  #readStatus(bytes: Buffer, to: number): boolean {
    const start = this.#lineStart;
    const wrong = misplacedIn(bytes, start, to);
    if (wrong >= 0 && wrong < 5) throw new MalformedResponse('the response does not begin with HTTP/');
    if (wrong >= 0) throw notAStatusLine(bytes, start, start + wrong);
    if (to - start < statusLineBytes) return false;
    this.status = statusAt(bytes, start);
    this.isVersion11 = isVersion11At(bytes, start);
    this.#part = 'reason';
    this.#at = start + statusLineBytes - 1;
    return true;
  }

  #skipReason(bytes: Buffer, to: number): boolean {
    let at = this.#at;
    while (at < to && bytes[at] !== carriageReturn && bytes[at] !== lineFeed) at++;
    this.#at = at;
    if (at === to || (at + 1 === to && bytes[at] === carriageReturn)) return false;
    if (bytes[at] !== carriageReturn || bytes[at + 1] !== lineFeed) {
      throw notAStatusLine(bytes, this.#lineStart, at);
    }
    this.#part = 'fields';
    this.#at = at + 2;
    this.#lineStart = at + 2;
    return true;
  }
}

const notAStatusLine = (bytes: Buffer, from: number, at: number): MalformedResponse =>
  new MalformedResponse(`not a status line: ${quoteBytes(bytes, from, at + 1)}`);
