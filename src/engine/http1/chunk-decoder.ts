import { carriageReturn, hexDigit, lineFeed } from './byte-classes.ts';
import { type ExtensionPlace, parseExtensionByte } from './chunk-extension.ts';
import { MalformedResponse } from './malformed-response.ts';

/** Names and values of one chunk's extensions may take this many bytes, as in Node's client. */
const extensionLimit = 16 * 1024;

const semicolon = 0x3b;

type Place =
  | 'size'
  | 'extensions'
  | 'size line feed'
  | 'data'
  | 'data return'
  | 'data line feed'
  | 'trailers';

/**
 * Reads what frames the chunks of a body (RFC 9112, 7.1), wherever its bytes are cut, up to its trailers. Extensions
 * are checked and dropped. One decoder serves one body at a time.
 */
export class ChunkDecoder {
  /** Bytes of the current chunk's data that are still to come. */
  dataBytes = 0;
  #place: Place = 'size';
  #hasSize = false;
  #extension: ExtensionPlace = 'begin';
  #extensionBytes = 0;

  begin(): void {
    this.dataBytes = 0;
    this.#place = 'size';
    this.#hasSize = false;
    this.#extensionBytes = 0;
  }

  /** The last chunk has been read; trailers follow. */
  get atTrailers(): boolean {
    return this.#place === 'trailers';
  }

  /** That many bytes of data were taken. */
  tookData(bytes: number): void {
    this.dataBytes -= bytes;
    if (this.dataBytes === 0) this.#place = 'data return';
  }

  /**
   * Reads bytes[from..to) up to a chunk's data, or the trailers, and returns where it stopped.
   * @throws MalformedResponse
   */
  feed(bytes: Buffer, from: number, to: number): number {
    let at = from;
    while (at < to && this.#place !== 'data' && this.#place !== 'trailers') {
      this.#read(bytes[at] as number);
      at++;
    }
    return at;
  }

  #read(byte: number): void {
    switch (this.#place) {
      case 'size':
        this.#readSize(byte);
        break;
      case 'extensions':
        this.#readExtension(byte);
        break;
      case 'size line feed':
        if (byte !== lineFeed) throw new MalformedResponse('no line end after a chunk size');
        this.#place = this.dataBytes === 0 ? 'trailers' : 'data';
        break;
      case 'data return':
        if (byte !== carriageReturn) throw new MalformedResponse('no line end after a chunk');
        this.#place = 'data line feed';
        break;
      case 'data line feed':
        if (byte !== lineFeed) throw new MalformedResponse('no line end after a chunk');
        this.begin();
        break;
    }
  }

  #readSize(byte: number): void {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      this.#hasSize = true;
      this.dataBytes = this.dataBytes * 16 + digit;
      if (!Number.isSafeInteger(this.dataBytes)) throw new MalformedResponse('chunk size too large');
    } else if (this.#hasSize && byte === carriageReturn) this.#place = 'size line feed';
    else if (this.#hasSize && byte === semicolon) {
      this.#place = 'extensions';
      this.#extension = 'begin';
    } else throw new MalformedResponse('bad chunk size');
  }

  #readExtension(byte: number): void {
    const next = parseExtensionByte(this.#extension, byte);
    if (next === undefined) throw new MalformedResponse('bad chunk extension');
    // What separates names and values isn't counted.
    const separates = next === 'begin' || next === 'end' || (next === 'value' && this.#extension !== 'value');
    if (!separates && ++this.#extensionBytes > extensionLimit) {
      throw new MalformedResponse('chunk extensions too long');
    }
    this.#extension = next;
    if (next === 'end') this.#place = 'size line feed';
  }
}
