import * as zlib from 'node:zlib';
import type { FailureKind } from '../../stats/measurement-sink.ts';

/** A body can't be read: the message says why, `kind` is what it is counted as. */
export class UndecodableBody extends Error {
  override readonly name = 'UndecodableBody';
  readonly kind: Extract<FailureKind, 'parse' | 'body too large'>;

  constructor(kind: UndecodableBody['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

type Decoder = (bytes: Buffer, options: { readonly maxOutputLength: number }) => Buffer;

/** The coding is a zlib stream (RFC 9110, 8.4.1.2), but some servers send bare deflate data, and browsers read it. */
const inflate: Decoder = (bytes, options) => {
  const isZlib = ((bytes[0] ?? 0) & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0;
  return isZlib ? zlib.inflateSync(bytes, options) : zlib.inflateRawSync(bytes, options);
};

const decoders: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ['gzip', zlib.gunzipSync],
  ['x-gzip', zlib.gunzipSync],
  ['deflate', inflate],
  ['br', zlib.brotliDecompressSync],
  ['identity', (bytes) => bytes],
  // Node 22.15 and later.
  ...(zlib.zstdDecompressSync === undefined ? [] : [['zstd', zlib.zstdDecompressSync] as const]),
]);

/** As many as curl undoes: each layer may take as long as a whole body, and a head has room for thousands of them. */
const mostCodings = 5;

const isTooLarge = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';

/**
 * A body without its content codings (`content-encoding`, outermost last). `maxBytes` bounds what comes out.
 * @throws UndecodableBody
 */
export const decodeBody = (body: Buffer, contentEncoding: string | undefined, maxBytes: number): Buffer => {
  if (contentEncoding === undefined || body.length === 0) return body;
  const codings = contentEncoding
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '');
  if (codings.length > mostCodings) {
    throw new UndecodableBody('parse', `more than ${mostCodings} content codings`);
  }
  let decoded = body;
  for (const coding of codings.reverse()) {
    const decode = decoders.get(coding);
    if (decode === undefined) throw new UndecodableBody('parse', `unknown content-encoding ${coding}`);
    try {
      decoded = decode(decoded, { maxOutputLength: maxBytes });
    } catch (error) {
      if (isTooLarge(error))
        throw new UndecodableBody('body too large', `the body is over ${maxBytes} bytes`);
      const reason = error instanceof Error ? error.message : String(error);
      throw new UndecodableBody('parse', `the body is not ${coding}: ${reason}`);
    }
  }
  return decoded;
};
