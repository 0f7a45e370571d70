import { comma, decimalDigit, isBlank, spells } from './byte-classes.ts';
import { MalformedResponse, quoteBytes } from './malformed-response.ts';

const word = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
const contentLength = word('content-length');
const transferEncoding = word('transfer-encoding');
const connection = word('connection');
const proxyConnection = word('proxy-connection');
const keepAlive = word('keep-alive');
const close = word('close');
const chunked = word('chunked');
const timeout = word('timeout=');

/** What the headers of one response say about its body's end and its connection. */
export class FramingFields {
  /** -1 when none is given. */
  length = -1;
  transferEncoded = false;
  /** The last transfer coding is `chunked`. */
  chunked = false;
  closes = false;
  staysOpen = false;
  /** `timeout` of `Keep-Alive`: how long the server keeps an idle connection. */
  keepAliveSeconds: number | undefined;

  clear(): void {
    this.length = -1;
    this.transferEncoded = false;
    this.chunked = false;
    this.closes = false;
    this.staysOpen = false;
    this.keepAliveSeconds = undefined;
  }

  copy(other: FramingFields): void {
    this.length = other.length;
    this.transferEncoded = other.transferEncoded;
    this.chunked = other.chunked;
    this.closes = other.closes;
    this.staysOpen = other.staysOpen;
    this.keepAliveSeconds = other.keepAliveSeconds;
  }

  /**
   * Takes the field whose name is bytes[from..colonAt) and whose value ends before `to`. A length given twice, or beside
   * a transfer-encoding, is refused: such a response may end elsewhere for the next reader (RFC 9112, 6.3).
   * @throws MalformedResponse
   */
  take(bytes: Buffer, from: number, colonAt: number, to: number): void {
    let start = colonAt + 1;
    let end = to;
    while (start < end && isBlank(bytes[start])) start++;
    while (end > start && isBlank(bytes[end - 1])) end--;
    switch (colonAt - from) {
      case contentLength.length:
        if (spells(bytes, from, colonAt, contentLength)) this.#takeLength(bytes, start, end);
        break;
      case transferEncoding.length:
        if (spells(bytes, from, colonAt, transferEncoding)) this.#takeEncoding(bytes, start, end);
        break;
      case connection.length:
        if (spells(bytes, from, colonAt, connection)) this.#takeConnection(bytes, start, end);
        else if (spells(bytes, from, colonAt, keepAlive)) this.#takeKeepAlive(bytes, start, end);
        break;
      case proxyConnection.length:
        if (spells(bytes, from, colonAt, proxyConnection)) this.#takeConnection(bytes, start, end);
        break;
    }
  }

  #takeLength(bytes: Buffer, from: number, to: number): void {
    if (this.transferEncoded) throw new MalformedResponse('content-length beside transfer-encoding');
    if (this.length >= 0) throw new MalformedResponse('content-length given twice');
    let length = 0;
    let at = from;
    for (; at < to; at++) {
      const digit = decimalDigit(bytes[at] as number);
      if (digit < 0) break;
      length = length * 10 + digit;
    }
    if (from === to || at < to || length > Number.MAX_SAFE_INTEGER) {
      throw new MalformedResponse(`bad content-length ${quoteBytes(bytes, from, to)}`);
    }
    this.length = length;
  }

  /** Several lines are one list, of which only the end matters. */
  #takeEncoding(bytes: Buffer, from: number, to: number): void {
    if (this.length >= 0) throw new MalformedResponse('content-length beside transfer-encoding');
    if (from === to) throw new MalformedResponse('empty transfer-encoding');
    this.transferEncoded = true;
    let last = to;
    while (last > from && bytes[last - 1] !== comma) last--;
    while (last < to && isBlank(bytes[last])) last++;
    this.chunked = spells(bytes, last, to, chunked);
  }

  #takeConnection(bytes: Buffer, from: number, to: number): void {
    let start = from;
    while (start < to) {
      let next = start;
      while (next < to && bytes[next] !== comma) next++;
      let end = next;
      while (start < end && isBlank(bytes[start])) start++;
      while (end > start && isBlank(bytes[end - 1])) end--;
      if (spells(bytes, start, end, close)) this.closes = true;
      else if (spells(bytes, start, end, keepAlive)) this.staysOpen = true;
      start = next + 1;
    }
  }

  #takeKeepAlive(bytes: Buffer, from: number, to: number): void {
    for (let i = from; i + timeout.length < to; i++) {
      if (i > from && bytes[i - 1] !== comma && !isBlank(bytes[i - 1])) continue;
      if (!spells(bytes, i, i + timeout.length, timeout)) continue;
      let seconds = -1;
      for (let at = i + timeout.length; at < to; at++) {
        const digit = decimalDigit(bytes[at] as number);
        if (digit < 0) break;
        seconds = Math.min(Math.max(seconds, 0) * 10 + digit, 999_999);
      }
      if (seconds >= 0) this.keepAliveSeconds = seconds;
      return;
    }
  }
}
