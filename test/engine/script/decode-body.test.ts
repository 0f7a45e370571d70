import * as zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBody, UndecodableBody } from '../../../src/engine/script/decode-body.ts';
import { decodeText } from '../../../src/engine/script/decode-text.ts';

const encoders: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: zlib.gzipSync,
  'x-gzip': zlib.gzipSync,
  deflate: zlib.deflateSync,
  br: zlib.brotliCompressSync,
  zstd: zlib.zstdCompressSync,
  identity: (bytes) => bytes,
};
const thrown = (act: () => unknown): UndecodableBody => {
  try {
    act();
  } catch (error) {
    if (error instanceof UndecodableBody) return error;
  }
  throw new Error('nothing of the kind was thrown');
};

describe('content codings', () => {
  it('are undone, in the order in which they were applied', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1 }),
        fc.array(fc.constantFrom(...Object.keys(encoders)), { maxLength: 3 }),
        (bytes, codings) => {
          const plain = Buffer.from(bytes);
          const coded = codings.reduce<Buffer>((body, coding) => encoders[coding]?.(body) ?? body, plain);
          expect(decodeBody(coded, codings.join(', ').toUpperCase(), 1e6).equals(plain)).toBe(true);
        },
      ),
    );
  });

  it('may be deflate without its zlib frame', () => {
    expect(decodeBody(zlib.deflateRawSync(Buffer.from('hello hello')), 'deflate', 100).toString()).toBe(
      'hello hello',
    );
  });

  it('of no bytes are no bytes', () => {
    expect(decodeBody(Buffer.alloc(0), 'gzip', 100)).toHaveLength(0);
    expect(decodeBody(Buffer.from('x'), undefined, 100).toString()).toBe('x');
  });

  it.each(['gzip', 'deflate', 'br', 'zstd'])(
    'make a %s body that is larger than may be kept too large',
    (coding) => {
      const coded = encoders[coding]?.(Buffer.alloc(2001)) ?? Buffer.alloc(0);
      expect(decodeBody(coded, coding, 2001)).toHaveLength(2001);
      const error = thrown(() => decodeBody(coded, coding, 2000));
      expect([error.kind, error.message]).toEqual(['body too large', 'the body is over 2000 bytes']);
    },
  );

  it.each(['gzip', 'deflate', 'br', 'zstd'])('that are not %s, or cut short, do not parse', (coding) => {
    const coded = encoders[coding]?.(Buffer.from('hello'.repeat(100))) ?? Buffer.alloc(0);
    for (const broken of [Buffer.from('hello hello hello'), coded.subarray(0, coded.length - 3)]) {
      const error = thrown(() => decodeBody(broken, coding, 10_000));
      expect(error.kind).toBe('parse');
      expect(error.message).toContain(`the body is not ${coding}: `);
    }
  });

  it('that nobody knows do not parse', () => {
    const error = thrown(() => decodeBody(Buffer.from('x'), 'gzip, snappy', 100));
    expect([error.kind, error.message]).toEqual(['parse', 'unknown content-encoding snappy']);
  });

  it('of more layers than any server means do not parse, however small each is', () => {
    const layers = (count: number): string => Array(count).fill('gzip').join(', ');
    const wrapped = (count: number): Buffer =>
      Array.from({ length: count }).reduce<Buffer>((body) => zlib.gzipSync(body), Buffer.from('x'));
    expect(decodeBody(wrapped(5), layers(5), 100_000).toString()).toBe('x');
    const error = thrown(() => decodeBody(wrapped(6), layers(6), 100_000));
    expect([error.kind, error.message]).toEqual(['parse', 'more than 5 content codings']);
  });
});

describe('the text of a body', () => {
  it.each([
    ['text/html; charset=ISO-8859-1', Buffer.from('grün', 'latin1'), 'grün'],
    ['text/html;Charset="latin1"', Buffer.from('grün', 'latin1'), 'grün'],
    ['text/html; charset=windows-1252', Buffer.from([0x80]), '€'],
    ['text/html; charset=utf-16le', Buffer.from('grün', 'utf16le'), 'grün'],
    ['text/html; charset=UTF8', Buffer.from('grün'), 'grün'],
    ['text/html; charset=klingon', Buffer.from('grün'), 'grün'],
    ['text/html', Buffer.from('grün'), 'grün'],
    [undefined, Buffer.from('\ufeff{}'), '{}'],
    ['application/json; charset=utf-8', Buffer.from('\ufeff\ufeff'), '\ufeff'],
  ])('of type %s', (contentType, body, text) => {
    expect(decodeText(body, contentType)).toBe(text);
  });
});
