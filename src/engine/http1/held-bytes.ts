const nothing: Buffer = Buffer.alloc(0);

/** A copy of bytes from a buffer that is used again. It grows by doubling, so that many small pieces cost little. */
export class HeldBytes {
  readonly #allocate: (length: number) => Buffer;
  #bytes = nothing;
  #length = 0;

  /** What is held for long isn't cut from the buffer pool, of which a few bytes would hold all. */
  constructor(allocate: (length: number) => Buffer) {
    this.#allocate = allocate;
  }

  get length(): number {
    return this.#length;
  }

  /** The bytes held are its first `length` ones, until more are added. */
  get buffer(): Buffer {
    return this.#bytes;
  }

  /** `most` bytes are expected in all; a piece that is all of it gets just its room. */
  add(source: Buffer, from: number, to: number, most: number): void {
    const needed = this.#length + to - from;
    if (needed > this.#bytes.length) {
      const grown = this.#allocate(Math.max(needed, Math.min(2 * this.#bytes.length, most)));
      this.#bytes.copy(grown, 0, 0, this.#length);
      this.#bytes = grown;
    }
    source.copy(this.#bytes, this.#length, from, to);
    this.#length = needed;
  }

  /** Forgets the bytes and keeps the room they had, if that isn't more than `room`. */
  clear(room: number): void {
    this.#length = 0;
    if (this.#bytes.length > room) this.#bytes = nothing;
  }
}
