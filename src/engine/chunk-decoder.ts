import { MalformedResponse, parseFields } from './response-head.ts';

/** Extensions of one chunk, and all trailers together, may take this many bytes. */
const lineLimit = 64 * 1024;

const hexDigit = (byte: number): number => {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
};

const expectByte = (byte: number | undefined, wanted: number, where: string): void => {
  if (byte !== wanted) throw new MalformedResponse(`no line end ${where}`);
};

type Place =
  | 'size'
  | 'extension'
  | 'size line feed'
  | 'data'
  | 'data return'
  | 'data line feed'
  | 'trailer'
  | 'end';

/**
 * Decodes a chunked body (RFC 9112, 7.1) wherever its bytes are cut. Extensions are skipped, trailers are checked and
 * dropped. One decoder serves one body at a time; `reset` readies it for the next.
 */
export class ChunkDecoder {
  #place: Place = 'size';
  #remaining = 0;
  #digits = 0;
  #lineBytes = 0;
  #trailer = '';

  reset(): void {
    this.#place = 'size';
    this.#remaining = 0;
    this.#digits = 0;
    this.#lineBytes = 0;
    this.#trailer = '';
  }

  get ended(): boolean {
    return this.#place === 'end';
  }

  /**
   * Reads bytes[from..to) up to the end of the body and returns where it stopped. `onData` gets ranges of body bytes.
   * @throws MalformedResponse
   */
  feed(bytes: Buffer, from: number, to: number, onData: (from: number, to: number) => void): number {
    let at = from;
    while (at < to && this.#place !== 'end') {
      if (this.#place === 'data') {
        const taken = Math.min(this.#remaining, to - at);
        onData(at, at + taken);
        at += taken;
        this.#remaining -= taken;
        if (this.#remaining === 0) this.#place = 'data return';
      } else if (this.#place === 'trailer') {
        at = this.#readTrailer(bytes, at, to);
      } else {
        this.#readFraming(bytes[at] as number);
        at++;
      }
    }
    return at;
  }

  #readFraming(byte: number): void {
    switch (this.#place) {
      case 'size': {
        const digit = hexDigit(byte);
        if (digit >= 0) {
          this.#remaining = this.#remaining * 16 + digit;
          this.#digits++;
          if (!Number.isSafeInteger(this.#remaining)) throw new MalformedResponse('chunk size too large');
        } else if (this.#digits === 0 || (byte !== 0x3b && byte !== 0x0d)) {
          throw new MalformedResponse('bad chunk size');
        } else this.#place = byte === 0x0d ? 'size line feed' : 'extension';
        break;
      }
      case 'extension':
        if (byte === 0x0d) this.#place = 'size line feed';
        else if ((byte < 0x20 && byte !== 0x09) || byte === 0x7f) {
          throw new MalformedResponse('control character in a chunk extension');
        } else if (++this.#lineBytes > lineLimit) throw new MalformedResponse('chunk extensions too long');
        break;
      case 'size line feed':
        expectByte(byte, 0x0a, 'after a chunk size');
        this.#place = this.#remaining === 0 ? 'trailer' : 'data';
        break;
      case 'data return':
        expectByte(byte, 0x0d, 'after a chunk');
        this.#place = 'data line feed';
        break;
      default:
        expectByte(byte, 0x0a, 'after a chunk');
        this.#place = 'size';
        this.#digits = 0;
        this.#lineBytes = 0;
    }
  }

  #readTrailer(bytes: Buffer, from: number, to: number): number {
    let at = from;
    while (at < to) {
      const byte = bytes[at++] as number;
      if (byte !== 0x0a) {
        this.#trailer += String.fromCharCode(byte);
        if (this.#trailer.length > lineLimit) throw new MalformedResponse('trailers too long');
        continue;
      }
      if (!this.#trailer.endsWith('\r')) throw new MalformedResponse('bare line feed in the trailers');
      this.#trailer += '\n';
      if (this.#trailer === '\r\n' || this.#trailer.endsWith('\r\n\r\n')) {
        if (this.#trailer.length > 2) parseFields(this.#trailer.slice(0, -4), 0, () => {});
        this.#place = 'end';
        return at;
      }
    }
    return at;
  }
}
