import { inflateSync } from 'node:zlib';

/** The buckets of a histogram that hold anything: a value of each, in microseconds, and how many fell in it. */
export interface BucketCounts {
  readonly values: readonly number[];
  readonly counts: readonly number[];
}

const compressedCookie = 0x1c849314;
const plainCookie = 0x1c849313;
const headerBytes = 40;

/**
 * Reads an HdrHistogram V2 (deflated, base64; github.com/HdrHistogram, `AbstractHistogram.encodeIntoByteBuffer`) into
 * its buckets, without building a histogram of tens of kilobytes to hold them: adding up a run means reading millions.
 * Throws an `Error` for what isn't one of that many digits with a unit of 1.
 */
export const decodeCounts = (text: string, digits: 2 | 3): BucketCounts => {
  const packed = Buffer.from(text, 'base64');
  if (packed.length < 8 || packed.readInt32BE(0) !== compressedCookie) throw new Error('no HdrHistogram V2');
  const bytes = inflateSync(packed.subarray(8, 8 + packed.readInt32BE(4)));
  if (bytes.length < headerBytes || bytes.readInt32BE(0) !== plainCookie)
    throw new Error('no HdrHistogram V2');
  if (bytes.readInt32BE(12) !== digits)
    throw new Error(`has ${bytes.readInt32BE(12)} digits, expected ${digits}`);
  if (bytes.readBigInt64BE(16) !== 1n) throw new Error('has another unit than 1');
  return readBuckets(bytes, headerBytes + bytes.readInt32BE(4), digits === 3 ? 10 : 7);
};

/** Counts of successive buckets as zig-zag LEB128; a negative number is so many empty buckets. */
const readBuckets = (bytes: Buffer, end: number, halfBits: number): BucketCounts => {
  if (end > bytes.length) throw new Error('is cut off');
  const values: number[] = [];
  const counts: number[] = [];
  let index = 0;
  for (let at = headerBytes; at < end; ) {
    let zigzag = bytes[at++] as number;
    if (zigzag >= 0x80) {
      zigzag -= 0x80;
      // The ninth byte is the last and has no mark.
      for (let factor = 128, size = 2; ; factor *= 128, size++) {
        const byte = bytes[at++] ?? 0;
        const isLast = byte < 0x80 || size === 9;
        zigzag += (isLast ? byte : byte - 0x80) * factor;
        if (isLast) break;
      }
    }
    const count = zigzag / 2;
    if (count !== Math.floor(count)) index += count + 0.5;
    else {
      if (count > 0) {
        const doublings = Math.max(0, (index >>> halfBits) - 1);
        values.push((index - (doublings << halfBits)) * 2 ** doublings);
        counts.push(count);
      }
      index++;
    }
  }
  return { values, counts };
};
